// The processes of a history, and what happens to them.
#pragma once

#include "tests/sim/coordinator_node.h"
#include "tests/sim/worker_node.h"

namespace millrace::sim {

class Cluster {
  public:
    explicit Cluster(World& world) : world_(world) {}
    ~Cluster() { end(); }
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;

    // Starts the processes; accidents come from now on.
    void begin();
    // Called after each event of the history: is it time for the next accident?
    void look();
    // Nothing happens any more, and all processes are there.
    void calm_down();
    // All processes end, while all that they use is there.
    void end();

  private:
    void happen(const Accident& accident);
    void happen_to_worker(const Accident& accident);
    void happen_to_coordinator(const Accident& accident);
    void start_worker(size_t place);
    void start_coordinator();
    void end_worker(size_t place, Duration pause);
    void drain_worker(size_t place, Duration pause);
    void end_coordinator(Duration pause);
    // As an init system would: what has ended is started again.
    void look_after_coordinators();
    void note(std::string_view what, const std::string& more);

    World& world_;
    // All that have been: requests of the dead may still be under way.
    std::vector<std::unique_ptr<WorkerNode>> all_workers_;
    std::vector<std::unique_ptr<CoordinatorNode>> all_coordinators_;
    std::vector<WorkerNode*> workers_;  // by place; null = it is down
    Duration no_coordinator_until_{0};
    std::shared_ptr<const MemoryLiveServer::Copy> old_copy_;
    uint64_t began_ = 0;  // events before the processes
    size_t next_ = 0;     // accident
    bool calm_ = true;
};

}  // namespace millrace::sim
