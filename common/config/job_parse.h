// From the text of a script to a JobSpec.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/config/job_spec.h"
#include "common/config/sources.h"
#include "common/config/substitution.h"
#include "common/config/window_keys.h"

namespace millrace {

// All that a job is made of. Nothing else is looked up.
struct JobRequest {
    std::string file;  // as findings name it
    std::string text;
    std::vector<Variable> variables;  // -D
    std::optional<SourcesText> sources;
    Environment environment;  // for ${env:NAME} in data sources
    MillisPoint schedule;     // what $[…] and bizdate are relative to; for a bare run: now
    std::string name;         // --name
    // --next: the variables of the start and end keys are not given; they are bound by `window`, or
    // stay open and the job has no window.
    bool next = false;
    std::optional<Window> window;
    std::optional<uint64_t> dirty_records_max;  // --errorLimit
};

struct ParsedJob {
    // Absent when a finding is an error. Its `findings` are the same as below.
    std::optional<JobSpec> job;
    std::vector<Finding> findings;  // of the script and of the data sources file, in order of place
    // The variables that stand in the start and end keys.
    WindowVariables window_variables;

    // All errors as one text; for callers that only need to fail.
    Status status() const;
};

// Pure; finds as much as it can in one pass.
ParsedJob parse_job(const JobRequest& request);

}  // namespace millrace
