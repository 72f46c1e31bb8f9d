#include "worker/targets/odps/cells.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

#include "common/codec/number_text.h"
#include "common/codec/utf8.h"
#include "common/config/time_forms.h"
#include "worker/targets/odps/dates.h"
#include "worker/targets/odps/decimals.h"

namespace millrace {

using maxcompute::Column;
using maxcompute::ColumnType;
using maxcompute::FieldForm;

struct CellWriter::Target {
    maxcompute::RecordWriter& writer;
    uint32_t number;
    const Column& column;
};

namespace {

constexpr std::string_view kOk = {};
constexpr std::string_view kNoNumber = "the value is no number";
constexpr std::string_view kNumberRange = "the number does not fit into the column's type";
constexpr std::string_view kNoBoolean = "the value is neither true nor false";
constexpr std::string_view kNoDecimal = "the value is no decimal, or has too many digits";
constexpr std::string_view kNoDate =
    "the value is no date; yyyy-MM-dd HH:mm:ss, yyyy-MM-dd and yyyyMMdd are read";
constexpr std::string_view kSkippedHour = "the time zone has no such time on that day";
constexpr std::string_view kDateRange = "the date lies outside of the years 1 to 9999";
constexpr std::string_view kNoText = "the bytes are not UTF-8 text";
constexpr std::string_view kTooLong = "the value is longer than the column can hold";
constexpr std::string_view kNoBytes = "a number or boolean cannot become binary";
constexpr std::string_view kNullRefused = "the column does not take nulls";

// The largest double that is a whole number of 64 bits, and the one below it.
constexpr double kTwoTo63 = 9223372036854775808.0;

struct WholeRange {
    int64_t low, high;
};
WholeRange range_of(ColumnType type) {
    switch (type) {
        case ColumnType::kTinyint: return {INT8_MIN, INT8_MAX};
        case ColumnType::kSmallint: return {INT16_MIN, INT16_MAX};
        case ColumnType::kInt: return {INT32_MIN, INT32_MAX};
        // The smallest number is reserved in older editions.
        default: return {INT64_MIN + 1, INT64_MAX};
    }
}

bool same_word(std::string_view text, std::string_view word) {
    return text.size() == word.size() && std::equal(text.begin(), text.end(), word.begin(),
                                                    [](char a, char b) { return (a | 0x20) == b; });
}

// Whole numbers are exact; a fraction is cut off, as DataX does.
bool read_integer(std::string_view text, std::string& scratch, int64_t& out) {
    const char* end = text.data() + text.size();
    auto read = std::from_chars(text.data(), end, out);
    if (read.ec == std::errc() && read.ptr == end) return true;
    if (!decimal_text(text, 40, 20, scratch)) return false;
    const std::string_view whole = std::string_view(scratch).substr(0, scratch.find('.'));
    read = std::from_chars(whole.data(), whole.data() + whole.size(), out);
    return read.ec == std::errc() && read.ptr == whole.data() + whole.size();
}

bool read_real(std::string_view text, double& out) {
    if (text.starts_with('+')) text.remove_prefix(1);
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, out);
    return !text.empty() && read.ec == std::errc() && read.ptr == end;
}

size_t characters(std::string_view text) {
    return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

}  // namespace

std::string_view CellWriter::put(maxcompute::RecordWriter& writer, uint32_t number,
                                 const Column& column, const Value& value) {
    const bool text = column.type == ColumnType::kString || column.type == ColumnType::kVarchar ||
                      column.type == ColumnType::kChar;
    const bool emptied =
        rules_.empty_as_null && text && value.type == ValueType::kString && value.bytes.empty();
    if (value.missing() || emptied) return column.nullable ? kOk : kNullRefused;
    return put_value({writer, number, column}, value);
}

CellWriter::Outcome CellWriter::put_value(const Target& to, const Value& value) {
    switch (to.column.type) {
        case ColumnType::kTinyint:
        case ColumnType::kSmallint:
        case ColumnType::kInt:
        case ColumnType::kBigint: return put_integer(to, value);
        case ColumnType::kFloat:
        case ColumnType::kDouble: return put_real(to, value);
        case ColumnType::kBoolean: return put_boolean(to, value);
        case ColumnType::kDecimal: return put_decimal(to, value);
        case ColumnType::kString:
        case ColumnType::kVarchar:
        case ColumnType::kChar:
        case ColumnType::kJson: return put_text(to, value);
        case ColumnType::kBinary:
            if (value.type != ValueType::kBinary && value.type != ValueType::kString) {
                return kNoBytes;
            }
            return put_bytes(to, value.bytes);
        case ColumnType::kDate:
        case ColumnType::kDatetime:
        case ColumnType::kTimestamp:
        case ColumnType::kTimestampNtz: return put_time(to, value);
        case ColumnType::kIntervalYearMonth:
        case ColumnType::kIntervalDayTime:
        case ColumnType::kOther: break;
    }
    return "the column's type cannot be written";
}

CellWriter::Outcome CellWriter::put_integer(const Target& to, const Value& value) {
    int64_t number = 0;
    switch (value.type) {
        case ValueType::kInteger:
        case ValueType::kDatetime: number = value.integer; break;
        case ValueType::kBoolean: number = value.boolean; break;
        case ValueType::kDouble:
            if (!(value.real > -kTwoTo63 && value.real < kTwoTo63)) return kNumberRange;
            number = static_cast<int64_t>(value.real);
            break;
        case ValueType::kString:
            if (!read_integer(value.bytes, scratch_, number)) return kNoNumber;
            break;
        default: return kNoNumber;
    }
    const WholeRange range = range_of(to.column.type);
    if (number < range.low || number > range.high) return kNumberRange;
    to.writer.put_integer(to.number, number);
    return kOk;
}

CellWriter::Outcome CellWriter::put_boolean(const Target& to, const Value& value) {
    bool truth = false;
    switch (value.type) {
        case ValueType::kBoolean: truth = value.boolean; break;
        case ValueType::kInteger: truth = value.integer != 0; break;
        case ValueType::kString:
            truth = same_word(value.bytes, "true");
            if (!truth && !same_word(value.bytes, "false")) return kNoBoolean;
            break;
        default: return kNoBoolean;
    }
    to.writer.put_boolean(to.number, truth);
    return kOk;
}

CellWriter::Outcome CellWriter::put_real(const Target& to, const Value& value) {
    double number = 0;
    switch (value.type) {
        case ValueType::kDouble: number = value.real; break;
        case ValueType::kInteger: number = static_cast<double>(value.integer); break;
        case ValueType::kBoolean: number = value.boolean ? 1.0 : 0.0; break;
        case ValueType::kString:
            if (!read_real(value.bytes, number)) return kNoNumber;
            break;
        default: return kNoNumber;
    }
    if (to.column.type == ColumnType::kDouble) {
        to.writer.put_double(to.number, number);
        return kOk;
    }
    if (std::isfinite(number) && std::abs(number) > double{std::numeric_limits<float>::max()}) {
        return kNumberRange;
    }
    to.writer.put_float(to.number, static_cast<float>(number));
    return kOk;
}

CellWriter::Outcome CellWriter::put_decimal(const Target& to, const Value& value) {
    char digits[kDoubleTextMax];
    std::string_view text;
    switch (value.type) {
        case ValueType::kInteger:
            text = {digits, static_cast<size_t>(write_integer(digits, value.integer) - digits)};
            break;
        case ValueType::kDouble:
            text = {digits, static_cast<size_t>(write_double(digits, value.real) - digits)};
            break;
        case ValueType::kBoolean: text = value.boolean ? "1" : "0"; break;
        case ValueType::kString: text = value.bytes; break;
        default: return kNoDecimal;
    }
    if (!decimal_text(text, to.column.precision, to.column.scale, scratch_)) return kNoDecimal;
    to.writer.put_bytes(to.number, scratch_);
    return kOk;
}

bool CellWriter::text_of(const Value& value, std::string_view& text) {
    scratch_.resize(kDoubleTextMax);
    char* const out = scratch_.data();
    switch (value.type) {
        case ValueType::kString:
        case ValueType::kBinary: text = value.bytes; return is_utf8(text);
        case ValueType::kInteger: text = {out, write_integer(out, value.integer)}; return true;
        case ValueType::kDouble: text = {out, write_double(out, value.real)}; return true;
        case ValueType::kBoolean: text = value.boolean ? "true" : "false"; return true;
        case ValueType::kDatetime: scratch_ = shown_time(value.integer); break;
        case ValueType::kDate: scratch_ = shown_day(value.integer); break;
        default: return false;
    }
    text = scratch_;
    return true;
}

std::string CellWriter::shown_time(int64_t milliseconds) const {
    return to_local_text(from_millis(milliseconds), rules_.zone);
}

std::string CellWriter::shown_day(int64_t days) const {
    const ClockFace face = to_clock_face(std::chrono::seconds(days * kSecondsPerDay));
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", face.year, face.month, face.day);
    return text;
}

CellWriter::Outcome CellWriter::put_text(const Target& to, const Value& value) {
    std::string_view text;
    if (!text_of(value, text)) return kNoText;
    if (to.column.length > 0 && text.size() > static_cast<size_t>(to.column.length) &&
        characters(text) > static_cast<size_t>(to.column.length)) {
        return kTooLong;
    }
    return put_bytes(to, text);
}

CellWriter::Outcome CellWriter::put_bytes(const Target& to, std::string_view bytes) {
    if (bytes.size() > maxcompute::kFieldBytesMax) return kTooLong;
    to.writer.put_bytes(to.number, bytes);
    return kOk;
}

// Whole numbers are milliseconds since 1970, as DataX takes them.
CellWriter::Outcome CellWriter::put_time(const Target& to, const Value& value) {
    DateText date;
    switch (value.type) {
        case ValueType::kInteger:
        case ValueType::kDatetime:
            date.seconds = floor_div(value.integer, 1000);
            date.nanos = static_cast<int32_t>(value.integer - date.seconds * 1000) * 1'000'000;
            date.instant = true;
            break;
        case ValueType::kDate:
            if (!is_day_in_range(value.integer)) return kDateRange;
            date.seconds = value.integer * kSecondsPerDay;
            break;
        case ValueType::kString: {
            const std::optional<DateText> read = read_date_text(value.bytes);
            if (!read) return kNoDate;
            date = *read;
            break;
        }
        default: return kNoDate;
    }
    if (!is_day_in_range(floor_div(date.seconds, kSecondsPerDay))) return kDateRange;
    const bool shown =
        to.column.type == ColumnType::kDate || to.column.type == ColumnType::kTimestampNtz;
    if (shown && date.instant) {
        const auto time = MillisPoint(std::chrono::seconds(date.seconds));
        date.seconds = rules_.zone.to_local(time).count();
    } else if (!shown && !date.instant) {
        const std::optional<int64_t> instant = instant_seconds(rules_.zone, date.seconds);
        if (!instant) return kSkippedHour;
        date.seconds = *instant;
    }
    if (to.column.type == ColumnType::kDate) {
        to.writer.put_integer(to.number, floor_div(date.seconds, kSecondsPerDay));
    } else if (to.column.type == ColumnType::kDatetime) {
        to.writer.put_integer(to.number, date.seconds * 1000 + date.nanos / 1'000'000);
    } else {
        to.writer.put_time(to.number, date.seconds, date.nanos);
    }
    return kOk;
}

}  // namespace millrace
