#include "common/base/clock.h"

#include <time.h>

#include <condition_variable>
#include <mutex>

namespace millrace {
namespace {

std::chrono::microseconds read(clockid_t id) {
    timespec t{};
    clock_gettime(id, &t);
    return std::chrono::seconds(t.tv_sec) + std::chrono::duration_cast<std::chrono::microseconds>(
                                                std::chrono::nanoseconds(t.tv_nsec));
}

}  // namespace

TimePoint SystemClock::now() const {
    return TimePoint(read(CLOCK_REALTIME));
}
MonoTime SystemClock::monotonic() const {
    return MonoTime(read(CLOCK_BOOTTIME));
}

bool SystemClock::sleep(Duration duration, std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, stop, duration, [] { return false; });
    return !stop.stop_requested();
}

}  // namespace millrace
