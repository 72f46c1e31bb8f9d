// The name of one partition: a value for each partition key.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/status.h"

namespace millrace::maxcompute {

// Key and value, in the order written; empty = the table itself.
using PartitionSpec = std::vector<std::pair<std::string, std::string>>;

// "pt=20170101,region=x"; '/' separates too, blanks around and quotes are dropped, as in the job
// files. An empty text gives an empty spec. kConfig when a part has no '=', an empty side, or a
// value that its grammar cannot hold.
Result<PartitionSpec> parse_partition(std::string_view text);

std::string partition_text(const PartitionSpec& spec);    // pt=20170101,region=x
std::string partition_quoted(const PartitionSpec& spec);  // pt='20170101',region='x'

}  // namespace millrace::maxcompute
