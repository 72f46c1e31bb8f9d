// Columns of a MaxCompute table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::maxcompute {

enum class ColumnType : uint8_t {
    kTinyint,
    kSmallint,
    kInt,
    kBigint,
    kFloat,
    kDouble,
    kBoolean,
    kDecimal,
    kString,
    kVarchar,
    kChar,
    kBinary,
    kJson,
    kDate,          // days
    kDatetime,      // milliseconds
    kTimestamp,     // nanoseconds
    kTimestampNtz,  // the same without a zone
    kIntervalYearMonth,
    kIntervalDayTime,
    kOther,  // array, map, struct and what is newer than this code: neither written nor read
};

struct Column {
    std::string name;  // lower case
    ColumnType type = ColumnType::kOther;
    std::string type_text;  // as the service writes it, lower case: "decimal(10,2)"
    int precision = 0;      // of kDecimal: digits in all, and of them
    int scale = 0;          // behind the point
    int length = 0;         // of kVarchar and kChar: characters at most
    bool nullable = true;
    bool operator==(const Column&) const = default;
};

// Any case, blanks allowed. Types that are unknown or malformed give kOther.
Column make_column(std::string_view name, std::string_view type);

// The largest text or binary value of a cell, in bytes.
constexpr uint64_t kFieldBytesMax = 8'388'608;

// Days since 1970 that the date types hold: 0001-01-01 to 9999-12-31.
constexpr bool is_day_in_range(int64_t day) {
    return day >= -719'162 && day <= 2'932'896;
}

struct Table {
    std::string name;
    bool is_view = false;
    std::vector<Column> columns;         // without the partition keys
    std::vector<Column> partition_keys;  // empty = not partitioned
};

}  // namespace millrace::maxcompute
