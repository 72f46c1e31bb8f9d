// What the long-running commands share: `coordinator` and `worker`.
#pragma once

#include <string>

#include "cli/commands.h"
#include "common/config/process_config.h"

namespace millrace::cli {

// --config, read and checked.
Result<ProcessConfig> read_process_config(const Options& options, Surroundings& world);
// Life-cycle lines are shown unless MILLRACE_LOG says otherwise.
void show_life_cycle(const Surroundings& world);
std::string host_name();

}  // namespace millrace::cli
