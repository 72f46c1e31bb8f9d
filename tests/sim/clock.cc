#include "tests/sim/clock.h"

#include <utility>

namespace millrace::sim {

bool TrueClock::sleep(Duration duration, std::stop_token stop) {
    if (stop.stop_requested()) return false;
    const std::stop_callback wake(
        stop, [this, thread = scheduler_.current()] { scheduler_.wake(thread); });
    scheduler_.pause(duration);
    return !stop.stop_requested();
}

MonoTime ProcessClock::monotonic() const {
    if (freeze_ > Duration(0) && scheduler_.process()) {
        scheduler_.freeze_here(scheduler_.now() + std::exchange(freeze_, Duration(0)));
    }
    return MonoTime(boot_) + scheduler_.now();
}

}  // namespace millrace::sim
