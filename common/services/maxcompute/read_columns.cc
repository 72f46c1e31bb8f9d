#include "common/services/maxcompute/read_columns.h"

#include <algorithm>

#include "common/config/ascii.h"
#include "common/services/maxcompute/record_format.h"

namespace millrace::maxcompute {
namespace {

using Kind = ReadColumn::Kind;

std::string all_names(std::span<const Column> table, std::span<const std::string> keys) {
    std::string text;
    for (const Column& column : table) text += (text.empty() ? "" : ", ") + column.name;
    for (const std::string& key : keys) text += (text.empty() ? "" : ", ") + key;
    return text;
}

Result<ReadColumn> field(const Column& column) {
    if (is_carried(column.type)) return ReadColumn{Kind::kField, column, ""};
    return config_error("column \"" + column.name + "\" of type " + column.type_text +
                        " cannot be read: name the other columns in \"column\"");
}

Result<ReadColumn> find(const std::string& name, std::span<const Column> table,
                        std::span<const std::string> keys) {
    for (const Column& column : table) {
        if (ascii::same_without_case(column.name, name)) return field(column);
    }
    for (const std::string& key : keys) {
        if (ascii::same_without_case(key, name)) return ReadColumn{Kind::kPartition, {}, key};
    }
    return config_error("column \"" + name + "\" is not in the table, which has " +
                        all_names(table, keys));
}

ValueType value_type(ColumnType type) {
    switch (type) {
        case ColumnType::kTinyint:
        case ColumnType::kSmallint:
        case ColumnType::kInt:
        case ColumnType::kBigint: return ValueType::kInteger;
        case ColumnType::kFloat:
        case ColumnType::kDouble: return ValueType::kDouble;
        case ColumnType::kBoolean: return ValueType::kBoolean;
        case ColumnType::kDecimal:
        case ColumnType::kString:
        case ColumnType::kVarchar:
        case ColumnType::kChar:
        case ColumnType::kJson:
        case ColumnType::kTimestampNtz: return ValueType::kString;
        case ColumnType::kBinary: return ValueType::kBinary;
        case ColumnType::kDate: return ValueType::kDate;
        case ColumnType::kDatetime:
        case ColumnType::kTimestamp: return ValueType::kDatetime;
        case ColumnType::kIntervalYearMonth:
        case ColumnType::kIntervalDayTime:
        case ColumnType::kOther: break;
    }
    return ValueType::kAbsent;
}

}  // namespace

Result<std::vector<ReadColumn>> read_columns(std::span<const Column> table,
                                             std::span<const std::string> keys,
                                             std::span<const OdpsReadColumn> wanted) {
    std::vector<ReadColumn> chosen;
    for (const OdpsReadColumn& one : wanted) {
        switch (one.kind) {
            case OdpsReadColumn::Kind::kConstant:
                chosen.push_back({Kind::kConstant, {}, one.text});
                break;
            case OdpsReadColumn::Kind::kName: {
                MILLRACE_ASSIGN(ReadColumn found, find(one.text, table, keys));
                chosen.push_back(std::move(found));
                break;
            }
            case OdpsReadColumn::Kind::kAll:
                for (const Column& column : table) {
                    MILLRACE_ASSIGN(ReadColumn found, field(column));
                    chosen.push_back(std::move(found));
                }
                break;
        }
    }
    return chosen;
}

std::vector<ShapeColumn> shape_of(std::span<const ReadColumn> columns) {
    std::vector<ShapeColumn> shape;
    for (const ReadColumn& one : columns) {
        switch (one.kind) {
            case Kind::kField:
                shape.push_back({one.column.name, value_type(one.column.type)});
                break;
            case Kind::kPartition: shape.push_back({one.text, ValueType::kString}); break;
            case Kind::kConstant: shape.push_back({"constant", ValueType::kString}); break;
        }
    }
    return shape;
}

}  // namespace millrace::maxcompute
