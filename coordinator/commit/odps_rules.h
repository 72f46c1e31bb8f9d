// What a commit does to a partition that other windows of the task have written: overwrite it or
// add to it. Pure.
#pragma once

#include "common/config/odps_writer.h"
#include "coordinator/commit/odps_intent.h"

namespace millrace {

// The committed windows of the task whose rows are in this partition, by start. `history`: all
// instances of the task.
std::vector<HeldWindow> windows_in(const std::vector<InstanceView>& history,
                                   const OdpsPartition& partition);

// Whether the commit of a run of one window, or of a transfer, replaces what is there. kConfig: it
// is a replay, and its window shares its partition, or the job only adds.
Result<bool> decide_overwrite(const OdpsWriterConfig& config, const InstanceView& instance,
                              const std::vector<HeldWindow>& held);

// From the start of the first window of a partition to the end of the last. kConfig: the windows of
// this job cannot be replayed together, or one between them is not in the partition.
Result<Window> joined_window(const OdpsWriterConfig& config, const std::vector<HeldWindow>& held);

// A replay of several windows at once holds exactly those that are in the partition now.
// kSourceChanged: others were committed meanwhile.
Status check_joined(const OdpsWriterConfig& config, const InstanceView& instance,
                    const std::vector<HeldWindow>& held);

}  // namespace millrace
