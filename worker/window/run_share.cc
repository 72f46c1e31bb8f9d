#include "worker/window/run_share.h"

#include <algorithm>

namespace millrace {

void RunShare::set(const RunControl& control) {
    const std::lock_guard lock(mutex_);
    control_ = control;
    apply();
}

void RunShare::add() {
    const std::lock_guard lock(mutex_);
    ++held_;
    apply();
}

// What ended here shares no more; nobody else tells.
void RunShare::remove() {
    const std::lock_guard lock(mutex_);
    --held_;
    control_.sharing = std::max(1, control_.sharing - 1);
    apply();
}

void RunShare::apply() {
    RunControl mine = control_;
    if (held_ > 0 && held_ < control_.sharing) {
        const double share = static_cast<double>(held_) / control_.sharing;
        mine.source_bytes_per_second *= share;
        mine.source_records_per_second *= share;
    }
    limits_.set(mine);
}

}  // namespace millrace
