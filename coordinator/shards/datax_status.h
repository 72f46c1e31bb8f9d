// DataX's status table: where DataX stopped, so that a job can go on from there (P2). Layout: key
// StreamId, StatusType, StatusValue; times as "%16d" of ms, padded with blanks.
#pragma once

#include <map>

#include "common/services/tablestore/client.h"
#include "coordinator/planner/planner.h"

namespace millrace {

// Starts for a window: the checkpoints of its start when DataX left a complete set of them (nothing
// is skipped then, and closed shards are read to their end); else, shard by shard, the newest
// shard-time checkpoint between `oldest` (what the stream still keeps for certain) and the window's
// start, skipping up to that. An absent table gives nothing.
Result<KnownStarts> datax_starts(tablestore::Client& client, const std::string& status_table,
                                 const StreamId& stream, const Window& window, MillisPoint oldest);

// The newest time for which a complete set is there, for `--next` without `--from`.
Result<std::optional<MillisPoint>> newest_datax_time(tablestore::Client& client,
                                                     const std::string& status_table,
                                                     const StreamId& stream);

}  // namespace millrace
