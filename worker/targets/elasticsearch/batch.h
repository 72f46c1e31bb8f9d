// One batch: its changes encoded one after the other, grouped by document. As long as no document
// has more than one change and none is partial, the encoded bytes are the bulk request.
#pragma once

#include <optional>
#include <vector>

#include "common/base/hash128.h"
#include "common/record/change.h"
#include "worker/targets/elasticsearch/encoder.h"
#include "worker/targets/elasticsearch/ids.h"
#include "worker/targets/fold.h"
#include "worker/targets/id_table.h"
#include "worker/targets/kept_keys.h"

namespace millrace::elasticsearch {

struct Layout {
    std::vector<FieldEncoder> fields;  // one per column
    IdMaker ids;
    bool write_null = true;
    bool keep_keys = false;  // of every document (image runs)
};

// Of a source whose table has this key and whose rows have these columns. kConfig when they do not
// fit.
Result<Layout> layout_of(const WriterConfig& config, const std::vector<std::string>& key_names,
                         const std::vector<std::string>& reader_columns);

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
    void fold(const Entry& entry, Folded& folded) const {
        millrace::fold(changes_, fields_, layout_.fields.size(), entry, folded);
    }
    std::string_view text(const Field& field) const {
        return body_.view().substr(field.offset, field.size);
    }
    // The kept key of an entry (Entry::key).
    std::span<const Value> key(int index) const { return keys_[index]; }
    const Layout& layout() const { return layout_; }

  private:
    std::optional<BatchDirty> add_document(const Change& change);
    void add_to_entry(const Change& change, uint32_t index);

    const Layout& layout_;
    Buffer body_;
    std::vector<EncodedChange> changes_;
    std::vector<Field> fields_;  // one per change and column
    std::vector<Entry> entries_;
    IdTable table_;
    KeptKeys keys_;
    std::string id_;
    Sum128 sum_;
    bool plain_ = true;
};

}  // namespace millrace::elasticsearch
