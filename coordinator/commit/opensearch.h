// The edges of an instance that writes into Alibaba OpenSearch: does the application fit the job.
#pragma once

#include <memory>

#include "common/config/job_spec.h"
#include "common/net/call.h"
#include "common/record/shape.h"
#include "coordinator/commit/target_commit.h"

namespace millrace {

// `context` outlives what is made.
Result<std::unique_ptr<TargetCommit>> make_opensearch(const JobSpec& job, const RecordShape& shape,
                                                      const CallContext& context);

}  // namespace millrace
