#include "coordinator/joined.h"

#include <algorithm>

namespace millrace {
namespace {

const InstanceView* first_of(const Window& window, const std::vector<InstanceView>& history) {
    const auto found = std::find_if(history.begin(), history.end(), [&](const InstanceView& other) {
        return other.number == 0 && other.window == window;
    });
    return found == history.end() ? nullptr : &*found;
}

}  // namespace

bool is_committed(const InstanceView& run) {
    return run.state == InstanceState::kCommitted || run.state == InstanceState::kCleaned;
}

bool is_joined(const InstanceView& run, const std::vector<InstanceView>& history) {
    return run.kind == RunKind::kReplay && !first_of(run.window, history);
}

std::vector<InstanceView> repeated_by(const InstanceView& replay,
                                      const std::vector<InstanceView>& history) {
    // Windows of a writer that only adds may lie within each other.
    if (const InstanceView* first = first_of(replay.window, history)) return {*first};
    std::vector<InstanceView> firsts;
    for (const InstanceView& other : history) {
        const bool inside =
            other.window.start >= replay.window.start && other.window.end <= replay.window.end;
        if (other.number == 0 && inside && is_committed(other)) firsts.push_back(other);
    }
    return firsts;
}

}  // namespace millrace
