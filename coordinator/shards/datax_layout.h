// The layout of DataX's status table: key StreamId, StatusType, StatusValue (all texts).
#pragma once

#include <string>
#include <string_view>

#include "common/base/ids.h"
#include "common/base/time.h"

namespace millrace::datax {

// ---- StatusType
// Where a shard goes on at a time: StatusValue is the time, a tab, the shard id.
inline constexpr std::string_view kCheckpoint = "CheckpointForDataxReader";
// The same by shard: shard id, a tab, the time.
inline constexpr std::string_view kShardTime = "ShardTimeCheckpointForDataxReader";
// The job that left the checkpoints of a time: its shards and their common version.
inline constexpr std::string_view kJob = "DataxJobDesc";

// ---- column Checkpoint, when it is no iterator
inline constexpr std::string_view kShardEnd = "SHARD_END";
inline constexpr std::string_view kTrimHorizon = "TRIM_HORIZON";

// "%16d" of milliseconds: padded with blanks.
std::string time_text(MillisPoint time);

// The row key as PlainBuffer.
std::string row_key(const StreamId& stream, std::string_view type, std::string_view value);

}  // namespace millrace::datax
