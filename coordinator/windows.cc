#include "coordinator/windows.h"

#include <algorithm>

namespace millrace {
namespace {

constexpr auto kCatchUp = std::chrono::minutes(5);

bool is_open(const InstanceView& instance) {
    return instance.state == InstanceState::kRunning ||
           instance.state == InstanceState::kCommitting || instance.state == InstanceState::kFailed;
}

}  // namespace

MillisPoint to_grid(MillisPoint time, std::chrono::milliseconds length) {
    const auto past = time.time_since_epoch() % length;
    return past.count() == 0 ? time : time - past + length;
}

std::vector<Window> cut_windows(MillisPoint from, MillisPoint to,
                                std::chrono::milliseconds length) {
    std::vector<Window> windows;
    for (MillisPoint start = from;;) {
        const MillisPoint end = to_grid(start + std::chrono::milliseconds(1), length);
        if (end > to) return windows;
        windows.push_back({start, end});
        start = end;
    }
}

Window realtime_window(MillisPoint start, TimePoint source_now, std::chrono::milliseconds length) {
    const MillisPoint after = start + std::chrono::milliseconds(1);
    const MillisPoint near = to_grid(after, length);
    const MillisPoint far = to_grid(after, std::max<std::chrono::milliseconds>(length, kCatchUp));
    const auto now = std::chrono::floor<std::chrono::milliseconds>(source_now);
    return {start, std::clamp(now - now.time_since_epoch() % length, near, far)};
}

Result<Window> next_realtime_window(JobCoordinator& job, std::chrono::milliseconds length,
                                    std::optional<MillisPoint> first, Duration accepted_ago) {
    MILLRACE_ASSIGN(const std::vector<InstanceView> history, job.history());
    const TimePoint now = job.source().server_time;
    std::optional<MillisPoint> start = next_start(history);
    for (const InstanceView& instance : history) {
        if (start && instance.window.start == *start && is_open(instance)) return instance.window;
    }
    if (!start) start = first;
    if (!start) {
        MILLRACE_ASSIGN(start, job.source_side().datax_time());
    }
    if (!start) {
        const Duration ago = std::max(accepted_ago, Duration(0));
        start = std::chrono::floor<std::chrono::milliseconds>(now - ago);
    }
    return realtime_window(*start, now, length);
}

}  // namespace millrace
