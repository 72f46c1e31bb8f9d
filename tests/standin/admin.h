// The admin API: JSON over HTTP on a port of its own, for tests only. README.md lists the calls.
#pragma once

#include <vector>

#include "tests/standin/database.h"
#include "tests/standin/faults.h"
#include "tests/standin/request_counters.h"
#include "tests/standin/service.h"

namespace millrace::standin {

// Thread-safe.
class Admin {
  public:
    struct Parts {
        Database& database;
        ServerClock& clock;
        Faults& faults;
        RequestCounters& counters;
        std::vector<Service*> services;
    };
    explicit Admin(Parts parts) : parts_(std::move(parts)) {}

    // 200 {...}; 400 {"error": text} for what cannot be done.
    Response handle(const Request& request);

  private:
    nlohmann::json run(const std::string& call, const nlohmann::json& body);
    nlohmann::json make_table(const nlohmann::json& body);
    nlohmann::json change_shards(const std::string& call, const nlohmann::json& body);
    nlohmann::json set_hostility(const nlohmann::json& body);
    nlohmann::json counters() const;

    Parts parts_;
};

}  // namespace millrace::standin
