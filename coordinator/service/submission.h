// From a job as a person submits it to the package that is kept of it.
#pragma once

#include "common/base/clock.h"
#include "common/config/job_package.h"
#include "coordinator/api/operations.h"

namespace millrace {

// The coordinator's own data sources, for jobs that come without theirs.
struct OwnSources {
    std::optional<SourcesText> text;
    Environment environment;  // for ${env:NAME} in it
};

struct Prepared {
    JobPackage package;
    JobSpec job;
    std::vector<std::string> notes;  // findings that are no errors
};

// kConfig with all findings.
Result<Prepared> prepare(const Submission& submission, const OwnSources& own, TimePoint now);

// Which run is newer can be seen from the ids of a cluster: they begin with the time.
RunId make_run_id(TimePoint now, Random& random);
// When a run was submitted; nothing for ids that were made elsewhere.
std::optional<TimePoint> created_at(const RunId& run);

}  // namespace millrace
