#include "worker/targets/ots/batch.h"

#include <xxhash.h>

#include "common/codec/plainbuffer/writer.h"
#include "common/record/packed.h"

namespace millrace::ots {

namespace wire = tablestore::wire;

Batch::Added Batch::add(const Change& change, Dirty& dirty) {
    const size_t pieces = pieces_.size(), body = body_.size(), keys = keys_.size();
    if (auto reason = encode(change)) {
        dirty = std::move(*reason);
        pieces_.resize(pieces);
        body_.truncate(body);
        keys_.truncate(keys);
        return Added::kDirty;
    }
    if (pieces_.size() == pieces) return Added::kNothingToWrite;
    last_change_begin_ = body;
    sum_.add(body_.view().substr(body));
    for (size_t i = pieces; i < pieces_.size(); ++i) link(static_cast<uint32_t>(i), change);
    ++changes_;
    return Added::kYes;
}

std::optional<Dirty> Batch::encode(const Change& change) {
    row_.clear();
    if (encoder_.config().multi_version) return encode_versions(change);
    return encode_row(change);
}

std::optional<Dirty> Batch::encode_row(const Change& change) {
    const TableWriteMode mode = encoder_.config().mode;
    const std::span<const Value> row = change.rows > 0 ? change.row(0) : std::span<const Value>();
    if (change.rows > 1) return Dirty{"column mode records cannot be rows of a table", -1};
    if (auto dirty = encoder_.set_key(change.key, row, row_)) return dirty;
    const bool whole = change.kind == ChangeKind::kPut;
    if (change.kind == ChangeKind::kDelete || mode == TableWriteMode::kDelete) {
        row_.delete_marker = true;
        close_piece(wire::DELETE);
        return {};
    }
    if (auto dirty = encoder_.set_cells(row, whole, row_)) {
        // Of a run by image only the key counts: the row may be well by now.
        if (!keep_source_keys_) return dirty;
        row_.cells.clear();
    }
    const bool put = whole && mode == TableWriteMode::kPut;
    if (put || keep_source_keys_ || !row_.cells.empty()) {
        close_piece(put ? wire::PUT : wire::UPDATE);
    }
    return {};
}

// Rows of one key that follow each other become one row of the table.
std::optional<Dirty> Batch::encode_versions(const Change& change) {
    size_t size = 0;
    const size_t key_width = encoder_.config().primary_key.size();
    for (size_t i = 0; i < change.rows; ++i) {
        const auto row = change.row(i);
        thread_local Buffer before, key;
        if (row.size() < key_width) return Dirty{"the row has too few values", -1};
        key.clear();
        pack(row.first(key_width), key);
        size_t value_size = 0;
        for (const Value& value : row) value_size += value.bytes.size() + sizeof(int64_t);
        const bool same = key.view() == before.view();
        if (!row_.cells.empty() &&
            (!same || row_.cells.size() == kCellsMax || size + value_size > kRowBytesMax)) {
            close_piece(wire::UPDATE);
            row_.clear();
        }
        if (row_.cells.empty()) {
            size = 0;
            before.clear();
            before.append(key.view());
            if (auto dirty = encoder_.set_key(change.key, row, row_)) return dirty;
        }
        if (auto dirty = encoder_.add_version(row, row_)) return dirty;
        size += value_size;
    }
    if (!row_.cells.empty()) close_piece(wire::UPDATE);
    return {};
}

void Batch::close_piece(OperationType operation) {
    Piece piece;
    piece.operation = operation;
    piece.change = changes_;
    piece.cells = static_cast<uint32_t>(row_.cells.size());
    piece.data_bytes = static_cast<uint32_t>(data_bytes(row_));
    piece.key_begin = static_cast<uint32_t>(keys_.size());
    for (const auto& cell : row_.key) pack({&cell.value.value, 1}, keys_);
    piece.key_end = static_cast<uint32_t>(keys_.size());
    const char byte = static_cast<char>(operation);
    body_.append({&byte, 1});
    piece.begin = static_cast<uint32_t>(body_.size());
    plainbuffer::write_header(body_);
    plainbuffer::write_row(body_, row_);
    piece.end = static_cast<uint32_t>(body_.size());
    pieces_.push_back(piece);
}

void Batch::link(uint32_t index, const Change& change) {
    const std::string_view key = key_of(pieces_[index]);
    const auto fresh = static_cast<uint32_t>(entries_.size());
    const uint32_t found = table_.find_or_insert(
        XXH3_64bits(key.data(), key.size()), fresh,
        [&](uint32_t entry) { return key_of(pieces_[entries_[entry].first]) == key; });
    if (found != IdTable::kNone) {
        pieces_[entries_[found].last].next = index;
        entries_[found].last = index;
        return;
    }
    Entry entry{index, index, 0, 0};
    if (keep_source_keys_) {
        entry.source_begin = static_cast<uint32_t>(keys_.size());
        pack(change.key, keys_);
        entry.source_end = static_cast<uint32_t>(keys_.size());
    }
    entries_.push_back(entry);
}

std::vector<Value> Batch::source_key(const Entry& entry) const {
    return unpack(keys_.view().substr(entry.source_begin, entry.source_end - entry.source_begin));
}

void Batch::clear() {
    body_.clear();
    keys_.clear();
    pieces_.clear();
    entries_.clear();
    table_.clear();
    sum_ = {};
    changes_ = 0;
    last_change_begin_ = 0;
}

}  // namespace millrace::ots
