#include "common/services/tablestore/table_shape.h"

namespace millrace::tablestore {
namespace {

ValueType type_of_key(wire::PrimaryKeyType type) {
    if (type == wire::INTEGER) return ValueType::kInteger;
    return type == wire::STRING ? ValueType::kString : ValueType::kBinary;
}

ValueType type_of_defined(wire::DefinedColumnType type) {
    switch (type) {
        case wire::DCT_INTEGER: return ValueType::kInteger;
        case wire::DCT_DOUBLE: return ValueType::kDouble;
        case wire::DCT_BOOLEAN: return ValueType::kBoolean;
        case wire::DCT_STRING: return ValueType::kString;
        case wire::DCT_BLOB: return ValueType::kBinary;
    }
    return ValueType::kAbsent;
}

}  // namespace

ValueType TableShape::type_of(const std::string& name) const {
    for (const auto& columns : {std::cref(defined), std::cref(key)}) {
        for (const ShapeColumn& column : columns.get()) {
            if (column.name == name) return column.type;
        }
    }
    return ValueType::kAbsent;
}

TableShape shape_of(const wire::DescribeTableResponse& table) {
    TableShape shape;
    for (const auto& key : table.table_meta().primary_key()) {
        shape.key.push_back({key.name(), type_of_key(key.type())});
        if (key.has_option()) shape.auto_increment.push_back(key.name());
    }
    for (const auto& column : table.table_meta().defined_column()) {
        shape.defined.push_back({column.name(), type_of_defined(column.type())});
    }
    return shape;
}

Result<wire::DescribeTableResponse> describe_existing(Client& client, const std::string& table,
                                                      const std::string& parameter) {
    Result<wire::DescribeTableResponse> described = client.describe_table(table);
    if (described.status().code() != Code::kNotFound) return described;
    return config_error("table " + table + " does not exist in instance " +
                        client.config().instance + ": correct \"" + parameter + "\" (" +
                        described.status().text() + ")");
}

}  // namespace millrace::tablestore
