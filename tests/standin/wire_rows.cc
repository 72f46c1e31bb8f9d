#include "tests/standin/wire_rows.h"

#include "common/codec/plainbuffer/reader.h"
#include "common/codec/plainbuffer/writer.h"
#include "tests/standin/ots_error.h"

namespace millrace::standin {
namespace {

Datum datum_of(const Value& value) {
    switch (value.type) {
        case ValueType::kInteger: return Datum::of(value.integer);
        case ValueType::kDouble: return Datum::of(value.real);
        case ValueType::kBoolean: return Datum::of(value.boolean);
        case ValueType::kString: return Datum::of(std::string(value.bytes));
        default: return Datum::blob(std::string(value.bytes));
    }
}

Datum datum_of(const plainbuffer::KeyValue& value) {
    using Kind = plainbuffer::KeyValue::Kind;
    if (value.kind == Kind::kInfMin) return Datum::inf_min();
    if (value.kind == Kind::kInfMax) return Datum::inf_max();
    if (value.kind == Kind::kAutoIncrement) return {DatumType::kAutoIncrement, 0, 0, {}};
    return datum_of(value.value);
}

CellChange change_of(const plainbuffer::Cell& cell) {
    CellChange change;
    change.name = cell.name;
    if (cell.op == plainbuffer::CellOp::kDeleteAll) change.op = CellOp::kDeleteAll;
    if (cell.op == plainbuffer::CellOp::kDeleteOne) change.op = CellOp::kDeleteOne;
    if (cell.op == plainbuffer::CellOp::kIncrement) change.op = CellOp::kIncrement;
    if (cell.value.type != ValueType::kAbsent) change.value = datum_of(cell.value);
    if (cell.timestamp_ms) change.timestamp_ms = *cell.timestamp_ms;
    return change;
}

WireRow row_of(const plainbuffer::Row& row) {
    WireRow result;
    for (const plainbuffer::KeyCell& cell : row.key)
        result.key.emplace_back(cell.name, datum_of(cell.value));
    for (const plainbuffer::Cell& cell : row.cells) result.cells.push_back(change_of(cell));
    result.delete_marker = row.delete_marker;
    return result;
}

[[noreturn]] void damaged(const Status& status) {
    refuse_parameter("Invalid PlainBuffer: " + status.text());
}

}  // namespace

Value value_view(const Datum& datum) {
    switch (datum.type) {
        case DatumType::kInteger: return Value::of_integer(datum.integer);
        case DatumType::kDouble: return Value::of_real(datum.real);
        case DatumType::kBoolean: return Value::of_boolean(datum.integer != 0);
        case DatumType::kString: return Value::of_string(datum.bytes);
        default: return Value::of_binary(datum.bytes);
    }
}

plainbuffer::KeyValue key_view(const Datum& datum) {
    if (datum.type == DatumType::kInfMin) return plainbuffer::KeyValue::inf_min();
    if (datum.type == DatumType::kInfMax) return plainbuffer::KeyValue::inf_max();
    return plainbuffer::KeyValue::of(value_view(datum));
}

void set_key(plainbuffer::Row& row, const std::vector<std::string>& names, const Key& key) {
    row.key.clear();
    for (size_t i = 0; i < key.size(); ++i) row.key.push_back({names[i], key_view(key[i])});
}

std::vector<WireRow> decode_rows(std::string_view bytes) {
    std::vector<WireRow> rows;
    plainbuffer::RowReader reader(bytes);
    plainbuffer::Row row;
    for (;;) {
        const Result<bool> more = reader.next(row);
        if (!more.ok()) damaged(more.status());
        if (!*more) return rows;
        rows.push_back(row_of(row));
    }
}

WireRow decode_row(std::string_view bytes) {
    plainbuffer::Row row;
    if (const Status status = plainbuffer::read_row(bytes, row); !status.ok()) damaged(status);
    return row_of(row);
}

Datum decode_value(std::string_view bytes) {
    const auto value = plainbuffer::read_bare_value(bytes);
    if (!value.ok()) damaged(value.status());
    return datum_of(*value);
}

void encode_row(Buffer& to, const std::vector<std::string>& key_names, const Key& key,
                const Selected& cells) {
    plainbuffer::Row row;
    set_key(row, key_names, key);
    for (const auto& [name, versions] : cells)
        for (const auto& [time, value] : versions)
            row.cells.push_back({name, plainbuffer::CellOp::kPut, value_view(value), time});
    if (to.empty()) plainbuffer::write_header(to);
    plainbuffer::write_row(to, row);
}

std::string encode_change(const std::vector<std::string>& key_names, const RowChange& change,
                          const Sequence& sequence) {
    plainbuffer::Row row;
    set_key(row, key_names, change.key);
    for (const CellChange& cell : change.cells) {
        plainbuffer::Cell view;
        view.name = cell.name;
        if (cell.op == CellOp::kPut) view.value = value_view(cell.value);
        if (cell.op == CellOp::kDeleteOne) view.op = plainbuffer::CellOp::kDeleteOne;
        if (cell.op == CellOp::kDeleteAll)
            view.op = plainbuffer::CellOp::kDeleteAll;
        else
            view.timestamp_ms = cell.timestamp_ms;
        row.cells.push_back(view);
    }
    row.sequence = sequence;
    return plainbuffer::encode_row(row);
}

}  // namespace millrace::standin
