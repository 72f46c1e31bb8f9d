#include "coordinator/shards/stream_lister.h"

#include "coordinator/shards/datax_status.h"

namespace millrace {

Result<std::vector<ListedShard>> StreamLister::list() {
    MILLRACE_ASSIGN(const tablestore::StreamDescription stream, client_.describe_stream(stream_));
    std::vector<ListedShard> shards;
    for (const tablestore::Shard& shard : stream.shards)
        shards.push_back({shard.id, shard.parents});
    return shards;
}

Result<KnownStarts> StreamLister::known_starts() {
    if (status_table_.empty()) return KnownStarts();
    return datax_starts(client_, status_table_, stream_, window_, oldest_);
}

}  // namespace millrace
