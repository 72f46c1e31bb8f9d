// A worker process: slots and the thread that renews their leases.
#pragma once

#include "tests/sim/node.h"
#include "worker/job/job_runners.h"
#include "worker/lease/leases.h"

namespace millrace::sim {

class WorkerNode final : public Node {
  public:
    WorkerNode(World& world, const std::string& name, uint64_t number);

    void start();
    bool drained() const { return slots_left_ == 0; }

  private:
    class SimLeases final : public Leases {
      public:
        SimLeases(WorkerNode& owner, LeaseSettings settings)
            : Leases(*owner.store_, owner.clock_, settings), owner_(owner) {}
        void work();

      private:
        void on_begin() override { owner_.world_.scheduler.wake(thread_); }
        WorkerNode& owner_;
        std::shared_ptr<Thread> thread_;
    };

    const std::unique_ptr<SimStore> store_;
    SimLeases leases_;
    Registry metrics_;
    JobRunners runners_;
    int slots_left_ = 0;
};

}  // namespace millrace::sim
