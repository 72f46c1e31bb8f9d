// Runs that repeat several windows at once, from the start of the first to the end of the last:
// replays of a whole partition (commit/whole_partition.h). Pure.
#pragma once

#include <vector>

#include "common/store/state_store.h"

namespace millrace {

bool is_committed(const InstanceView& run);

// The replay repeats several windows: none of the task is exactly its own. `history`: all instances
// of the task.
bool is_joined(const InstanceView& run, const std::vector<InstanceView>& history);

// The first runs of the windows that a replay repeats, in order of time: of most replays one.
std::vector<InstanceView> repeated_by(const InstanceView& replay,
                                      const std::vector<InstanceView>& history);

}  // namespace millrace
