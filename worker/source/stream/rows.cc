#include "worker/source/stream/rows.h"

#include <algorithm>
#include <cstdio>

namespace millrace {
namespace {

using plainbuffer::Cell;
using plainbuffer::CellOp;

constexpr std::string_view kUpdate = "U";
constexpr std::string_view kDeleteOne = "DO";
constexpr std::string_view kDeleteAll = "DA";
constexpr std::string_view kDeleteRow = "DR";

// "%010d_%020d_%010d_" and ":%010d"
constexpr size_t kSequenceDigits = 43 + 11;

}  // namespace

RowShaper::RowShaper(RowShape shape) : shape_(std::move(shape)), columns_(shape_.columns) {
    for (const std::string& name : shape_.key_names) key_positions_.push_back(columns_.find(name));
}

void RowShaper::shape(const plainbuffer::Row& record, ChangeKind kind, Change& change) {
    change.kind = kind;
    key_.clear();
    for (const auto& cell : record.key) key_.push_back(cell.value.value);
    change.key = key_;
    if (shape_.mode == StreamMode::kRow) {
        shape_row(record, kind, change.sequence, change);
    } else {
        shape_columns(record, kind, change.sequence, change);
    }
    change.values = values_;
}

void RowShaper::shape_row(const plainbuffer::Row& record, ChangeKind kind, const Sequence& sequence,
                          Change& change) {
    change.width = shape_.columns.size() + (shape_.sequence_info ? 1 : 0);
    change.rows = kind == ChangeKind::kDelete ? 0 : 1;
    change.any_value = false;
    values_.assign(change.rows * change.width, Value());
    if (change.rows == 0) return;
    for (size_t i = 0; i < key_.size() && i < key_positions_.size(); ++i) {
        if (key_positions_[i] < 0) continue;
        values_[static_cast<size_t>(key_positions_[i])] = key_[i];
        change.any_value = true;
    }
    // An attribute of a key column's name wins, and so does the last of several versions, as in
    // DataX.
    for (size_t i = 0; i < record.cells.size(); ++i) {
        const Cell& cell = record.cells[i];
        const int column = columns_.find(i, cell.name);
        if (column < 0) continue;
        if (cell.op == CellOp::kPut) {
            values_[static_cast<size_t>(column)] = cell.value;
            change.any_value = true;
        } else if (cell.op == CellOp::kDeleteAll &&
                   values_[static_cast<size_t>(column)].type == ValueType::kAbsent) {
            // What the same change writes wins over what it deletes, whichever comes first.
            values_[static_cast<size_t>(column)] = Value::null();
        }
    }
    if (shape_.sequence_info) {
        text_.clear();
        text_.reserve(kSequenceDigits + shape_.shard.text().size());
        values_.back() = Value::of_string(sequence_text(sequence, std::nullopt));
    }
}

void RowShaper::shape_columns(const plainbuffer::Row& record, ChangeKind kind,
                              const Sequence& sequence, Change& change) {
    change.width = shape_.key_names.size() + 4 + (shape_.sequence_info ? 1 : 0);
    change.any_value = true;
    values_.clear();
    if (kind != ChangeKind::kUpdate) {
        add_operation(Value::null(), Value::null(), Value::null(), kDeleteRow);
    }
    for (const Cell& cell : record.cells) {
        const Value name = Value::of_string(cell.name);
        const Value version =
            cell.timestamp_ms ? Value::of_integer(*cell.timestamp_ms) : Value::null();
        switch (cell.op) {
            case CellOp::kPut: add_operation(name, version, cell.value, kUpdate); break;
            case CellOp::kDeleteOne: add_operation(name, version, Value::null(), kDeleteOne); break;
            case CellOp::kDeleteAll:
                add_operation(name, Value::null(), Value::null(), kDeleteAll);
                break;
            case CellOp::kIncrement: break;  // never in a stream: the reader refuses it
        }
    }
    change.rows = values_.size() / change.width;
    if (!shape_.sequence_info) return;
    text_.clear();
    text_.reserve(change.rows * (kSequenceDigits + shape_.shard.text().size()));
    for (size_t row = 0; row < change.rows; ++row) {
        values_[(row + 1) * change.width - 1] = Value::of_string(sequence_text(sequence, row));
    }
}

void RowShaper::add_operation(const Value& column, const Value& version, const Value& value,
                              std::string_view operation) {
    values_.insert(values_.end(), key_.begin(), key_.end());
    values_.push_back(column);
    values_.push_back(version);
    values_.push_back(value);
    values_.push_back(Value::of_string(operation));
    if (shape_.sequence_info) values_.push_back(Value::null());
}

std::string_view RowShaper::sequence_text(const Sequence& sequence, std::optional<size_t> index) {
    const size_t begin = text_.size();
    char digits[64];
    std::snprintf(digits, sizeof digits, "%010u_%020lld_%010u_", sequence.epoch,
                  static_cast<long long>(sequence.timestamp_us), sequence.row_index);
    text_ += digits;
    text_ += shape_.shard.text();
    if (index) {
        std::snprintf(digits, sizeof digits, ":%010zu", *index);
        text_ += digits;
    }
    return std::string_view(text_).substr(begin);
}

}  // namespace millrace
