#include "common/codec/parquet/arrow/cells.h"

#include <arrow/type.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "common/codec/number_text.h"
#include "common/codec/utf8.h"
#include "common/crypto/digest.h"

namespace millrace::parquet {
namespace {

using ::arrow::Array;
using ::arrow::Type;

template <typename To>
const To& as(const Array& array) {
    return static_cast<const To&>(array);
}

int64_t floor_divided(int64_t value, int64_t by) {
    return value / by - (value % by < 0 ? 1 : 0);
}

int64_t millis_of(int64_t value, ::arrow::TimeUnit::type unit) {
    switch (unit) {
        case ::arrow::TimeUnit::SECOND: return value * 1000;
        case ::arrow::TimeUnit::MICRO: return floor_divided(value, 1000);
        case ::arrow::TimeUnit::NANO: return floor_divided(value, 1'000'000);
        default: return value;
    }
}

Value kept_text(std::string text, std::deque<std::string>& memory) {
    memory.push_back(std::move(text));
    return Value::of_string(memory.back());
}

void add_quoted(std::string_view text, std::string& to) {
    to += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::optional<ValueType> value_type_of(const ::arrow::DataType& type) {
    switch (type.id()) {
        case Type::BOOL: return ValueType::kBoolean;
        case Type::INT8:
        case Type::INT16:
        case Type::INT32:
        case Type::INT64:
        case Type::UINT8:
        case Type::UINT16:
        case Type::UINT32:
        case Type::UINT64: return ValueType::kInteger;
        case Type::FLOAT:
        case Type::DOUBLE: return ValueType::kDouble;
        case Type::STRING:
        case Type::LARGE_STRING: return ValueType::kString;
        case Type::BINARY:
        case Type::LARGE_BINARY:
        case Type::FIXED_SIZE_BINARY: return ValueType::kBinary;
        case Type::DATE32: return ValueType::kDate;
        case Type::TIMESTAMP: return ValueType::kDatetime;
        case Type::DECIMAL128:
        case Type::DECIMAL256: return ValueType::kString;
        case Type::NA: return ValueType::kAbsent;
        case Type::DICTIONARY:
            return value_type_of(*static_cast<const ::arrow::DictionaryType&>(type).value_type());
        case Type::LIST:
        case Type::LARGE_LIST:
        case Type::FIXED_SIZE_LIST:
        case Type::MAP:
        case Type::STRUCT:
            for (const auto& field : type.fields()) {
                if (!value_type_of(*field->type())) return {};
            }
            return ValueType::kString;
        default: return {};
    }
}

Value CellReader::value_of(const Array& array, int64_t row, std::deque<std::string>& memory) const {
    if (array.IsNull(row)) return Value::null();
    switch (array.type_id()) {
        case Type::BOOL: return Value::of_boolean(as<::arrow::BooleanArray>(array).Value(row));
        case Type::INT8: return Value::of_integer(as<::arrow::Int8Array>(array).Value(row));
        case Type::INT16: return Value::of_integer(as<::arrow::Int16Array>(array).Value(row));
        case Type::INT32: return Value::of_integer(as<::arrow::Int32Array>(array).Value(row));
        case Type::INT64: return Value::of_integer(as<::arrow::Int64Array>(array).Value(row));
        case Type::UINT8: return Value::of_integer(as<::arrow::UInt8Array>(array).Value(row));
        case Type::UINT16: return Value::of_integer(as<::arrow::UInt16Array>(array).Value(row));
        case Type::UINT32: return Value::of_integer(as<::arrow::UInt32Array>(array).Value(row));
        case Type::UINT64: {
            const uint64_t value = as<::arrow::UInt64Array>(array).Value(row);
            if (value <= INT64_MAX) return Value::of_integer(static_cast<int64_t>(value));
            return kept_text(std::to_string(value), memory);
        }
        case Type::FLOAT:
            return Value::of_real(static_cast<double>(as<::arrow::FloatArray>(array).Value(row)));
        case Type::DOUBLE: return Value::of_real(as<::arrow::DoubleArray>(array).Value(row));
        case Type::STRING: return Value::of_string(as<::arrow::StringArray>(array).GetView(row));
        case Type::LARGE_STRING:
            return Value::of_string(as<::arrow::LargeStringArray>(array).GetView(row));
        case Type::BINARY: return Value::of_binary(as<::arrow::BinaryArray>(array).GetView(row));
        case Type::LARGE_BINARY:
            return Value::of_binary(as<::arrow::LargeBinaryArray>(array).GetView(row));
        case Type::FIXED_SIZE_BINARY:
            return Value::of_binary(as<::arrow::FixedSizeBinaryArray>(array).GetView(row));
        case Type::DATE32: return Value::of_date(as<::arrow::Date32Array>(array).Value(row));
        case Type::TIMESTAMP: return moment_of(array, row);
        case Type::DECIMAL128:
            return kept_text(as<::arrow::Decimal128Array>(array).FormatValue(row), memory);
        case Type::DECIMAL256:
            return kept_text(as<::arrow::Decimal256Array>(array).FormatValue(row), memory);
        case Type::DICTIONARY: {
            const auto& words = as<::arrow::DictionaryArray>(array);
            return value_of(*words.dictionary(), words.GetValueIndex(row), memory);
        }
        default: break;
    }
    std::string text;
    add_json(array, row, text);
    return kept_text(std::move(text), memory);
}

Value CellReader::moment_of(const Array& array, int64_t row) const {
    const auto& type = static_cast<const ::arrow::TimestampType&>(*array.type());
    const int64_t millis = millis_of(as<::arrow::TimestampArray>(array).Value(row), type.unit());
    if (instants || !type.timezone().empty()) return Value::of_datetime(millis);
    return Value::of_datetime(dates.from_face(millis));
}

void CellReader::add_json(const Array& array, int64_t row, std::string& text) const {
    if (array.IsNull(row)) {
        text += "null";
        return;
    }
    switch (array.type_id()) {
        case Type::LIST: {
            const auto& list = as<::arrow::ListArray>(array);
            return add_list(*list.values(), list.value_offset(row), list.value_offset(row + 1),
                            text);
        }
        case Type::LARGE_LIST: {
            const auto& list = as<::arrow::LargeListArray>(array);
            return add_list(*list.values(), list.value_offset(row), list.value_offset(row + 1),
                            text);
        }
        case Type::FIXED_SIZE_LIST: {
            const auto& list = as<::arrow::FixedSizeListArray>(array);
            return add_list(*list.values(), list.value_offset(row), list.value_offset(row + 1),
                            text);
        }
        case Type::MAP: return add_map(array, row, text);
        case Type::STRUCT: return add_struct(array, row, text);
        default: break;
    }
    std::deque<std::string> memory;
    if (array.type_id() == Type::DECIMAL128 || array.type_id() == Type::DECIMAL256) {
        // As text: a number of JSON does not keep all digits.
        add_quoted(value_of(array, row, memory).bytes, text);
        return;
    }
    add_scalar(value_of(array, row, memory), text);
}

void CellReader::add_list(const Array& items, int64_t begin, int64_t end, std::string& text) const {
    text += '[';
    for (int64_t i = begin; i < end; ++i) {
        if (i > begin) text += ',';
        add_json(items, i, text);
    }
    text += ']';
}

void CellReader::add_map(const Array& array, int64_t row, std::string& text) const {
    const auto& map = as<::arrow::MapArray>(array);
    text += '{';
    for (int64_t i = map.value_offset(row); i < map.value_offset(row + 1); ++i) {
        if (i > map.value_offset(row)) text += ',';
        std::string key;
        add_json(*map.keys(), i, key);
        if (key.starts_with('"')) {
            text += key;
        } else {
            add_quoted(key, text);
        }
        text += ':';
        add_json(*map.items(), i, text);
    }
    text += '}';
}

void CellReader::add_struct(const Array& array, int64_t row, std::string& text) const {
    const auto& fields = as<::arrow::StructArray>(array);
    text += '{';
    for (int i = 0; i < fields.num_fields(); ++i) {
        if (i > 0) text += ',';
        add_quoted(fields.struct_type()->field(i)->name(), text);
        text += ':';
        add_json(*fields.field(i), row, text);
    }
    text += '}';
}

void CellReader::add_scalar(const Value& value, std::string& text) const {
    switch (value.type) {
        case ValueType::kInteger: text += std::to_string(value.integer); return;
        case ValueType::kBoolean: text += value.boolean ? "true" : "false"; return;
        case ValueType::kDouble: {
            const std::string number = double_text(value.real);
            if (std::isfinite(value.real)) {
                text += number;
            } else {
                add_quoted(number, text);
            }
            return;
        }
        case ValueType::kDatetime:
            add_quoted(to_iso8601(TimePoint(from_millis(value.integer))), text);
            return;
        case ValueType::kBinary:
            add_quoted(is_utf8(value.bytes) ? std::string(value.bytes) : base64(value.bytes), text);
            return;
        default: {
            std::string memory;
            add_quoted(dates.text_of(value, memory), text);
        }
    }
}

}  // namespace millrace::parquet
