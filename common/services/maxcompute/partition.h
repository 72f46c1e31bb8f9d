// The name of one partition: a value for each partition key.
#pragma once

#include "common/config/odps_partition.h"
#include "common/services/maxcompute/types.h"

namespace millrace::maxcompute {

// Key and value, level by level; empty = the table itself. to_text() gives the tunnel's form
// pt=20170101,region=x.
using PartitionSpec = OdpsPartition;

std::string quoted(const PartitionSpec& spec);  // pt='20170101',region='x', as the REST service's

// A job's partition or pattern, named and ordered as the table's keys. kConfig shows the form that
// is expected.
Result<PartitionSpec> fitting_partition(const Table& table, const PartitionSpec& partition);

}  // namespace millrace::maxcompute
