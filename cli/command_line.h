// Reads the command line into Options. The only user of CLI11.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "cli/options.h"

namespace millrace::cli {

// The program name is not in `arguments`. Nothing, with help or a text written, when there is
// nothing to do: then `exit_code` says how to end (0 after --help, 2 after a mistake).
std::optional<Options> read_command_line(const std::vector<std::string>& arguments,
                                         std::ostream& out, std::ostream& err, int& exit_code);

}  // namespace millrace::cli
