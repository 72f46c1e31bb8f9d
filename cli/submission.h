// A job as it is sent to a coordinator.
#pragma once

#include "cli/commands.h"
#include "coordinator/api/operations.h"

namespace millrace::cli {

// The script as it is; of the data sources file only the entries that the script may mean, with
// ${env:…} applied here: the coordinator's environment is another one. kConfig with the findings.
Result<Submission> make_submission(const Options& options, Surroundings& world);

}  // namespace millrace::cli
