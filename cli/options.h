// What stands on the command line, after reading.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/config/substitution.h"

namespace millrace::cli {

// Of all sub-commands together; each uses its own part.
struct Options {
    std::string command;  // "run", "lint", …; empty: nothing to do (help was shown)

    // run, plan, check, lint, fmt
    std::string job;                  // path of the script
    std::vector<Variable> variables;  // -D
    std::string sources;              // --sources
    bool json = false;
    // run, plan, check
    std::string state;  // --state, empty = default place
    std::string name;   // --name
    bool replay = false;
    std::optional<uint64_t> error_limit;
    bool accept_loss = false;
    bool next = false;
    std::string from;  // TIME or "earliest"

    // verify
    std::string receipt;

    // quarantine
    std::string action;   // ls, redrive
    std::string subject;  // a run, or of ls also a script
    bool contents = false;

    // submit, ps, show, logs, pause, resume, cancel, rerun, replay, set; `subject` is a run
    std::string server;      // --server
    std::string token_file;  // --token-file
    std::string label;       // --label
    bool watch = false;
    bool follow = false;
    bool all = false;
    std::string to;  // --to; replay has --from too
    std::string time_zone;
    bool dry_run = false;
    bool whole_partition = false;
    std::vector<std::string> changes;  // of set: "mbps=7"

    // coordinator, worker
    std::string config;               // --config
    std::optional<int> slots;         // --slots
    std::vector<std::string> labels;  // --label

    // fmt
    std::string output;
    bool in_place = false;
    // template
    std::string reader, writer;

    std::vector<std::string> notes;  // about ignored options, for standard error
};

}  // namespace millrace::cli
