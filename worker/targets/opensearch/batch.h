// One batch: its changes encoded one after the other as the operations they are alone, grouped by
// document.
#pragma once

#include <optional>
#include <vector>

#include "common/base/hash128.h"
#include "common/record/change.h"
#include "worker/targets/field_name.h"
#include "worker/targets/fold.h"
#include "worker/targets/id_table.h"
#include "worker/targets/kept_keys.h"

namespace millrace::opensearch {

struct Layout {
    std::vector<FieldName> names;  // one per column
    // Of the document's key: its column, and its place in the key of the source. Without a column
    // every change is a document of its own; without a place the row has the key.
    std::optional<size_t> key_column = {};
    std::optional<size_t> key_of_source = {};
    bool timestamps = true;
    // Keys of rows are kept for reading them: all of them, or those of partial changes.
    bool keep_keys = false;
    bool keep_keys_of_updates = false;
};

struct BatchDirty {
    std::string reason;
    int column = -1;
};

enum class Command : uint8_t { kAdd, kUpsert, kDelete };

// Reused from batch to batch: no allocation in steady state. Not thread-safe.
class Batch {
  public:
    explicit Batch(const Layout& layout) : layout_(layout) {}

    // Adds one change, or says why it cannot be written.
    std::optional<BatchDirty> add(const Change& change);
    void clear();

    bool empty() const { return changes_.empty(); }
    size_t bytes() const { return body_.size(); }
    // Of all changes, as they are alone (P10).
    const Sum128& sum() const { return sum_; }
    // Of the last change, in milliseconds.
    uint64_t last_time() const { return changes_.back().version; }

    const std::vector<Entry>& entries() const { return entries_; }
    const std::vector<EncodedChange>& changes() const { return changes_; }
    void fold(const Entry& entry, Folded& folded) const {
        millrace::fold(changes_, fields_, layout_.names.size(), entry, folded);
    }
    std::span<const Value> key(int index) const { return keys_[index]; }
    const Layout& layout() const { return layout_; }

    // ---- operations; what they are appended to never belongs to the batch
    // The change as it is alone.
    void append_change(const EncodedChange& change, Buffer& out) const;
    // The changes of one document as one.
    void append_folded(const Entry& entry, const Folded& folded, Buffer& out) const;
    // The document as a whole row says it is; when it cannot be written, `out` holds a part of it.
    std::optional<BatchDirty> append_image(const Entry& entry, std::span<const Value> row,
                                           uint64_t time_ms, Buffer& out) const;
    void append_delete(const Entry& entry, uint64_t time_ms, Buffer& out) const;

  private:
    std::optional<BatchDirty> add_operation(const Change& change, EncodedChange& encoded);
    std::optional<BatchDirty> append_key(const Change& change, EncodedChange& encoded);
    void add_to_entry(const Change& change, uint32_t index);
    // Appends an operation up to and with its key field.
    void open_operation(Command command, std::string_view key, uint64_t time_ms, Buffer& out) const;
    std::string_view id(const EncodedChange& change) const {
        return body_.view().substr(change.id_offset, change.id_size);
    }
    std::string_view text(const Field& field) const {
        return body_.view().substr(field.offset, field.size);
    }

    const Layout& layout_;
    Buffer body_;
    std::vector<EncodedChange> changes_;
    std::vector<Field> fields_;  // one per change and column
    std::vector<Entry> entries_;
    IdTable table_;
    KeptKeys keys_;
    Sum128 sum_;
};

}  // namespace millrace::opensearch
