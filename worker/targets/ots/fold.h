// The changes of one key as one row, so that a key is once in a request.
#pragma once

#include "common/base/status.h"
#include "worker/targets/ots/batch.h"

namespace millrace::ots {

struct Folded {
    OperationType operation = tablestore::wire::PUT;
    std::string row;                // PlainBuffer
    uint32_t until = Piece::kNone;  // the first piece that is not in it
    bool several = false;           // more than one piece is in it
};

// Folds pieces of one key from `first` on, as many as one written row may hold, at least one.
// `alone`: exactly one.
Status fold(const Batch& batch, uint32_t first, bool alone, Folded& folded);

}  // namespace millrace::ots
