// What the records of a source look like, as far as it can be known before they are read.
#pragma once

#include <string>
#include <vector>

#include "common/record/value.h"

namespace millrace {

struct ShapeColumn {
    std::string name;
    ValueType type = ValueType::kAbsent;  // kAbsent = any: cells of Tablestore have their own types
};

struct RecordShape {
    // All key columns of the source table, in its order (Change::key); none where records have no
    // key: objects and MaxCompute.
    std::vector<ShapeColumn> key;
    // Of every row (Change::values), in its order.
    std::vector<ShapeColumn> columns;
};

std::vector<std::string> names_of(const std::vector<ShapeColumn>& columns);

}  // namespace millrace
