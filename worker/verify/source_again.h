// The records of a committed run, read from its source once more.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "common/record/change.h"
#include "worker/verify/verify.h"

namespace millrace {

// Whether a failure of the source says that its records are no longer there.
bool is_gone(const Status& status);

// What became of reading again.
struct ReadAgain {
    std::string gone;   // not empty: what of the source is no longer there
    bool same = false;  // the records are exactly those that the run has read
    uint64_t records = 0;
};

// Gives every change to `take` that the run has read and not refused, item by item, each in order.
// The job must be that of the receipt. Failures of `take` and of the network are returned; a source
// that no longer has the records is none.
Result<ReadAgain> read_again(const VerifyRequest& request, const Job& job,
                             const std::function<Status(const Change&)>& take);

}  // namespace millrace
