// The stand-in's services in virtual time, the table that changes, and what really happened to it.
#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "common/record/change.h"
#include "tests/sim/clock.h"
#include "tests/sim/scenario.h"
#include "tests/standin/ots_service.h"

namespace millrace::sim {

// One record of the stream.
struct Written {
    Sequence sequence;
    standin::Action action = standin::Action::kPut;
    std::string key;
    int64_t number = 0;  // of the change, in order of writing
    Duration when{0};    // since the beginning, by a true clock
};

class Cloud {
  public:
    Cloud(Scheduler& scheduler, History& history, const Scenario& scenario);

    Network& network() { return network_; }
    // Lets somebody write into the table from now on.
    void begin_writing();
    // No faults any more.
    void calm_down();

    // ---- what is true
    const std::map<std::string, std::vector<Written>>& shards() const { return shards_; }
    std::vector<std::string> parents_of(const std::string& shard) const;
    bool is_closed(const std::string& shard) const;

    // ---- what the target holds
    std::map<std::string, std::string> objects();
    std::vector<std::pair<std::string, int64_t>> odps_rows();
    std::map<std::string, int64_t> documents();
    std::map<std::string, int64_t> table_rows();

  private:
    void make_source();
    void make_targets();
    void write_once();
    void change_shards();
    void step_back();
    std::vector<Duration> writing_times();
    nlohmann::json ask(standin::Service& service, const std::string& call,
                       const nlohmann::json& body);

    Scheduler& scheduler_;
    History& history_;
    const Scenario& scenario_;
    Dice dice_;
    TrueClock clock_;
    standin::ServerClock server_clock_;
    standin::Database database_;
    standin::OtsService ots_;
    std::unique_ptr<standin::Service> oss_, odps_, opensearch_;
    Network network_;
    std::shared_ptr<standin::Table> table_;
    std::map<std::string, std::vector<Written>> shards_;
    int64_t numbers_ = 0;
};

}  // namespace millrace::sim
