#include "worker/source/odps/rows.h"

#include <algorithm>
#include <chrono>

namespace millrace {

using maxcompute::Column;
using maxcompute::ColumnType;
using maxcompute::Field;
using maxcompute::ReadColumn;

namespace {

constexpr size_t kNamedColumnsMax = 100;  // more do not fit into a request
constexpr int32_t kNanosPerMilli = 1'000'000;

template <typename Unit>
bool is_in_range(int64_t time) {
    return maxcompute::is_day_in_range(std::chrono::floor<std::chrono::days>(Unit(time)).count());
}

bool is_needed(const Column& column, const std::vector<ReadColumn>& columns) {
    return std::any_of(columns.begin(), columns.end(), [&](const ReadColumn& one) {
        return one.kind == ReadColumn::Kind::kField && one.column.name == column.name;
    });
}

// Something must be asked for even where only constants are.
std::vector<Column> choose(const std::vector<ReadColumn>& columns,
                           const std::vector<Column>& table) {
    std::vector<Column> chosen;
    for (const Column& column : table) {
        if (is_needed(column, columns)) chosen.push_back(column);
    }
    if (chosen.size() > kNamedColumnsMax) return table;
    if (chosen.empty() && !table.empty()) chosen.push_back(table.front());
    return chosen;
}

}  // namespace

StoredRows::StoredRows(std::vector<ReadColumn> columns, const std::vector<Column>& table,
                       const maxcompute::PartitionSpec& partition, TimeTexts texts)
    : columns_(std::move(columns)),
      partition_(partition),
      texts_(std::move(texts)),
      fetched_(choose(columns_, table)),
      values_(columns_.size()) {
    for (size_t i = 0; i < columns_.size(); ++i) {
        const ReadColumn& column = columns_[i];
        switch (column.kind) {
            case ReadColumn::Kind::kConstant: values_[i] = Value::of_string(column.text); break;
            case ReadColumn::Kind::kPartition:
                for (const auto& [key, value] : partition_) {
                    if (key == column.text) values_[i] = Value::of_string(value);
                }
                break;
            case ReadColumn::Kind::kField:
                for (size_t at = 0; at < fetched_.size(); ++at) {
                    if (fetched_[at].name != column.column.name) continue;
                    cells_.push_back({at, i, column.column.type, {}});
                }
                break;
        }
    }
}

int StoredRows::read(std::span<const Field> fields) {
    int odd = -1;
    for (Cell& cell : cells_) {
        Value& value = values_[cell.value];
        const Field& field = fields[cell.field];
        if (field.null) {
            value = Value::null();
        } else if (!convert(field, cell, value)) [[unlikely]] {
            value = Value::null();
            odd = static_cast<int>(cell.value);
        }
    }
    return odd;
}

bool StoredRows::convert(const Field& field, Cell& cell, Value& value) const {
    switch (cell.type) {
        case ColumnType::kTinyint:
        case ColumnType::kSmallint:
        case ColumnType::kInt:
        case ColumnType::kBigint: value = Value::of_integer(field.integer); return true;
        case ColumnType::kFloat:
        case ColumnType::kDouble: value = Value::of_real(field.real); return true;
        case ColumnType::kBoolean: value = Value::of_boolean(field.integer != 0); return true;
        case ColumnType::kDecimal:
        case ColumnType::kString:
        case ColumnType::kVarchar:
        case ColumnType::kChar:
        case ColumnType::kJson: value = Value::of_string(field.bytes); return true;
        case ColumnType::kBinary: value = Value::of_binary(field.bytes); return true;
        case ColumnType::kDate:
            value = Value::of_date(field.integer);
            return maxcompute::is_day_in_range(field.integer);
        case ColumnType::kDatetime:
            value = Value::of_datetime(field.integer);
            return is_in_range<std::chrono::milliseconds>(field.integer);
        case ColumnType::kTimestamp:
        case ColumnType::kTimestampNtz: return convert_time(field, cell, value);
        case ColumnType::kIntervalYearMonth:
        case ColumnType::kIntervalDayTime:
        case ColumnType::kOther: break;
    }
    return false;
}

// A clock face without a zone is no instant: it stays a text.
bool StoredRows::convert_time(const Field& field, Cell& cell, Value& value) const {
    if (!is_in_range<std::chrono::seconds>(field.integer)) return false;
    if (cell.type == ColumnType::kTimestampNtz) {
        value = Value::of_string(texts_.face(field.integer, field.nanos, cell.text));
    } else if (field.nanos % kNanosPerMilli != 0) {
        value = Value::of_string(texts_.instant(field.integer, field.nanos, cell.text));
    } else {
        value = Value::of_datetime(field.integer * 1000 + field.nanos / kNanosPerMilli);
    }
    return true;
}

}  // namespace millrace
