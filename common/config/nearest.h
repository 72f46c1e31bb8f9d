// "Did you mean": the known name that looks most like a given one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace {

// Empty when none is near. Case, `_`, `-` and `.` do not count, so `start_time` is near
// `startTime`.
std::string nearest_name(std::string_view name, const std::vector<std::string>& known);

// `; did you mean "x"?`, or nothing when none is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& known);

}  // namespace millrace
