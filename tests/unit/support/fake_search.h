// A search server in memory for unit tests: external versions, tombstones, _bulk, _mget, indices.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "common/net/fake_http.h"

namespace millrace::elasticsearch {

// Single-threaded.
class FakeSearch {
  public:
    using Json = nlohmann::json;
    struct Document {
        uint64_t version = 0;
        bool live = false;  // false: a tombstone
        Json source;
    };
    struct Index {
        Json settings = Json::object();
        Json mappings = Json::object();
        std::set<std::string> aliases;
        std::map<std::string, Document> documents;
    };

    Result<HttpAnswer> answer(const HttpRequest& request);
    FakeHttp::Handler handler() {
        return [this](const HttpRequest& request) { return answer(request); };
    }
    // The live documents of an index, by id.
    std::map<std::string, Json> live(const std::string& index) const;

    std::map<std::string, Index> indices;
    // Asked first for every request; an answer replaces the server's own.
    std::function<std::optional<Result<HttpAnswer>>(const HttpRequest&, const std::string& body)>
        fault;
    // Asked for every item of a bulk: an error {"status","error"} replaces it.
    std::function<std::optional<Json>(const std::string& action, const std::string& id,
                                      const Json& source)>
        item_fault;
    int requests = 0, bulks = 0, mgets = 0, items = 0;
    std::string distribution = "opensearch", number = "2.19.6";

  private:
    HttpAnswer bulk(const std::string& index, const std::string& body);
    HttpAnswer mget(const std::string& index, const std::string& body, bool with_source);
    HttpAnswer index_call(const HttpRequest& request, const std::string& index,
                          const std::string& body);
    HttpAnswer sub_call(const HttpRequest& request, const std::string& index,
                        const std::string& verb, const std::string& body);
    HttpAnswer aliases(const std::string& body);
    Json write(Index& index, const std::string& action, const Json& meta, const Json& source);
};

}  // namespace millrace::elasticsearch
