// Doorbells that get lost, come twice and come late.
#pragma once

#include <deque>

#include "common/bus/bus.h"
#include "tests/sim/scheduler.h"

namespace millrace::sim {

struct BusFaults {
    double lost = 0, doubled = 0, late = 0;
};

// A queue that any number of threads publish to and poll from: each doorbell goes to one of them.
class SimBus final : public Bus {
  public:
    SimBus(Scheduler& scheduler, const BusFaults& faults)
        : scheduler_(scheduler), faults_(faults) {}

    Status publish(const Doorbell& doorbell) override;
    Result<std::optional<Doorbell>> poll(Duration timeout) override;

  private:
    void arrive(const Doorbell& doorbell);

    Scheduler& scheduler_;
    const BusFaults& faults_;
    std::deque<Doorbell> rung_;
    std::deque<std::shared_ptr<Thread>> waiting_;
};

}  // namespace millrace::sim
