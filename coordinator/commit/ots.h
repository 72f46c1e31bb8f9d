// The edges of an instance that writes rows into Tablestore: does the table fit the job.
#pragma once

#include <memory>

#include "common/config/job_spec.h"
#include "common/net/call.h"
#include "common/record/shape.h"
#include "coordinator/commit/target_commit.h"

namespace millrace {

// `context` outlives what is made; `source` = what the job's records look like.
Result<std::unique_ptr<TargetCommit>> make_ots(const JobSpec& job, const RecordShape& source,
                                               const CallContext& context);

}  // namespace millrace
