// The command line as people carry it over from DataX.
#pragma once

#include <string>
#include <vector>

#include "cli/options.h"
#include "common/base/status.h"

namespace millrace::cli {

struct Arguments {
    std::vector<std::string> rest;  // what CLI11 reads, program name left out
    std::vector<Variable>
        variables;  // -Dname=value, -D name=value, -D name =value, -p "-Dname=value"
    std::vector<std::string>
        notes;  // DataX options without effect here: -j…, -m, --jobid, --loglevel
};

// kConfig with a text for people when a variable is malformed.
Result<Arguments> read_arguments(const std::vector<std::string>& given);

}  // namespace millrace::cli
