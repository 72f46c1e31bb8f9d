#include "common/codec/plainbuffer/reader.h"

#include "common/codec/plainbuffer/crc8.h"
#include "common/codec/plainbuffer/cursor.h"
#include "common/codec/plainbuffer/format.h"

namespace millrace::plainbuffer {
namespace {

enum class Rules { kRows, kRecord };

// What is wrong, for people; nullptr = nothing.
using Fault = const char*;
constexpr Fault kShort = "it ends in the middle of a row";
constexpr Fault kBadType = "a value has a type that does not exist or does not belong there";

inline Fault read_text(Cursor& in, Value& value, ValueType type) {
    uint32_t size = 0;
    if (!in.number(size) || !in.bytes(size, value.bytes)) return kShort;
    value.type = type;
    return nullptr;
}

// Type byte and payload of what both keys and attributes may hold; kBadType for other types.
inline Fault read_common(Cursor& in, uint8_t type, Value& value) {
    switch (type) {
        case kTypeInteger:
            value.type = ValueType::kInteger;
            return in.number(value.integer) ? nullptr : kShort;
        case kTypeString: return read_text(in, value, ValueType::kString);
        case kTypeBinary: return read_text(in, value, ValueType::kBinary);
        default: return kBadType;
    }
}

Fault read_typed(Cursor& in, KeyValue& out) {
    uint8_t type = 0;
    if (!in.number(type)) return kShort;
    switch (type) {
        case kTypeInfMin: out = KeyValue::inf_min(); return nullptr;
        case kTypeInfMax: out = KeyValue::inf_max(); return nullptr;
        case kTypeAutoIncrement: out = KeyValue::auto_increment(); return nullptr;
        default: return read_common(in, type, out.value);
    }
}

inline Fault read_typed(Cursor& in, Value& value) {
    uint8_t type = 0;
    if (!in.number(type)) return kShort;
    if (type == kTypeDouble) {
        value.type = ValueType::kDouble;
        return in.number(value.real) ? nullptr : kShort;
    }
    if (type != kTypeBoolean) return read_common(in, type, value);
    uint8_t truth = 0;
    if (!in.number(truth)) return kShort;
    if (truth > 1) return "a boolean is neither 0 nor 1";
    value.type = ValueType::kBoolean;
    value.boolean = truth != 0;
    return nullptr;
}

// Outer length and typed value; `covered` = the bytes that the checksum is over. The outer length
// is in no checksum and says nothing that the value does not say itself, so it is not used.
template <typename AnyValue>
inline Fault read_value(Cursor& in, AnyValue& value, std::string_view& covered) {
    uint32_t outer = 0;
    if (!in.number(outer)) return kShort;
    const char* begin = in.at();
    const Fault fault = read_typed(in, value);
    covered = {begin, static_cast<size_t>(in.at() - begin)};
    return fault;
}

inline Fault read_name(Cursor& in, std::string_view& name) {
    uint32_t size = 0;
    if (!in.take(kTagName)) return "a cell has no name";
    return in.number(size) && in.bytes(size, name) ? nullptr : kShort;
}

inline Fault check_cell(Cursor& in, uint8_t checksum, uint8_t& row_checksum) {
    uint8_t stored = 0;
    if (!in.take(kTagCellChecksum) || !in.number(stored)) return "a cell has no checksum";
    if (stored != checksum) return "a cell's checksum is wrong";
    row_checksum = crc8_byte(row_checksum, checksum);
    return nullptr;
}

Fault read_key_cell(Cursor& in, KeyCell& cell, uint8_t& row_checksum) {
    if (Fault fault = read_name(in, cell.name)) return fault;
    if (!in.take(kTagValue)) return "a key cell has no value";
    std::string_view covered;
    if (Fault fault = read_value(in, cell.value, covered)) return fault;
    return check_cell(in, crc8(crc8(0, cell.name), covered), row_checksum);
}

Fault check_shape(const Cell& cell, bool has_value, Rules rules) {
    const bool has_time = cell.timestamp_ms.has_value();
    switch (cell.op) {
        case CellOp::kPut:
            if (!has_value) return "a put cell has no value";
            return rules == Rules::kRecord && !has_time ? "a cell of a record has no timestamp"
                                                        : nullptr;
        case CellOp::kDeleteAll:
            return has_value || has_time ? "a delete of all versions has a value or a timestamp"
                                         : nullptr;
        case CellOp::kDeleteOne:
            return has_value || !has_time ? "a delete of one version needs only its timestamp"
                                          : nullptr;
        case CellOp::kIncrement:
            if (rules == Rules::kRecord) return "a record has an increment";
            return cell.value.type != ValueType::kInteger || has_time
                       ? "an increment needs an integer and no timestamp"
                       : nullptr;
    }
    return "a cell has an operation that does not exist";
}

// Without its tag.
Fault read_cell(Cursor& in, Cell& cell, uint8_t& row_checksum, Rules rules) {
    if (Fault fault = read_name(in, cell.name)) return fault;
    const uint8_t name_checksum = crc8(0, cell.name);
    std::string_view covered;
    const bool has_value = in.take(kTagValue);
    if (has_value) {
        if (Fault fault = read_value(in, cell.value, covered)) return fault;
    }
    uint8_t op = 0;
    if (in.take(kTagOp) && (!in.number(op) || op == 0)) return "a cell has operation 0";
    cell.op = static_cast<CellOp>(op);
    uint8_t checksum = 0;
    if (in.take(kTagTimestamp)) {
        const char* bytes = in.at();
        int64_t time = 0;
        if (!in.number(time)) return kShort;
        if (time < 0) return "a timestamp is negative";
        cell.timestamp_ms = time;
        checksum = crc8(name_checksum, covered, bytes);
    } else {
        checksum = crc8(name_checksum, covered);
    }
    if (op != 0) checksum = crc8_byte(checksum, op);
    if (Fault fault = check_shape(cell, has_value, rules)) return fault;
    return check_cell(in, checksum, row_checksum);
}

Fault read_sequence(Cursor in, Sequence& sequence) {
    if (in.left() != kSequenceSize || !in.take(kTagEpoch) || !in.number(sequence.epoch) ||
        !in.take(kTagTimestampUs) || !in.number(sequence.timestamp_us) || !in.take(kTagRowIndex) ||
        !in.number(sequence.row_index)) {
        return "the sequence information is malformed";
    }
    return sequence.timestamp_us < 0 ? "a sequence timestamp is negative" : nullptr;
}

// Without its tag. Unknown parts are stepped over by their length.
Fault read_extension(Cursor& in, std::optional<Sequence>& sequence) {
    uint32_t size = 0;
    std::string_view all;
    if (!in.number(size) || !in.bytes(size, all)) return kShort;
    for (Cursor parts(all); parts.left() > 0;) {
        uint8_t tag = 0;
        std::string_view part;
        if (!parts.number(tag) || !parts.number(size) || !parts.bytes(size, part)) return kShort;
        if (tag != kTagSequence) continue;
        if (Fault fault = read_sequence(Cursor(part), sequence.emplace())) return fault;
    }
    return nullptr;
}

// Without its tag.
Fault read_row_body(Cursor& in, Row& row, Rules rules) {
    row.clear();
    uint8_t checksum = 0;
    while (in.take(kTagCell)) {
        if (Fault fault = read_key_cell(in, row.key.emplace_back(), checksum)) return fault;
        if (rules == Rules::kRecord && row.key.back().value.kind != KeyValue::Kind::kValue) {
            return kBadType;
        }
    }
    if (row.key.empty()) return "a row has no key";
    if (in.take(kTagAttributes)) {
        while (in.take(kTagCell)) {
            if (Fault fault = read_cell(in, row.cells.emplace_back(), checksum, rules)) {
                return fault;
            }
        }
    }
    row.delete_marker = in.take(kTagDeleteMarker);
    checksum = crc8_byte(checksum, row.delete_marker ? 1 : 0);
    if (in.take(kTagExtension)) {
        if (Fault fault = read_extension(in, row.sequence)) return fault;
    }
    uint8_t stored = 0;
    if (!in.take(kTagRowChecksum) || !in.number(stored)) return "a row has no checksum";
    return stored == checksum ? nullptr : "a row's checksum is wrong";
}

Fault read_header(Cursor& in) {
    uint32_t header = 0;
    return in.number(header) && header == kHeader ? nullptr : "it does not begin with its header";
}

Fault read_only_row(Cursor& in, Row& row, Rules rules) {
    if (Fault fault = read_header(in)) return fault;
    if (!in.take(kTagRow)) return "it holds no row";
    return read_row_body(in, row, rules);
}

Status corrupt(Fault fault) {
    return Status(Code::kCorrupt, std::string("malformed PlainBuffer: ") + fault);
}

}  // namespace

Result<bool> RowReader::next(Row& row) {
    Cursor in(rest_);
    if (!begun_) {
        if (Fault fault = read_header(in)) return corrupt(fault);
        begun_ = true;
    }
    const char* begin = in.at();
    bool found = false;
    if (in.take(kTagRow)) {
        if (Fault fault = read_row_body(in, row, Rules::kRows)) return corrupt(fault);
        row_bytes_ = {begin, static_cast<size_t>(in.at() - begin)};
        found = true;
    } else if (in.rest().find_first_not_of('\0') != std::string_view::npos) {
        return corrupt("something that is no row follows");
    } else {
        in = Cursor(rest_.substr(rest_.size()));
    }
    rest_ = in.rest();
    return found;
}

Status read_row(std::string_view bytes, Row& row) {
    Cursor in(bytes);
    if (Fault fault = read_only_row(in, row, Rules::kRows)) return corrupt(fault);
    if (in.rest().find_first_not_of('\0') != std::string_view::npos) {
        return corrupt("it holds more than one row");
    }
    return {};
}

Status read_record(std::string_view bytes, Row& row) {
    Cursor in(bytes);
    if (Fault fault = read_only_row(in, row, Rules::kRecord)) return corrupt(fault);
    if (in.left() > 0) return corrupt("bytes follow the row of a stream record");
    if (!row.sequence) return corrupt("a stream record has no sequence information");
    return {};
}

Result<KeyValue> read_bare_value(std::string_view bytes) {
    KeyValue value;
    Cursor in(bytes);
    const uint8_t type = in.peek();
    const bool attribute = type == kTypeDouble || type == kTypeBoolean;
    const Fault fault = attribute ? read_typed(in, value.value) : read_typed(in, value);
    if (fault) return corrupt(fault);
    if (in.left() > 0) return corrupt("bytes follow the value");
    return value;
}

}  // namespace millrace::plainbuffer
