// The edges of an instance that writes into Elasticsearch: the index before the first item, the
// alias after the last one.
#pragma once

#include <memory>

#include "common/config/job_spec.h"
#include "common/net/call.h"
#include "coordinator/commit/target_commit.h"

namespace millrace {

// `context` outlives what is made.
Result<std::unique_ptr<TargetCommit>> make_elasticsearch(const JobSpec& job,
                                                         const CallContext& context);

}  // namespace millrace
