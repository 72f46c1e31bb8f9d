// Writes rows of given keys into a keyed target, as they are now in the source.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/record/shape.h"
#include "worker/targets/target.h"

namespace millrace {

struct RedriveKey {
    std::string key;    // packed, see common/record/packed.h
    Sequence sequence;  // of the newest quarantined change of the row
};

struct NotRedriven {
    size_t key = 0;      // its place in what was given
    std::string reason;  // no record contents
    int column = -1;
};

// `target` was made for a run by image. After each batch `written` is told the keys whose rows are
// in effect; not ok = the end. What the target refuses is returned. Used by one thread.
Result<std::vector<NotRedriven>> redrive(
    Target& target, const RecordShape& shape, std::span<const RedriveKey> keys,
    const std::function<Status(std::span<const size_t>)>& written);

}  // namespace millrace
