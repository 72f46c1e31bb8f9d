// Which commit a job's target has.
#pragma once

#include <memory>

#include "common/config/job_spec.h"
#include "common/net/call.h"
#include "common/record/shape.h"
#include "coordinator/commit/late_writers.h"
#include "coordinator/commit/target_commit.h"

namespace millrace {

struct TargetRules {
    // Rows are visible when acknowledged (P12); else nothing is before the commit.
    bool keyed = false;
    // The writer only adds: windows may overlap (with a warning).
    bool may_overlap = false;
};
TargetRules target_rules(const JobSpec& job);

struct TargetParts {
    const CallContext& context;  // outlives what is made
    StateStore& store;
    const RecordShape& shape;                       // of the source
    Duration late_writes = LateWriters::kPatience;  // into MaxCompute
};
Result<std::unique_ptr<TargetCommit>> make_target_commit(const JobSpec& job,
                                                         const InstanceView& instance,
                                                         const TargetParts& parts);

}  // namespace millrace
