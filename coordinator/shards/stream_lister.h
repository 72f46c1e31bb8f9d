// Lists the shards of a Tablestore stream for the planner.
#pragma once

#include "common/services/tablestore/client.h"
#include "coordinator/shards/lister.h"

namespace millrace {

class StreamLister final : public ShardLister {
  public:
    // `client` outlives this object. `status_table` is DataX's; empty = none. `oldest`: iterators
    // that are older may be forgotten.
    StreamLister(tablestore::Client& client, StreamId stream, std::string status_table,
                 Window window, MillisPoint oldest)
        : client_(client),
          stream_(std::move(stream)),
          status_table_(std::move(status_table)),
          window_(window),
          oldest_(oldest) {}

    Result<std::vector<ListedShard>> list() override;
    Result<KnownStarts> known_starts() override;

  private:
    tablestore::Client& client_;
    StreamId stream_;
    std::string status_table_;
    Window window_;
    MillisPoint oldest_;
};

}  // namespace millrace
