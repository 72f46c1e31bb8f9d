// A client of the coordinator's REST API (coordinator/api).
#pragma once

#include <nlohmann/json.hpp>

#include "common/base/secret.h"
#include "common/net/call.h"
#include "coordinator/api/messages.h"

namespace millrace::cli {

// Thread-safe. kUnreachable when no coordinator answers that may act; other failures carry the
// coordinator's text. Nothing is sent twice: a person, or a loop that watches, decides.
class Client {
  public:
    // `server`: "http://host:port"; an empty token is not sent.
    static Result<Client> create(const CallContext& context, const std::string& server,
                                 Secret token);

    Result<Submitted> submit(const Submission& submission);
    Result<nlohmann::json> runs(bool active_only, size_t max);
    Result<nlohmann::json> run(const RunId& run);
    // Waits up to `wait` for a line when there is none.
    Result<LogPage> log(const RunId& run, uint64_t after, std::chrono::seconds wait);
    // "pause", "resume", "cancel"
    Status steer(const RunId& run, const std::string& verb);
    Status rerun(const RunId& run, std::optional<uint64_t> dirty_records_max);
    Status set(const RunId& run, const LimitChange& change);
    Result<nlohmann::json> replay(const ReplayRequest& request);
    Result<nlohmann::json> cluster();

  private:
    struct Ask {
        Method method = Method::kGet;
        std::string path;  // below /api/v1
        nlohmann::json body = nullptr;
        std::chrono::seconds wait{0};
    };

    Client(const CallContext& context, std::string server, Secret token);
    Result<nlohmann::json> ask(const Ask& ask);
    Status no_answer(const Status& why) const;

    const CallContext& context_;
    std::string server_;
    Secret token_;
};

}  // namespace millrace::cli
