// The job of a run as the ledger keeps it, with keys from the data sources file.
#pragma once

#include "cli/commands.h"

namespace millrace::cli {

// `stored` is the job without secrets. Each side gets the keys of the entry that has its address;
// kConfig when none has and keys are needed.
Result<JobSpec> stored_job(const std::string& stored, const Options& options, Surroundings& world);

}  // namespace millrace::cli
