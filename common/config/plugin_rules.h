// What the parameter table cannot say: rules of one plugin (rules_<system>.cc), and of a pair of
// them (rules_pair.cc).
#pragma once

#include "common/config/parameter_values.h"

namespace millrace {

// What has to be done before required parameters are looked for.
void settle_plugin(const Plugin& plugin, ParameterValues& values, Findings& findings);
// Checks the values, with fallbacks filled in, and brings them into their final form.
void check_plugin(const Plugin& plugin, ParameterValues& values, Findings& findings);

// Whether the rows of the reader fit the columns of the writer; sets what depends on both.
void check_pair(const Plugin& source, const ParameterValues& reader, const Plugin& target,
                ParameterValues& writer, Findings& findings);

// The tables of setting.speed and setting.errorLimit as one flat map of paths ("speed.mbps"); keys
// that are no maps keep their name. Copies.
Node flat_setting(const Node* setting);

constexpr const char* kRowMode = "single_version_and_update_only";

// One plugin each.
void check_otsstream(ParameterValues& reader, Findings& findings);
void check_ots_reader(ParameterValues& reader, Findings& findings);
void check_ots_range(ParameterValues& reader, Findings& findings);
void check_ots_writer(ParameterValues& writer, Findings& findings);
void check_ots_address(ParameterValues& plugin, Findings& findings);
void check_oss_reader(ParameterValues& reader, Findings& findings);
void check_oss_writer(ParameterValues& writer, Findings& findings);
void check_odps_reader(ParameterValues& reader, Findings& findings);
void check_odps_writer(ParameterValues& writer, Findings& findings);
void check_elasticsearch(ParameterValues& writer, Findings& findings);
void settle_opensearch(ParameterValues& writer, Findings& findings);
void check_opensearch(ParameterValues& writer, Findings& findings);

}  // namespace millrace
