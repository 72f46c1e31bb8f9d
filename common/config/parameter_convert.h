// One value of a script as the type that the parameter table asks for.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "common/config/node.h"
#include "common/config/parameters.h"

namespace millrace {

// Absent after an error finding, and for null. Texts of findings never hold the value.
std::optional<nlohmann::json> convert(const Parameter& parameter, const Node& node,
                                      Findings& findings);

}  // namespace millrace
