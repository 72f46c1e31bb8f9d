// The name of one partition: a value for each partition key.
#pragma once

#include "common/config/odps_partition.h"

namespace millrace::maxcompute {

// Key and value, level by level; empty = the table itself. to_text() gives the tunnel's form
// pt=20170101,region=x.
using PartitionSpec = OdpsPartition;

std::string quoted(const PartitionSpec& spec);  // pt='20170101',region='x', as the REST service's

}  // namespace millrace::maxcompute
