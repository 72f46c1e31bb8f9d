// What the commands share that ask a coordinator.
#pragma once

#include <functional>

#include "cli/client.h"
#include "cli/commands.h"

namespace millrace::cli {

// Connects as the command line and the environment say (--server or MILLRACE_SERVER; --token-file
// or MILLRACE_API_TOKEN), does `work`, and says what went wrong. The exit code of the process.
int ask_coordinator(const Options& options, Surroundings& world,
                    const std::function<Result<int>(Client&)>& work);

// One line of JSON.
void print_json(const nlohmann::json& content, std::ostream& out);

}  // namespace millrace::cli
