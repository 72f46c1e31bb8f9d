#include "worker/targets/ots/encoder.h"

#include "common/codec/dates.h"
#include "common/codec/number_text.h"
#include "common/codec/utf8.h"
#include "common/config/time_forms.h"
#include "common/record/convert.h"

namespace millrace::ots {
namespace {

using plainbuffer::CellOp;

constexpr size_t kTimestampBytes = 8;

bool is_bytes(const Value& value) {
    return value.type == ValueType::kString || value.type == ValueType::kBinary;
}

size_t bytes_of(const Value& value) {
    if (value.missing()) return 0;
    if (value.type == ValueType::kBoolean) return 1;
    return is_bytes(value) ? value.bytes.size() : sizeof(int64_t);
}

// The day's midnight on the clock of `zone`; where the clock is set forward at midnight, an hour
// after.
Result<MillisPoint> midnight(int64_t day, const TimeZone& zone) {
    const std::chrono::seconds local = std::chrono::hours(24) * day;
    auto instant = zone.from_local(local);
    if (!instant.ok()) instant = zone.from_local(local + std::chrono::hours(1));
    if (!instant.ok()) return instant.status();
    return instant->time;
}

bool is_time(const Value& value) {
    return value.type == ValueType::kDatetime || value.type == ValueType::kDate;
}

const char* to_cell_integer(const Value& value, const TimeZone& zone, int64_t& integer) {
    if (value.type != ValueType::kDate) return to_integer(value, integer);
    const Result<MillisPoint> time = midnight(value.integer, zone);
    if (!time.ok()) return "is a day without a midnight in the job's time zone";
    integer = to_millis(*time);
    return nullptr;
}

Dirty wrong_width(size_t width, size_t wanted) {
    return {"the row has " + std::to_string(width) + " values, the writer has " +
                std::to_string(wanted) + " columns",
            -1};
}

}  // namespace

const char* CellEncoder::convert_text(const Value& value, Value& cell) {
    text_.clear();
    switch (value.type) {
        case ValueType::kBinary:
            if (!is_utf8(value.bytes)) return "is binary and not valid UTF-8";
            [[fallthrough]];
        case ValueType::kString: cell = Value::of_string(value.bytes); return nullptr;
        case ValueType::kInteger: text_ = std::to_string(value.integer); break;
        case ValueType::kDouble: text_ = double_text(value.real); break;
        case ValueType::kBoolean: text_ = value.boolean ? "true" : "false"; break;
        case ValueType::kDatetime: text_ = to_local_text(from_millis(value.integer), zone_); break;
        case ValueType::kDate: text_ = day_to_iso8601(value.integer); break;
        case ValueType::kAbsent:
        case ValueType::kNull: break;
    }
    cell = Value::of_string(text_);
    return nullptr;
}

const char* CellEncoder::convert(const Value& value, Value& cell) {
    switch (column_.type) {
        case ValueType::kInteger: {
            int64_t integer = 0;
            const char* reason = to_cell_integer(value, zone_, integer);
            cell = Value::of_integer(integer);
            return reason;
        }
        case ValueType::kDouble: {
            double real = 0;
            const char* reason = to_real(value, real);
            cell = Value::of_real(real);
            return reason;
        }
        case ValueType::kBoolean: {
            bool truth = false;
            const char* reason = to_boolean(value, truth);
            cell = Value::of_boolean(truth);
            return reason;
        }
        case ValueType::kBinary:
            if (!is_bytes(value)) return "is neither binary nor text";
            cell = Value::of_binary(value.bytes);
            return nullptr;
        default: return convert_text(value, cell);
    }
}

RowEncoder::RowEncoder(Layout layout) : layout_(std::move(layout)) {
    for (const NamedType& column : layout_.config.primary_key) {
        key_.emplace_back(column, layout_.zone);
    }
    for (const NamedType& column : layout_.config.columns) {
        columns_.emplace_back(column, layout_.zone);
    }
}

std::optional<Dirty> RowEncoder::set_key(std::span<const Value> change_key,
                                         std::span<const Value> row, plainbuffer::Row& out) {
    const size_t there = from_stream() ? change_key.size() : row.size();
    if (there < key_.size()) return wrong_width(there, key_.size() + columns_.size());
    for (size_t i = 0; i < key_.size(); ++i) {
        const Value& value = from_stream() ? change_key[layout_.key_from[i]] : row[i];
        const auto column = static_cast<int>(i);
        if (value.missing()) return Dirty{"the value of a key column is missing", column};
        Value cell;
        if (const char* reason = key_[i].convert(value, cell)) {
            return Dirty{"the value of a key column " + std::string(reason), column};
        }
        if (is_bytes(cell) && cell.bytes.size() > kKeyBytesMax) {
            return Dirty{"the value of a key column is longer than 1 KB", column};
        }
        out.key.push_back({key_[i].name(), plainbuffer::KeyValue::of(cell)});
    }
    return {};
}

std::optional<Dirty> RowEncoder::set_cells(std::span<const Value> row, bool whole,
                                           plainbuffer::Row& out) {
    if (row.size() != key_.size() + columns_.size()) {
        return wrong_width(row.size(), key_.size() + columns_.size());
    }
    const bool replaced = whole && layout_.config.mode == TableWriteMode::kPut;
    for (size_t i = 0; i < columns_.size(); ++i) {
        const Value& value = row[key_.size() + i];
        const auto column = static_cast<int>(key_.size() + i);
        plainbuffer::Cell cell{columns_[i].name(), CellOp::kPut, {}, {}};
        if (value.missing()) {
            if (replaced || (!whole && value.type == ValueType::kAbsent)) continue;
            cell.op = CellOp::kDeleteAll;
        } else if (const char* reason = columns_[i].convert(value, cell.value)) {
            return Dirty{"the value " + std::string(reason), column};
        } else {
            cell.timestamp_ms = layout_.config.default_timestamp_ms;
        }
        if (bytes_of(cell.value) > kCellBytesMax) {
            return Dirty{"the value is larger than 2 MB", column};
        }
        out.cells.push_back(cell);
    }
    if (out.cells.size() > kCellsMax) return Dirty{"the row has more than 1,024 columns", -1};
    if (data_bytes(out) > kRowBytesMax) return Dirty{"the row is larger than 4 MB", -1};
    return {};
}

std::optional<Dirty> RowEncoder::add_version(std::span<const Value> row, plainbuffer::Row& out) {
    const size_t at = key_.size();
    const auto column = static_cast<int>(at);
    if (row.size() < at + 3) return wrong_width(row.size(), at + 3);
    std::string_view name = row[at].type == ValueType::kString ? row[at].bytes : "";
    const std::string& prefix = layout_.config.name_prefix;
    if (!name.starts_with(prefix)) return Dirty{"the column's name lacks the prefix", column};
    name.remove_prefix(prefix.size());
    if (name.empty() || name.size() > kNameBytesMax) {
        return Dirty{"the column's name is missing or has more than 255 bytes", column};
    }
    plainbuffer::Cell cell{name, CellOp::kDeleteOne, {}, layout_.config.default_timestamp_ms};
    if (!row[at + 1].missing()) {
        int64_t version = 0;
        if (const char* reason = to_cell_integer(row[at + 1], layout_.zone, version)) {
            return Dirty{"the timestamp " + std::string(reason), column + 1};
        }
        cell.timestamp_ms = version;
    }
    if (!cell.timestamp_ms) return Dirty{"the timestamp is missing", column + 1};
    if (!row[at + 2].missing()) {
        cell.op = CellOp::kPut;
        cell.value = row[at + 2];
        int64_t milliseconds = 0;
        if (is_time(cell.value)) {
            if (const char* reason = to_cell_integer(cell.value, layout_.zone, milliseconds)) {
                return Dirty{"the value " + std::string(reason), column + 2};
            }
            cell.value = Value::of_integer(milliseconds);
        }
    }
    if (bytes_of(cell.value) > kCellBytesMax) {
        return Dirty{"the value is larger than 2 MB", column + 2};
    }
    out.cells.push_back(cell);
    return {};
}

size_t data_bytes(const plainbuffer::Row& row) {
    size_t size = 0;
    for (const auto& cell : row.key) size += cell.name.size() + bytes_of(cell.value.value);
    for (const auto& cell : row.cells) {
        size += cell.name.size() + bytes_of(cell.value);
        if (cell.timestamp_ms) size += kTimestampBytes;
    }
    return size;
}

}  // namespace millrace::ots
