#include "tests/sim/bus.h"

#include <algorithm>

namespace millrace::sim {

using std::chrono::milliseconds;

Status SimBus::publish(const Doorbell& doorbell) {
    Dice& dice = scheduler_.dice();
    if (dice.chance(faults_.lost)) return {};
    const int copies = dice.chance(faults_.doubled) ? 2 : 1;
    for (int i = 0; i < copies; ++i) {
        const Duration longest =
            dice.chance(faults_.late) ? Duration(std::chrono::seconds(40)) : milliseconds(20);
        scheduler_.after(dice.between(milliseconds(1), longest),
                         [this, doorbell] { arrive(doorbell); });
    }
    return {};
}

void SimBus::arrive(const Doorbell& doorbell) {
    rung_.push_back(doorbell);
    if (waiting_.empty()) return;
    scheduler_.wake(waiting_.front());
    waiting_.pop_front();
}

Result<std::optional<Doorbell>> SimBus::poll(Duration timeout) {
    const Duration until = scheduler_.now() + timeout;
    while (rung_.empty() && scheduler_.now() < until) {
        const std::shared_ptr<Thread> self = scheduler_.current();
        waiting_.push_back(self);
        const bool woken = scheduler_.wait_until(until);
        if (!woken) std::erase(waiting_, self);
    }
    if (rung_.empty()) return std::optional<Doorbell>();
    std::optional<Doorbell> first = std::move(rung_.front());
    rung_.pop_front();
    return first;
}

}  // namespace millrace::sim
