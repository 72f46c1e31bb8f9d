// Runs as the coordinator's API tells of them, for people.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "common/base/time.h"

namespace millrace::cli {

// No state follows: what it wrote is visible and its rests are cleaned up, or it failed.
bool is_over(const nlohmann::json& run);
// The exit code of a command that waited for the end.
int exit_code_of_run(const nlohmann::json& run);

// A table of runs; `now` for what is left to do.
std::string runs_text(const nlohmann::json& runs, TimePoint now);
// All of one run: its numbers, its items, its notes, its receipt.
std::string run_text(const nlohmann::json& run, TimePoint now);
// "8f14… RUNNING [====>   ] 3/5 items  12,345 read  lag 3s  ETA 20s"
std::string run_line(const nlohmann::json& run, TimePoint now);

}  // namespace millrace::cli
