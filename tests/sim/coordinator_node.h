// A coordinator process: takes the cluster's ledger over, then drives every window of the task in a
// thread of its own.
#pragma once

#include <stop_token>

#include "coordinator/catalog/cluster_store.h"
#include "coordinator/service/run_driver.h"
#include "tests/sim/log.h"
#include "tests/sim/node.h"

namespace millrace::sim {

class CoordinatorNode final : public Node {
  public:
    CoordinatorNode(World& world, const std::string& name, uint64_t number);

    void start();
    // A person pauses all runs for so long.
    void pause_runs(Duration length);
    // Another one has taken over: it has ended, or will at once.
    bool fenced() const { return fenced_; }

  private:
    Status set_paused(const RunId& run, bool paused);
    void lead();
    void tend();
    void drive(size_t window);
    // Ok: the window is committed and cleaned.
    Status attempt(size_t window);
    // One of the threads makes the ledger anew, the others go on when that is done.
    void recover(uint64_t generation);
    // False: this process must end.
    bool goes_on(const Status& status, uint64_t generation);
    Result<std::optional<InstanceView>> instance_of(size_t window);
    Result<std::vector<nlohmann::json>> quarantine_of(const RunId& run);

    SimLog log_;
    ClusterStore ledger_;
    const RunWorld runs_;
    std::set<RunId> known_;  // that this process has driven
    uint64_t generation_ = 0;
    std::stop_source knowledge_;  // of this generation
    bool recovering_ = false;
    bool fenced_ = false;
};

}  // namespace millrace::sim
