// What the parameter table cannot say: rules of one plugin, and of a pair of them.
#pragma once

#include <optional>

#include "common/config/parameter_values.h"

namespace millrace {

// Checks the values and brings them into their final form. `filled` = defaults are in.
void check_otsstream(ParameterValues& reader, Findings& findings);
void check_oss(ParameterValues& writer, Findings& findings);
void check_elasticsearch(ParameterValues& writer, Findings& findings);

// Whether the rows of the reader fit the columns of the writer.
void check_pair(const ParameterValues& reader, const ParameterValues& writer, const Plugin& target,
                Findings& findings);

// The tables of setting.speed and setting.errorLimit as one flat map of paths ("speed.mbps"); keys
// that are no maps keep their name. Copies.
Node flat_setting(const Node* setting);

constexpr const char* kRowMode = "single_version_and_update_only";

}  // namespace millrace
