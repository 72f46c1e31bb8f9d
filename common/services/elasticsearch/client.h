// The calls that Millrace makes to an Elasticsearch or OpenSearch server.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

#include "common/net/call.h"
#include "common/services/elasticsearch/config.h"
#include "common/services/elasticsearch/reply.h"
#include "common/services/elasticsearch/request.h"

namespace millrace::elasticsearch {

struct Server {
    std::string version;       // "2.19.6"; empty when the server did not say
    std::string distribution;  // "opensearch", or "elasticsearch"
    // Indices without mapping types: Elasticsearch from 7 on, every OpenSearch, and whatever does
    // not answer the probe.
    bool typeless = true;
};

// Used by one thread; the context outlives it. Every call retries as the policy of the config says;
// the bulk and mget calls may be repeated without harm because they carry versions.
class Client {
  public:
    Client(const CallContext& context, Config config);

    const Config& config() const { return config_; }

    // GET /. A refused user is an error; an answer that is no JSON of a server is not.
    Result<Server> probe();

    // ---- index life cycle, all repeatable
    Result<bool> index_exists(const std::string& index);
    // False: it was there already. `body` = {"settings":…,"mappings":…}
    Result<bool> create_index(const std::string& index, const nlohmann::json& body);
    Status delete_index(const std::string& index);  // absent is no error
    // What stands for the index (several for an alias): name -> {"settings":…} or {"mappings":…}.
    Result<nlohmann::json> settings(const std::string& index);
    Result<nlohmann::json> mapping(const std::string& index);
    Status put_mapping(const std::string& index, const nlohmann::json& mapping);
    // Names of the indices that carry the alias; none when there is no such alias.
    Result<std::vector<std::string>> alias_holders(const std::string& alias);
    // All of `actions` at once or none.
    Status update_aliases(const nlohmann::json& actions);
    Status refresh(const std::string& index);
    Result<uint64_t> count(const std::string& index);
    // The document with its _version and _source, or nothing.
    Result<std::optional<nlohmann::json>> get(const std::string& index, const std::string& id);

    // ---- documents
    // Starts sending `body` (lines, kept by the caller) and returns at once; finish_bulk() waits
    // and gives the answer as it came. At most one is under way.
    void start_bulk(const std::string& index, std::string_view body);
    Result<HttpAnswer> finish_bulk();
    // `body` = {"docs":[…]} or {"ids":[…]}; with or without `_source`.
    Result<HttpAnswer> mget(const std::string& index, std::string_view body, bool with_source);
    // Gives every document that the last refresh has made visible, in no order; views end with the
    // call. An error of `visit` ends the scan. A page is not repeated: the scroll would go on.
    using Visit = std::function<Status(const Scanned&)>;
    Status scan(const std::string& index, bool with_source, const Visit& visit);

  private:
    RetryPolicy policy() const;
    Call::Build build(RequestSpec spec);
    Call::Judge judge(std::string what);
    Result<HttpAnswer> send(RequestSpec spec, std::string what);
    Result<nlohmann::json> read(std::string target, std::string what);
    std::string_view packed(std::string_view body);

    const CallContext& context_;
    Config config_;
    size_t endpoint_ = 0;  // the one in use
    Buffer gzip_;          // the compressed body under way
    std::unique_ptr<Call> bulk_;
};

}  // namespace millrace::elasticsearch
