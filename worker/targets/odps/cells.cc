#include "worker/targets/odps/cells.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "common/codec/number_text.h"
#include "common/codec/utf8.h"
#include "common/config/time_forms.h"
#include "common/record/convert.h"
#include "worker/targets/odps/decimals.h"

namespace millrace {

using maxcompute::Column;
using maxcompute::ColumnType;
using maxcompute::is_day_in_range;
using std::chrono::days;
using std::chrono::floor;
using std::chrono::seconds;

struct CellWriter::Target {
    maxcompute::RecordWriter& writer;
    uint32_t number;
    const Column& column;
};

namespace {

constexpr std::string_view kOk = {};
constexpr std::string_view kNumberRange = "is out of the range of the column's type";
constexpr std::string_view kNoDecimal = "cannot be read as a decimal, or has too many digits";
constexpr std::string_view kNoDate =
    "cannot be read as a date: yyyy-MM-dd HH:mm:ss, yyyy-MM-dd, HH:mm:ss, yyyyMMdd or ISO 8601";
constexpr std::string_view kSkippedHour = "is a time that the time zone skips on that day";
constexpr std::string_view kDateRange = "is a date outside of the years 1 to 9999";
constexpr std::string_view kNoText = "is not UTF-8 text";
constexpr std::string_view kTooLong = "is longer than the column can hold";
constexpr std::string_view kNoBytes = "is neither text nor binary";
constexpr std::string_view kNullRefused = "is null in a column that takes no nulls";

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

size_t characters(std::string_view text) {
    return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
    }));
}

CellWriter::Instant instant_of(int64_t ms) {
    const std::chrono::milliseconds time(ms);
    const auto whole = floor<seconds>(time);
    return {whole, static_cast<int32_t>((time - whole).count()) * 1'000'000};
}

// Cuts a fraction of a second that is finer than milliseconds down to them, in place; its
// nanoseconds, 0 without one.
int32_t take_nanos(std::string& date) {
    const size_t begin = date.find('.') + 1;
    if (begin == 0) return 0;
    size_t end = begin;
    int32_t nanos = 0;
    for (size_t digit = 0; digit < 9; ++digit) {
        const bool more = end < date.size() && date[end] >= '0' && date[end] <= '9';
        nanos = nanos * 10 + (more ? date[end++] - '0' : 0);
    }
    if (end > begin + 3) date.erase(begin + 3, end - begin - 3);
    return nanos;
}

}  // namespace

Result<CellWriter> CellWriter::create(const CellRules& rules) {
    MILLRACE_ASSIGN(TimeZone zone, TimeZone::find(rules.zone));
    MILLRACE_ASSIGN(UsualDates dates, UsualDates::create(rules.zone));
    return CellWriter(std::move(zone), std::move(dates), rules.empty_as_null);
}

std::string_view CellWriter::put(maxcompute::RecordWriter& writer, uint32_t number,
                                 const Column& column, const Value& value) {
    const bool text = column.type == ColumnType::kString || column.type == ColumnType::kVarchar ||
                      column.type == ColumnType::kChar;
    const bool emptied =
        empty_as_null_ && text && value.type == ValueType::kString && value.bytes.empty();
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
    return "is for a column whose type cannot be written";
}

// Times are milliseconds since 1970, as DataX takes them.
CellWriter::Outcome CellWriter::put_integer(const Target& to, const Value& value) {
    int64_t number = value.integer;
    if (value.type != ValueType::kDatetime) {
        if (const char* why = to_integer(value, number)) return why;
    }
    const WholeRange range = range_of(to.column.type);
    if (number < range.low || number > range.high) return kNumberRange;
    to.writer.put_integer(to.number, number);
    return kOk;
}

CellWriter::Outcome CellWriter::put_boolean(const Target& to, const Value& value) {
    bool truth = false;
    if (const char* why = to_boolean(value, truth)) return why;
    to.writer.put_boolean(to.number, truth);
    return kOk;
}

CellWriter::Outcome CellWriter::put_real(const Target& to, const Value& value) {
    double number = 0;
    if (const char* why = to_real(value, number)) return why;
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
    return to_local_text(from_millis(milliseconds), zone_);
}

std::string CellWriter::shown_day(int64_t day) const {
    const ClockFace face = to_clock_face(std::chrono::days(day));
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
CellWriter::Outcome CellWriter::read_time(const Value& value, Instant& instant) {
    switch (value.type) {
        case ValueType::kInteger:
        case ValueType::kDatetime: instant = instant_of(value.integer); return kOk;
        case ValueType::kString: {
            scratch_ = value.bytes;
            const int32_t nanos = take_nanos(scratch_);
            const std::optional<ZonedTime> read = dates_.read(scratch_);
            if (!read) return kNoDate;
            instant = instant_of(read->ms);
            instant.nanos = std::max(instant.nanos, nanos);
            return kOk;
        }
        case ValueType::kDate: {
            const auto midnight = zone_.from_local(days(value.integer));
            if (!midnight.ok()) return kSkippedHour;
            instant = instant_of(to_millis(midnight->time));
            return kOk;
        }
        default: return kNoDate;
    }
}

CellWriter::Outcome CellWriter::put_time(const Target& to, const Value& value) {
    if (value.type == ValueType::kDate && !is_day_in_range(value.integer)) return kDateRange;
    Instant instant;
    const Outcome why = read_time(value, instant);
    if (!why.empty()) return why;
    if (!is_day_in_range(floor<days>(instant.seconds).count())) return kDateRange;
    const auto face = [&] { return zone_.to_local(MillisPoint(instant.seconds)); };
    switch (to.column.type) {
        case ColumnType::kDate:
            to.writer.put_integer(to.number, value.type == ValueType::kDate
                                                 ? value.integer
                                                 : floor<days>(face()).count());
            break;
        case ColumnType::kDatetime:
            to.writer.put_integer(to.number,
                                  instant.seconds.count() * 1000 + instant.nanos / 1'000'000);
            break;
        case ColumnType::kTimestampNtz:
            to.writer.put_time(to.number, face().count(), instant.nanos);
            break;
        default: to.writer.put_time(to.number, instant.seconds.count(), instant.nanos);
    }
    return kOk;
}

}  // namespace millrace
