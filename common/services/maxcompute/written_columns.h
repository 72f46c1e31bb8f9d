// A job's list of columns against the columns of the table that it writes.
#pragma once

#include "common/base/status.h"
#include "common/services/maxcompute/types.h"

namespace millrace::maxcompute {

// A column of the table and the source's column that goes there.
struct WrittenColumn {
    Column column;
    uint32_t number = 0;  // in the table, from 1
    size_t source = 0;    // in the source's rows
};

// Names in any order and case, none = all of the table's, in its order. At the list's positions;
// kConfig when a name is not there, is there twice, or is of a type that cannot be written.
Result<std::vector<WrittenColumn>> written_columns(const std::vector<Column>& table,
                                                   const std::vector<std::string>& names);

std::string names_of(const std::vector<Column>& columns);  // "a, b", for people

}  // namespace millrace::maxcompute
