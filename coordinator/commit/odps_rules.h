// What a commit does to a partition that other windows of the task have written: overwrite it or
// add to it.
#pragma once

#include "common/config/odps_writer.h"
#include "common/store/state_store.h"

namespace millrace {

// Other committed windows of the task whose rows are in this partition, by window start.
// `instances` are all of the task; replays of this window do not count.
std::vector<Window> sharing_windows(const InstanceView& instance,
                                    const std::vector<InstanceView>& instances,
                                    const OdpsPartition& partition);

// kConfig: the run is a replay whose window shares its partition, or only adds. Otherwise whether
// the commit replaces what is there.
Result<bool> decide_overwrite(const OdpsWriterConfig& config, const InstanceView& instance,
                              const std::vector<Window>& sharing);

}  // namespace millrace
