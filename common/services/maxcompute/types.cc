#include "common/services/maxcompute/types.h"

#include <charconv>
#include <iterator>

namespace millrace::maxcompute {
namespace {

struct Name {
    std::string_view name;
    ColumnType type;
};
constexpr Name kNames[] = {
    {"tinyint", ColumnType::kTinyint},
    {"smallint", ColumnType::kSmallint},
    {"int", ColumnType::kInt},
    {"bigint", ColumnType::kBigint},
    {"float", ColumnType::kFloat},
    {"double", ColumnType::kDouble},
    {"boolean", ColumnType::kBoolean},
    {"decimal", ColumnType::kDecimal},
    {"string", ColumnType::kString},
    {"varchar", ColumnType::kVarchar},
    {"char", ColumnType::kChar},
    {"binary", ColumnType::kBinary},
    {"json", ColumnType::kJson},
    {"date", ColumnType::kDate},
    {"datetime", ColumnType::kDatetime},
    {"timestamp", ColumnType::kTimestamp},
    {"timestamp_ntz", ColumnType::kTimestampNtz},
    {"interval_year_month", ColumnType::kIntervalYearMonth},
    {"interval_day_time", ColumnType::kIntervalDayTime},
};

// The fixed form of the first type system, where a type says no digits.
constexpr int kPlainPrecision = 54;
constexpr int kPlainScale = 18;

std::string lower_without_blanks(std::string_view text) {
    std::string out;
    for (char c : text) {
        if (c == ' ' || c == '\t') continue;
        out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    return out;
}

// "(10,2)" or "(20)": how many numbers were read, -1 when it is malformed.
int read_arguments(std::string_view text, int (&numbers)[2]) {
    if (text.empty()) return 0;
    if (text.size() < 3 || text.front() != '(' || text.back() != ')') return -1;
    const char* at = text.data() + 1;
    const char* end = text.data() + text.size() - 1;
    for (int count = 0; count < 2; ++count) {
        const auto read = std::from_chars(at, end, numbers[count]);
        if (read.ec != std::errc() || numbers[count] < 0) return -1;
        if (read.ptr == end) return count + 1;
        if (*read.ptr != ',') return -1;
        at = read.ptr + 1;
    }
    return -1;
}

bool set_arguments(Column& column, int count, const int (&numbers)[2]) {
    switch (column.type) {
        case ColumnType::kDecimal:
            column.precision = count > 0 ? numbers[0] : kPlainPrecision;
            column.scale = count > 1 ? numbers[1] : count > 0 ? 0 : kPlainScale;
            return column.scale <= column.precision;
        case ColumnType::kVarchar:
        case ColumnType::kChar: column.length = numbers[0]; return count == 1;
        default: return count == 0;
    }
}

}  // namespace

Column make_column(std::string_view name, std::string_view type) {
    Column column;
    column.name = lower_without_blanks(name);
    column.type_text = lower_without_blanks(type);
    const std::string_view text = column.type_text;
    const std::string_view word = text.substr(0, text.find('('));
    for (const Name& one : kNames) {
        if (one.name == word) column.type = one.type;
    }
    int numbers[2] = {0, 0};
    const int count = read_arguments(text.substr(word.size()), numbers);
    if (count < 0 || !set_arguments(column, count, numbers)) column.type = ColumnType::kOther;
    return column;
}

}  // namespace millrace::maxcompute
