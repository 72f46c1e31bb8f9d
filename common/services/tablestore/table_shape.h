// What a table says of its columns.
#pragma once

#include <string>
#include <vector>

#include "common/record/shape.h"
#include "common/services/tablestore/client.h"

namespace millrace::tablestore {

struct TableShape {
    std::vector<ShapeColumn> key;             // in the table's order
    std::vector<ShapeColumn> defined;         // predefined columns; rows may have others
    std::vector<std::string> auto_increment;  // names of key columns that the service fills

    // Of a key or predefined column; kAbsent = the table does not say.
    ValueType type_of(const std::string& name) const;
};

TableShape shape_of(const wire::DescribeTableResponse& table);

// A missing table is kConfig and names the job's `parameter` that must be corrected.
Result<wire::DescribeTableResponse> describe_existing(Client& client, const std::string& table,
                                                      const std::string& parameter);

}  // namespace millrace::tablestore
