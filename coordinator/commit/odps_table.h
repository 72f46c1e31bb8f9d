// Whether a job fits the MaxCompute table that it writes.
#pragma once

#include "common/config/odps_writer.h"
#include "common/record/shape.h"
#include "common/services/maxcompute/client.h"

namespace millrace {

// kConfig: a view; a column that is not there or cannot be written; more columns in the source's
// rows than in the list; a column that takes no nulls and is not written. Fewer columns are a
// warning in the log: the rest stays null.
Status check_odps_columns(const maxcompute::Table& table, const std::vector<std::string>& names,
                          const RecordShape& shape);

}  // namespace millrace
