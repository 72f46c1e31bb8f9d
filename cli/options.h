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

    // fmt
    std::string output;
    bool in_place = false;
    // template
    std::string reader, writer;

    std::vector<std::string> notes;  // about ignored options, for standard error
};

}  // namespace millrace::cli
