// Which coordinator's side a job's source has.
#pragma once

#include <memory>

#include "common/config/job_spec.h"
#include "common/net/call.h"
#include "coordinator/sources/source_side.h"

namespace millrace {

// `context` outlives what is made.
Result<std::unique_ptr<SourceSide>> make_source_side(const JobSpec& job,
                                                     const CallContext& context);

}  // namespace millrace
