// The seam to where the quarantines of runs are kept: files of a state folder, or a sealed topic.
#pragma once

#include <span>
#include <string>

#include "common/base/ids.h"
#include "common/base/status.h"

namespace millrace {

// Thread-safe.
class QuarantineSink {
  public:
    virtual ~QuarantineSink() = default;
    // Lines of one shard of a run, without their ends. Kept for good when this returns ok: it is
    // called before the position moves (P13). After an error part of them may be there; they come
    // again.
    virtual Status store(const RunId& run, const ShardId& shard,
                         std::span<const std::string> lines) = 0;
};

}  // namespace millrace
