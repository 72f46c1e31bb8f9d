// The changes of one document within a batch, as one.
#pragma once

#include <vector>

#include "worker/targets/elasticsearch/batch.h"

namespace millrace::elasticsearch {

struct Folded {
    enum class Kind : uint8_t {
        kWhole,    // the row as it is after the changes
        kPartial,  // only the columns that were said; the rest stays
        kDelete,
    };
    Kind kind = Kind::kWhole;
    uint64_t version = 0;  // of the last change
    bool shared_version = false;
    // One change whose encoded lines can be sent as they are when nothing is merged.
    uint32_t only = EncodedChange::kNone;
    std::vector<Field> fields;  // one per column
};

// Replaces `folded` (its memory is reused). PutRow begins anew, UpdateRow adds its columns, and
// after a delete it makes a row of its columns alone.
void fold(const Batch& batch, const Entry& entry, Folded& folded);

}  // namespace millrace::elasticsearch
