// An application of Alibaba OpenSearch: pushes into one of its tables, searches, what it is.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "common/net/call.h"
#include "common/services/opensearch/reply.h"
#include "common/services/opensearch/request.h"

namespace millrace::opensearch {

// Used by one thread; `context` outlives it. Every call is repeated as `policy` says, each try with
// a date, nonce and signature of its own. Failures carry the service's number (errors.h). A wrong
// clock is corrected once from the server's date.
class Client {
  public:
    Client(const CallContext& context, Config config, RetryPolicy policy = {});

    // ---- pushes
    // Starts sending `body`, a JSON array of operations that the caller keeps, and returns at once;
    // finish_push() waits. At most one is under way. Success means received, not yet searchable.
    // After an unknown outcome the same push is sent again, so operations must be repeatable.
    void start_push(std::string_view body);
    Status finish_push();
    Status push(std::string_view body);

    // ---- searches see a push some time after its success
    Result<uint64_t> count();
    // What is there of these keys, in no order. The key field has an index of its own name.
    Result<std::vector<Document>> find(const std::string& key_field,
                                       std::span<const std::string> keys);
    Result<std::optional<Document>> get(const std::string& key_field, const std::string& key);
    // Calls `visit` for every document.
    Status scan(const std::function<Status(const Document&)>& visit);

    Result<AppInfo> app_info();

    // The service's clock as its last answer told it, to a second.
    TimePoint server_time() const { return context_.clock.now() + server_ahead_; }
    const Config& config() const { return config_; }

  private:
    Result<HttpAnswer> send(const Request& request, std::string what);
    Result<Page> search(Query parameters);
    Call::Build builder(const Request& request);
    Call::Build builder_v2(std::string_view items);
    Call::Judge judge(std::string what);
    std::string place() const { return config_.app + "/" + config_.table; }

    const CallContext& context_;
    Config config_;
    RetryPolicy policy_;
    Duration server_ahead_{0};  // the service's time minus ours, by its last answer
    Duration signed_ahead_{0};  // what dates are corrected by: nothing until one was refused
    Request pushed_;
    std::string pushed_md5_;
    std::string form_;  // of a push by v2
    std::unique_ptr<Call> push_;
};

// What the application tells of itself. Nothing, without being an error, to a key that may push but
// not ask, and by the interface v2, which has no such call.
Result<AppInfo> what_is_told(Client& client);

// index:'text' of the query language, quoted.
std::string query_term(std::string_view index, std::string_view text);

}  // namespace millrace::opensearch
