// Time types. Wall-clock times are UTC; windows and borders are whole milliseconds, as in the jobs.
#pragma once

#include <chrono>
#include <string>

namespace millrace {

using Duration = std::chrono::microseconds;
using TimePoint = std::chrono::sys_time<std::chrono::microseconds>;  // wall clock, UTC
using MillisPoint = std::chrono::sys_time<std::chrono::milliseconds>;

// A point of CLOCK_BOOTTIME: never set back, goes on while the machine sleeps. Leases and time-outs
// are measured on it.
struct BootClock {
    using rep = int64_t;
    using period = std::micro;
    using duration = std::chrono::microseconds;
    using time_point = std::chrono::time_point<BootClock>;
    static constexpr bool is_steady = true;
};
using MonoTime = BootClock::time_point;

// Half-open [start, end).
struct Window {
    MillisPoint start;
    MillisPoint end;
    auto operator<=>(const Window&) const = default;
};

inline int64_t to_millis(MillisPoint time) {
    return time.time_since_epoch().count();
}
inline MillisPoint from_millis(int64_t millis) {
    return MillisPoint(std::chrono::milliseconds(millis));
}
inline int64_t to_micros(TimePoint time) {
    return time.time_since_epoch().count();
}

// "2026-11-21T10:00:00.000Z"
std::string to_iso8601(TimePoint time);
// "20261121T100000000": the form used in object names.
std::string to_compact(MillisPoint time);

}  // namespace millrace
