// Carries out what the committer decides, step by step.
#pragma once

#include <functional>
#include <stop_token>

#include "common/base/clock.h"
#include "common/store/state_store.h"
#include "coordinator/commit/committer.h"
#include "coordinator/commit/target_commit.h"

namespace millrace {

struct CommitDriverParts {
    StateStore& store;
    TargetCommit& target;
    Clock& clock;
    std::stop_token stop;
    // The receipt without what the target adds.
    std::function<Result<nlohmann::json>(const InstanceView&)> receipt;
    // Tells others that the instance is committed, before it is cleaned; may be called again.
    std::function<void(const InstanceView&)> announce;
};

enum class CommitOutcome : uint8_t {
    kCommitted,  // and cleaned
    kRestaged,   // staged work was lost: items are READY again, run them and commit once more
};

// Commits a RUNNING instance whose borders are recorded, or goes on with one that is COMMITTING or
// COMMITTED but not CLEANED. Blocking. A failure leaves the instance where it is: the next start
// goes on.
Result<CommitOutcome> commit_instance(const CommitDriverParts& parts, const RunId& run);

}  // namespace millrace
