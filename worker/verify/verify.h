// Does a target still hold what a receipt says? Reads the target, and for keyed targets the source;
// writes nothing (docs/receipts.md).
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "common/config/job_spec.h"
#include "common/net/call.h"
#include "common/store/state_store.h"
#include "worker/job/job.h"

namespace millrace {

enum class Verdict : uint8_t {
    kVerified,
    kSuperseded,  // a later run of the task has replaced what this one wrote
    kUnprovable,  // what would prove it is gone: `why` says what
    kDifferent,   // the target holds something else: `differences` name it
};
std::string_view name_of(Verdict verdict);

struct Verification {
    Verdict verdict = Verdict::kVerified;
    std::string why;                       // of kSuperseded and kUnprovable
    std::vector<std::string> differences;  // one per object, block, row or document; no contents
    uint64_t checked = 0;                  // objects, or rows of keyed targets
    uint64_t rows = 0;

    // Notes a difference; the verdict is kDifferent from then on.
    void differ(std::string what);
};

struct VerifyRequest {
    const nlohmann::json& receipt;
    const JobSpec& job;
    // Receipts of the other committed runs of the task that the ledger knows.
    const std::vector<nlohmann::json>& others;
    // The run's items as the ledger knows them; none when it does not know the run.
    const std::vector<ItemView>& items;
    // How the job's source looks now; asked for by keyed targets only.
    const std::function<Result<Job>()>& job_of_source;
    StateStore& store;
    const CallContext& context;

    bool ledger_knows() const { return !items.empty(); }
};

// By the kind of the receipt's target. kConfig for a receipt that is none, or of a target that
// cannot be verified; failures of the network are what they are.
Result<Verification> verify_receipt(const VerifyRequest& request);

}  // namespace millrace
