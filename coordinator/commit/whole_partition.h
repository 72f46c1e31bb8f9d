// What replaying a window means where windows share a partition of the target. Pure.
#pragma once

#include "common/config/job_spec.h"
#include "coordinator/commit/odps_rules.h"

namespace millrace {

struct WholePartition {
    std::string name;  // "pt=20261121"; empty = the table has none
    std::vector<HeldWindow> windows;
    Window joined;  // from the start of the first to the end of the last
};

// The partition that a committed window was written into. `history`: all instances of the task.
// kConfig: its windows cannot be replayed together.
Result<WholePartition> whole_partition_of(const JobSpec& job,
                                          const std::vector<InstanceView>& history,
                                          const Window& window);

// kConfig: it shares its partition with others, which are named.
Status may_replay_alone(const JobSpec& job, const std::vector<InstanceView>& history,
                        const Window& window);

}  // namespace millrace
