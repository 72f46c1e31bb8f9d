// One batch: its changes encoded one after the other, grouped by document. As long as no document
// has more than one change and none is partial, the encoded bytes are the bulk request.
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "common/base/hash128.h"
#include "common/record/change.h"
#include "worker/targets/elasticsearch/encoder.h"
#include "worker/targets/elasticsearch/id_table.h"
#include "worker/targets/elasticsearch/ids.h"

namespace millrace::elasticsearch {

// The encoded value of one column of one change.
struct Field {
    uint32_t offset = 0;  // in the batch's bytes; 0 = the change says nothing about the column
    uint32_t size = 0;    // 0 = the column is to be left out of the document
    bool said() const { return offset != 0; }
    bool left_out() const { return offset != 0 && size == 0; }
};

struct EncodedChange {
    static constexpr uint32_t kNone = UINT32_MAX;
    ChangeKind kind = ChangeKind::kPut;
    bool shared_version = false;  // other changes of the row may have the same version
    uint64_t version = 0;
    uint32_t begin = 0, end = 0;          // its lines in the batch's bytes
    uint32_t id_offset = 0, id_size = 0;  // with quotes
    uint32_t next = kNone;                // the next change of the same document
};

// A document of the batch with its changes, oldest first.
struct Entry {
    uint32_t first = 0, last = 0;
    uint32_t changes = 0;
    int key = -1;  // of `key()`, when it was kept
};

struct Layout {
    std::vector<FieldEncoder> fields;  // one per column
    IdMaker ids;
    bool write_null = true;
    bool keep_keys = false;  // of every document (image runs)
};

struct BatchDirty {
    std::string reason;
    int column = -1;
};

// Appends a row as a document line; `values` has one value per column, and absent ones are null or
// left out. When it cannot be written, `out` holds a part of it.
std::optional<BatchDirty> append_row(const Layout& layout, std::span<const Value> values,
                                     Buffer& out);

// Reused from batch to batch: no allocation in steady state. Not thread-safe.
class Batch {
  public:
    explicit Batch(const Layout& layout) : layout_(layout) {}

    // Adds one change, or says why it cannot be written.
    std::optional<BatchDirty> add(const Change& change);
    void clear();

    bool empty() const { return changes_.empty(); }
    // The encoded bytes are the request: no folding, no partial document.
    bool plain() const { return plain_; }
    std::string_view bytes() const { return body_.view(); }
    const Sum128& sum() const { return sum_; }

    const std::vector<Entry>& entries() const { return entries_; }
    const std::vector<EncodedChange>& changes() const { return changes_; }
    std::string_view id(const EncodedChange& change) const {
        return body_.view().substr(change.id_offset, change.id_size);
    }
    const Field* fields_of(uint32_t change) const {
        return &fields_[change * layout_.fields.size()];
    }
    std::string_view text(const Field& field) const {
        return body_.view().substr(field.offset, field.size);
    }
    // The kept key of an entry (Entry::key).
    std::span<const Value> key(int index) const { return keys_[static_cast<size_t>(index)]; }
    const Layout& layout() const { return layout_; }

  private:
    std::optional<BatchDirty> add_document(const Change& change);
    void add_to_entry(const Change& change, uint32_t index);
    int keep_key(std::span<const Value> key);

    const Layout& layout_;
    Buffer body_;
    std::vector<EncodedChange> changes_;
    std::vector<Field> fields_;  // one per change and column
    std::vector<Entry> entries_;
    IdTable table_;
    std::deque<std::vector<Value>> keys_;
    std::deque<std::string> key_bytes_;
    std::string id_;
    Sum128 sum_;
    bool plain_ = true;
};

}  // namespace millrace::elasticsearch
