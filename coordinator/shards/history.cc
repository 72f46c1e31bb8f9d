#include "coordinator/shards/history.h"

#include <set>

namespace millrace {

Result<std::map<ShardId, ShardHistory>> shard_histories(StateStore& store, const TaskId& task,
                                                        const StreamId& stream,
                                                        const Window& window,
                                                        const std::vector<ListedShard>& shards) {
    std::set<ShardId> wanted;
    for (const ListedShard& listed : shards) {
        wanted.insert(listed.shard);
        wanted.insert(listed.parents.begin(), listed.parents.end());
    }
    const int64_t start = to_millis(window.start);
    const int64_t end = to_millis(window.end);
    std::map<ShardId, ShardHistory> histories;
    for (const ShardId& shard : wanted) {
        ShardHistory& history = histories[shard];
        MILLRACE_ASSIGN(history.at_start, store.border(task, stream, shard, start));
        MILLRACE_ASSIGN(history.at_end, store.border(task, stream, shard, end));
        MILLRACE_ASSIGN(history.before_start, store.border_before(task, stream, shard, start));
    }
    return histories;
}

}  // namespace millrace
