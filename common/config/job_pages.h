// What people read about the job language, made from the parameter table.
#pragma once

#include <string>

#include "common/config/parameters.h"

namespace millrace {

// The page docs/jobs.md.
std::string jobs_page();

// The reference of a process configuration, a part of docs/cluster.md.
std::string process_reference();

// A script to begin with: what must be said, and the other parameters as comments.
std::string job_template(const Plugin& reader, const Plugin& writer);

}  // namespace millrace
