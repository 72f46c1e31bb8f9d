// Requests per action and bytes per service.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/standin/http_server.h"

namespace millrace::standin {

// Thread-safe.
class RequestCounters {
  public:
    void add(const std::string& service, const std::string& action, const Request& request,
             const Response& response) {
        const std::lock_guard lock(mutex_);
        ++actions_[action];
        if (response.status >= 400) ++errors_[action];
        bytes_[service].in += request.body.size();
        bytes_[service].out += response.view().size();
    }
    void reset() {
        const std::lock_guard lock(mutex_);
        actions_.clear();
        errors_.clear();
        bytes_.clear();
    }
    nlohmann::json json() const {
        const std::lock_guard lock(mutex_);
        nlohmann::json result = {{"actions", actions_}, {"errors", errors_}};
        result["bytes"] = nlohmann::json::object();
        for (const auto& [service, bytes] : bytes_)
            result["bytes"][service] = {{"in", bytes.in}, {"out", bytes.out}};
        return result;
    }

  private:
    struct Bytes {
        uint64_t in = 0, out = 0;
    };
    mutable std::mutex mutex_;
    std::map<std::string, uint64_t> actions_, errors_;
    std::map<std::string, Bytes> bytes_;
};

}  // namespace millrace::standin
