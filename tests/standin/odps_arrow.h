// Rows of MaxCompute in the format of Apache Arrow.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/standin/odps_store.h"

namespace millrace::standin {

// An IPC stream with its schema of these columns of the rows. Nothing where Apache Arrow is not
// built in.
std::optional<std::string> odps_arrow_stream(const OdpsSchema& schema,
                                             const std::vector<size_t>& columns,
                                             const std::vector<const OdpsRow*>& rows);

}  // namespace millrace::standin
