// One batch: its changes as encoded rows, one after the other, grouped by key.
#pragma once

#include <optional>
#include <vector>

#include "common/base/buffer.h"
#include "common/base/hash128.h"
#include "common/record/change.h"
#include "tablestore.pb.h"
#include "worker/targets/id_table.h"
#include "worker/targets/ots/encoder.h"

namespace millrace::ots {

using tablestore::wire::OperationType;

// What one request may do to a row. A change is one piece, or several in multi-version mode.
struct Piece {
    static constexpr uint32_t kNone = UINT32_MAX;
    OperationType operation = tablestore::wire::PUT;
    uint32_t begin = 0, end = 0;          // its PlainBuffer in the batch's bytes
    uint32_t key_begin = 0, key_end = 0;  // the table's key, packed
    uint32_t change = 0;                  // 0 = the first change of the batch
    uint32_t cells = 0;
    uint32_t data_bytes = 0;
    uint32_t next = kNone;  // of the same key
};

// A key of the batch with its pieces, oldest first.
struct Entry {
    uint32_t first = 0, last = 0;
    uint32_t source_begin = 0, source_end = 0;  // the source's key, packed, when it is kept
};

// Reused from batch to batch: no allocation in steady state. Not thread-safe.
class Batch {
  public:
    // `keep_source_keys`: for runs by image.
    Batch(RowEncoder& encoder, bool keep_source_keys)
        : encoder_(encoder), keep_source_keys_(keep_source_keys) {}

    enum class Added : uint8_t { kYes, kNothingToWrite, kDirty };
    // kDirty: `dirty` says why, and nothing of the change is in the batch. kNothingToWrite: an
    // update of columns that the job does not have.
    Added add(const Change& change, Dirty& dirty);
    void clear();

    bool empty() const { return changes_ == 0; }
    uint32_t changes() const { return changes_; }
    const std::vector<Entry>& entries() const { return entries_; }
    const Piece& piece(uint32_t index) const { return pieces_[index]; }
    std::string_view row_of(const Piece& piece) const {
        return body_.view().substr(piece.begin, piece.end - piece.begin);
    }
    // Of everything encoded.
    size_t bytes() const { return body_.size(); }
    size_t bytes_of_last_change() const { return body_.size() - last_change_begin_; }
    const Sum128& sum() const { return sum_; }
    std::vector<Value> source_key(const Entry& entry) const;
    RowEncoder& encoder() const { return encoder_; }

  private:
    std::optional<Dirty> encode(const Change& change);
    std::optional<Dirty> encode_row(const Change& change);
    std::optional<Dirty> encode_versions(const Change& change);
    void close_piece(OperationType operation);
    void link(uint32_t index, const Change& change);
    std::string_view key_of(const Piece& piece) const {
        return keys_.view().substr(piece.key_begin, piece.key_end - piece.key_begin);
    }

    RowEncoder& encoder_;
    const bool keep_source_keys_;
    plainbuffer::Row row_;
    Buffer body_;  // of each piece: its operation in one byte, its row
    Buffer keys_;
    std::vector<Piece> pieces_;
    std::vector<Entry> entries_;
    IdTable table_;
    Sum128 sum_;
    uint32_t changes_ = 0;
    size_t last_change_begin_ = 0;
};

}  // namespace millrace::ots
