// Reads a job for a command that needs it whole.
#pragma once

#include "cli/commands.h"

namespace millrace::cli {

// Prints every finding on standard error; kConfig when one is an error.
Result<JobSpec> read_job(const JobRequest& request, Surroundings& world);

}  // namespace millrace::cli
