// A reader's list of columns against the columns of the table.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/config/odps_reader.h"
#include "common/record/shape.h"
#include "common/services/maxcompute/types.h"

namespace millrace::maxcompute {

// Where the values of one column of the rows come from.
struct ReadColumn {
    enum class Kind : uint8_t {
        kField,      // `column` of the stored rows
        kPartition,  // the value of the partition key `text`
        kConstant,   // `text`
    };
    Kind kind = Kind::kField;
    Column column;
    std::string text;
};

// Names in any case, at the list's positions; "*" gives all of `table`. `keys` = names of the
// partition keys. kConfig when a name is not there, or its type cannot be read.
Result<std::vector<ReadColumn>> read_columns(std::span<const Column> table,
                                             std::span<const std::string> keys,
                                             std::span<const OdpsReadColumn> wanted);

// As others see them. Values of partition keys are texts. A TIMESTAMP is a kDatetime, or a text
// where milliseconds cannot hold it.
std::vector<ShapeColumn> shape_of(std::span<const ReadColumn> columns);

}  // namespace millrace::maxcompute
