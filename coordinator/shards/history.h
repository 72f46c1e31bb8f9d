// Gathers what the ledger says of shards, in the form the planner takes.
#pragma once

#include "common/store/state_store.h"
#include "coordinator/planner/planner.h"

namespace millrace {

// Histories of the listed shards and of their parents, for a window of a task.
Result<std::map<ShardId, ShardHistory>> shard_histories(StateStore& store, const TaskId& task,
                                                        const StreamId& stream,
                                                        const Window& window,
                                                        const std::vector<ListedShard>& shards);

}  // namespace millrace
