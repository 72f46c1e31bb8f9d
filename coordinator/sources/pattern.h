// Names with wildcards.
#pragma once

#include <string_view>

namespace millrace {

// Whether a whole name has the pattern: of the `wildcards`, * stands for any characters, ? for one.
bool matches_pattern(std::string_view name, std::string_view pattern,
                     std::string_view wildcards = "*?");

}  // namespace millrace
