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
    // kUnprovable: the source no longer has what the run has read.
    void say_gone(const std::string& what);
};

// What keyed targets read the source again with.
struct SourceAccess {
    const std::function<Result<Job>()>& job;  // with the source as it looks now
    // The run's items as the ledger knows them; none when it does not know the run.
    const std::vector<ItemView>& items;
    StateStore& store;
    // Other runs of the task have begun to write and are not committed.
    bool unfinished = false;
};

struct VerifyRequest {
    const nlohmann::json& receipt;
    const JobSpec& job;
    // Receipts of the other committed runs of the task that the ledger knows.
    const std::vector<nlohmann::json>& others;
    const CallContext& context;
    const SourceAccess* source = nullptr;  // needed by keyed targets
};

// By the kind of the receipt's target. kConfig for a receipt that is none, or of a target that
// cannot be verified; failures of the network are what they are.
Result<Verification> verify_receipt(const VerifyRequest& request);

}  // namespace millrace
