// Seam of the planner's driver to the source: which shards are there now.
#pragma once

#include <optional>
#include <vector>

#include "coordinator/planner/planner.h"

namespace millrace {

class ShardLister {
  public:
    virtual ~ShardLister() = default;
    virtual Result<std::vector<ListedShard>> list() = 0;
    // Starts known from outside the ledger (the DataX status table); none = nothing known.
    virtual Result<std::map<ShardId, ItemStart>> known_starts() = 0;
};

}  // namespace millrace
