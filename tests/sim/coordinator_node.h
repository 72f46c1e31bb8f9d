// A coordinator process: drives every window of the task in a thread of its own.
#pragma once

#include "coordinator/job_coordinator.h"
#include "tests/sim/node.h"

namespace millrace::sim {

class CoordinatorNode final : public Node {
  public:
    CoordinatorNode(World& world, const std::string& name, uint64_t number);

    void start();

  private:
    void lead();
    void drive(size_t window);
    Status attempt(size_t window);
    std::unique_ptr<JobCoordinator> job_coordinator(size_t window);
    bool is_done(size_t window) const;
    bool may_begin(size_t window) const;

    const CallContext context_;
};

}  // namespace millrace::sim
