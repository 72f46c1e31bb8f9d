#include "worker/targets/elasticsearch/encoder.h"

#include <simdjson.h>

#include <cmath>
#include <limits>

#include "common/codec/json_writer.h"
#include "common/codec/number_text.h"
#include "common/codec/utf8.h"
#include "common/crypto/digest.h"
#include "common/record/convert.h"

namespace millrace::elasticsearch {

namespace {

constexpr const char* kNotUtf8 = "is not valid UTF-8";
constexpr const char* kNotFinite = "is not a finite number";
constexpr const char* kOutOfRange = "is out of the range of the column's type";

const char* append_utf8(std::string_view text, Buffer& out) {
    if (append_json_string(out, text) && !is_utf8(text)) return kNotUtf8;
    return nullptr;
}

template <typename Range>
const char* append_integer(const Value& value, Buffer& out) {
    int64_t integer = 0;
    if (const char* reason = to_integer(value, integer)) return reason;
    if (integer < std::numeric_limits<Range>::min() ||
        integer > std::numeric_limits<Range>::max()) {
        return kOutOfRange;
    }
    append_json_integer(out, integer);
    return nullptr;
}

const char* append_real(const Value& value, Buffer& out) {
    if (value.type == ValueType::kInteger) {
        append_json_integer(out, value.integer);
        return nullptr;
    }
    double real = 0;
    if (const char* reason = to_real(value, real)) return reason;
    if (!std::isfinite(real)) return kNotFinite;
    append_json_double(out, real);
    return nullptr;
}

const char* append_boolean(const Value& value, Buffer& out) {
    bool truth = false;
    if (const char* reason = to_boolean(value, truth)) return reason;
    out.append(truth ? "true" : "false");
    return nullptr;
}

// As DataX prints it: always a point, no exponent.
void append_plain_double(double value, Buffer& out) {
    char* const begin = out.room(kDoubleTextMax);
    out.commit(static_cast<size_t>(write_double(begin, value) - begin));
}

// JSON text becomes a part of the document: it must be JSON, and on one line.
const char* append_json(const Value& value, bool list_too, Buffer& out) {
    if (value.type != ValueType::kString && value.type != ValueType::kBinary)
        return "is not JSON text";
    thread_local simdjson::dom::parser parser;
    simdjson::dom::element tree;
    if (parser.parse(value.bytes.data(), value.bytes.size()).get(tree)) return "is not valid JSON";
    if (!tree.is_object() && !(list_too && tree.is_array())) return "is not a JSON object";
    char* begin = out.room(value.bytes.size() + simdjson::SIMDJSON_PADDING);
    size_t size = 0;
    if (simdjson::minify(value.bytes.data(), value.bytes.size(), begin, size))
        return "is not valid JSON";
    out.commit(size);
    return nullptr;
}

}  // namespace

FieldEncoder::FieldEncoder(const Column& column, TimeZone zone)
    : name_(column.name), type_(column.type), zone_(std::move(zone)) {}

Result<FieldEncoder> FieldEncoder::create(const Column& column) {
    MILLRACE_ASSIGN(TimeZone zone, TimeZone::find(column.zone.empty() ? "UTC" : column.zone));
    FieldEncoder made(column, std::move(zone));
    if (!column.format.empty()) {
        MILLRACE_ASSIGN(made.dates_, DatePattern::create(column.format, column.zone));
    }
    return made;
}

// ISO 8601, with the zone's offset; a day has none.
std::string FieldEncoder::iso_of(const Value& value) const {
    if (value.type == ValueType::kDate) return day_to_iso8601(value.integer);
    return to_iso8601(in_zone(value.integer, zone_));
}

const char* FieldEncoder::append_text(const Value& value, Buffer& out) const {
    switch (value.type) {
        case ValueType::kString:
        case ValueType::kBinary: return append_utf8(value.bytes, out);
        case ValueType::kInteger:
            out.append("\"");
            append_json_integer(out, value.integer);
            break;
        case ValueType::kDouble:
            out.append("\"");
            append_plain_double(value.real, out);
            break;
        case ValueType::kDatetime:
        case ValueType::kDate: out.append("\"" + iso_of(value)); break;
        default: out.append(value.boolean ? "\"true" : "\"false");
    }
    out.append("\"");
    return nullptr;
}

const char* FieldEncoder::append_date(const Value& value, Buffer& out) const {
    // Milliseconds since 1970.
    if (value.type == ValueType::kInteger) {
        append_json_integer(out, value.integer);
        return nullptr;
    }
    if (value.type == ValueType::kDatetime || value.type == ValueType::kDate) {
        append_json_string(out, iso_of(value));
        return nullptr;
    }
    if (value.type != ValueType::kString) return "cannot be read as a date";
    if (!dates_) return append_utf8(value.bytes, out);
    const std::optional<ZonedTime> time = dates_->read(value.bytes);
    if (!time) return "does not have the column's date format";
    append_json_string(out, to_iso8601(*time));
    return nullptr;
}

const char* FieldEncoder::append(const Value& value, Buffer& out) const {
    switch (type_) {
        case ColumnType::kId: return nullptr;
        case ColumnType::kText:
        case ColumnType::kKeyword:
        case ColumnType::kIp: return append_text(value, out);
        case ColumnType::kLong: return append_integer<int64_t>(value, out);
        case ColumnType::kInteger: return append_integer<int32_t>(value, out);
        case ColumnType::kShort: return append_integer<int16_t>(value, out);
        case ColumnType::kByte: return append_integer<int8_t>(value, out);
        case ColumnType::kDouble:
        case ColumnType::kFloat: return append_real(value, out);
        case ColumnType::kBoolean: return append_boolean(value, out);
        case ColumnType::kDate: return append_date(value, out);
        case ColumnType::kBinary:
            if (value.type != ValueType::kString && value.type != ValueType::kBinary) {
                return "is neither binary nor text";
            }
            append_json_string(out, base64(value.bytes));
            return nullptr;
        case ColumnType::kObject:
        case ColumnType::kNested: return append_json(value, type_ == ColumnType::kNested, out);
    }
    return "has an unknown type";
}

}  // namespace millrace::elasticsearch
