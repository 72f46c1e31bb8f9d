// Partitions of MaxCompute tables as scripts write them: "pt=20171107, region='x'".
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/status.h"

namespace millrace {

// In order of the levels.
using OdpsPartition = std::vector<std::pair<std::string, std::string>>;

// Levels with a comma or a slash between them; blanks around and quotes are dropped, as DataX does.
// `pattern`: values may hold *. kConfig says which part is wrong, without the name of a parameter.
// An empty text has no level.
Result<OdpsPartition> parse_odps_partition(std::string_view text, bool pattern = false);

// "pt=20171107,region=x"
std::string to_text(const OdpsPartition& partition);

}  // namespace millrace
