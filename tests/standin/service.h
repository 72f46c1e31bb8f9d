// What the stand-in needs of a service: main.cc puts each one behind a port of its own and lets
// faults.h act on it, so that a service itself knows nothing about faults.
#pragma once

#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "tests/standin/http_server.h"

namespace millrace::standin {

// The one account that the stand-in knows.
struct Account {
    std::string access_id;
    std::string access_key;
    bool check_skew = true;  // refuse requests whose date is more than 15 minutes off
};

// Called by several threads at once.
class Service {
  public:
    virtual ~Service() = default;
    // "ots", "oss": the name in ready line, faults and counters.
    virtual std::string name() const = 0;
    // The action of a request ("GetStreamRecord", "UploadPart") for faults and counters; never
    // fails.
    virtual std::string action_of(const Request& request) const = 0;
    virtual Response handle(const Request& request) = 0;
    // A well-formed (signed, where the service signs) error answer, as for a real failure.
    virtual Response failure(const Request& request, int status, const std::string& code,
                             const std::string& message) = 0;
    // Adds the service's own counters ("objects", "open_uploads", ...) to the answer of /counters.
    virtual void add_counters(nlohmann::json& to) const = 0;
    virtual void reset_counters() = 0;
    // Carries out an admin call that is this service's own ("POST /odps/sessions"); false when it
    // is not. May throw nlohmann::json::exception for a body of another form.
    virtual bool administer(const std::string& /*call*/, const nlohmann::json& /*body*/,
                            nlohmann::json& /*answer*/) {
        return false;
    }
};

}  // namespace millrace::standin
