#include "common/codec/plainbuffer/writer.h"

#include "common/codec/plainbuffer/crc8.h"
#include "common/codec/plainbuffer/format.h"

namespace millrace::plainbuffer {
namespace {

template <typename T>
void put(Buffer& out, T value) {
    std::memcpy(out.room(sizeof(T)), &value, sizeof(T));
    out.commit(sizeof(T));
}
void put_tag(Buffer& out, uint8_t tag) {
    put<uint8_t>(out, tag);
}

void put_text(Buffer& out, Type type, std::string_view bytes) {
    put_tag(out, type);
    put(out, static_cast<uint32_t>(bytes.size()));
    out.append(bytes);
}

void put_typed(Buffer& out, const Value& value) {
    switch (value.type) {
        case ValueType::kInteger:
            put_tag(out, kTypeInteger);
            put(out, value.integer);
            break;
        case ValueType::kDouble:
            put_tag(out, kTypeDouble);
            put(out, value.real);
            break;
        case ValueType::kBoolean:
            put_tag(out, kTypeBoolean);
            put<uint8_t>(out, value.boolean ? 1 : 0);
            break;
        case ValueType::kString: put_text(out, kTypeString, value.bytes); break;
        case ValueType::kBinary: put_text(out, kTypeBinary, value.bytes); break;
        case ValueType::kAbsent:
        case ValueType::kNull:
        case ValueType::kDatetime:  // the service has no such types: writers convert them
        case ValueType::kDate: break;
    }
}

void put_typed(Buffer& out, const KeyValue& value) {
    switch (value.kind) {
        case KeyValue::Kind::kValue: put_typed(out, value.value); break;
        case KeyValue::Kind::kInfMin: put_tag(out, kTypeInfMin); break;
        case KeyValue::Kind::kInfMax: put_tag(out, kTypeInfMax); break;
        case KeyValue::Kind::kAutoIncrement: put_tag(out, kTypeAutoIncrement); break;
    }
}

// Tag, outer length, value. Gives the checksum after the value.
template <typename AnyValue>
uint8_t put_value(Buffer& out, const AnyValue& value, uint8_t checksum) {
    put_tag(out, kTagValue);
    const size_t length_at = out.size();
    put<uint32_t>(out, 0);
    const size_t begin = out.size();
    put_typed(out, value);
    const auto size = static_cast<uint32_t>(out.size() - begin);
    std::memcpy(out.data() + length_at, &size, sizeof(size));
    return crc8(checksum, out.view().substr(begin));
}

// Gives the checksum after the name.
uint8_t put_name(Buffer& out, std::string_view name) {
    put_tag(out, kTagCell);
    put_tag(out, kTagName);
    put(out, static_cast<uint32_t>(name.size()));
    out.append(name);
    return crc8(0, name);
}

void put_checksum(Buffer& out, uint8_t checksum, uint8_t& row_checksum) {
    put_tag(out, kTagCellChecksum);
    put(out, checksum);
    row_checksum = crc8_byte(row_checksum, checksum);
}

void put_cell(Buffer& out, const Cell& cell, uint8_t& row_checksum) {
    uint8_t checksum = put_name(out, cell.name);
    if (!cell.value.missing()) checksum = put_value(out, cell.value, checksum);
    const auto op = static_cast<uint8_t>(cell.op);
    if (op != 0) {
        put_tag(out, kTagOp);
        put(out, op);
    }
    if (cell.timestamp_ms) {
        put_tag(out, kTagTimestamp);
        put(out, *cell.timestamp_ms);
        checksum = crc8(checksum, out.view().substr(out.size() - sizeof(int64_t)));
    }
    if (op != 0) checksum = crc8_byte(checksum, op);
    put_checksum(out, checksum, row_checksum);
}

void put_extension(Buffer& out, const Sequence& sequence) {
    put_tag(out, kTagExtension);
    put(out, kExtensionSize);
    put_tag(out, kTagSequence);
    put(out, kSequenceSize);
    put_tag(out, kTagEpoch);
    put(out, sequence.epoch);
    put_tag(out, kTagTimestampUs);
    put(out, sequence.timestamp_us);
    put_tag(out, kTagRowIndex);
    put(out, sequence.row_index);
}

uint8_t put_key(Buffer& out, const std::vector<KeyCell>& key) {
    uint8_t row_checksum = 0;
    put_tag(out, kTagRow);
    for (const KeyCell& cell : key) {
        const uint8_t checksum = put_name(out, cell.name);
        put_checksum(out, put_value(out, cell.value, checksum), row_checksum);
    }
    return row_checksum;
}

void put_row_end(Buffer& out, uint8_t row_checksum) {
    put_tag(out, kTagRowChecksum);
    put(out, row_checksum);
}

}  // namespace

void write_header(Buffer& out) {
    put(out, kHeader);
}

void write_row(Buffer& out, const Row& row) {
    uint8_t row_checksum = put_key(out, row.key);
    if (!row.cells.empty()) put_tag(out, kTagAttributes);
    for (const Cell& cell : row.cells) put_cell(out, cell, row_checksum);
    if (row.delete_marker) put_tag(out, kTagDeleteMarker);
    row_checksum = crc8_byte(row_checksum, row.delete_marker ? 1 : 0);
    if (row.sequence) put_extension(out, *row.sequence);
    put_row_end(out, row_checksum);
}

std::string encode_row(const Row& row) {
    Buffer out;
    write_header(out);
    write_row(out, row);
    return std::string(out.view());
}

std::string encode_key(const std::vector<KeyCell>& key) {
    Buffer out;
    write_header(out);
    put_row_end(out, crc8_byte(put_key(out, key), 0));
    return std::string(out.view());
}

void write_bare_value(Buffer& out, const KeyValue& value) {
    put_typed(out, value);
}

}  // namespace millrace::plainbuffer
