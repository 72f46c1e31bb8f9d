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
    // From the DataX status table; none = nothing known.
    virtual Result<KnownStarts> known_starts() = 0;
};

}  // namespace millrace
