#include "worker/targets/elasticsearch/batch.h"

#include <xxhash.h>

#include "common/codec/json_writer.h"
#include "worker/targets/elasticsearch/actions.h"
#include "worker/targets/elasticsearch/versions.h"

namespace millrace::elasticsearch {

Result<Layout> layout_of(const WriterConfig& config, const std::vector<std::string>& key_names,
                         const std::vector<std::string>& reader_columns) {
    MILLRACE_ASSIGN(IdMaker ids, IdMaker::create(config, key_names, reader_columns));
    Layout layout{.fields = {}, .ids = std::move(ids), .write_null = config.write_null};
    for (const Column& column : config.columns) {
        MILLRACE_ASSIGN(FieldEncoder encoder, FieldEncoder::create(column));
        layout.fields.push_back(std::move(encoder));
    }
    return layout;
}

std::optional<BatchDirty> Batch::add(const Change& change) {
    const std::optional<uint64_t> version = version_of(change);
    if (!version) return BatchDirty{"the time of the change cannot be a version", -1};
    if (const Status made = layout_.ids.make(change.key, id_); !made.ok()) {
        return BatchDirty{made.text(), -1};
    }
    EncodedChange encoded;
    encoded.kind = change.kind;
    encoded.version = *version;
    encoded.shared_version = version_is_shared(change);
    encoded.begin = static_cast<uint32_t>(body_.size());
    const bool remove = change.kind == ChangeKind::kDelete;
    // The id is written once, in place, and the lines around it.
    body_.append(remove ? kDeleteHead : kIndexHead);
    encoded.id_offset = static_cast<uint32_t>(body_.size());
    append_json_string(body_, id_);
    encoded.id_size = static_cast<uint32_t>(body_.size()) - encoded.id_offset;
    append_action_tail(body_, *version);
    fields_.resize(fields_.size() + layout_.fields.size());
    if (!remove) {
        if (auto dirty = add_document(change)) {
            body_.truncate(encoded.begin);
            fields_.resize(changes_.size() * layout_.fields.size());
            return dirty;
        }
    }
    encoded.end = static_cast<uint32_t>(body_.size());
    const auto index = static_cast<uint32_t>(changes_.size());
    changes_.push_back(encoded);
    sum_.add(body_.view().substr(encoded.begin));
    add_to_entry(change, index);
    return std::nullopt;
}

namespace {

// Writes the document line of a row or of an update, and where each value stands (when asked).
std::optional<BatchDirty> write_document(const Layout& layout, std::span<const Value> values,
                                         bool partial, Buffer& out, Field* fields) {
    out.append("{");
    const size_t begin = out.size();
    for (size_t i = 0; i < values.size(); ++i) {
        const FieldEncoder& encoder = layout.fields[i];
        const Value& value = values[i];
        if (!encoder.in_document()) continue;
        if (value.missing()) {
            if (partial && value.type == ValueType::kAbsent) continue;
            if (!layout.write_null) {
                if (fields) fields[i] = {static_cast<uint32_t>(begin), 0};
                continue;
            }
        }
        encoder.name().append(out);
        const size_t offset = out.size();
        if (value.missing()) {
            out.append("null");
        } else if (const char* reason = encoder.append(value, out)) {
            return BatchDirty{"the value " + std::string(reason), static_cast<int>(i)};
        }
        if (fields) {
            fields[i] = {static_cast<uint32_t>(offset), static_cast<uint32_t>(out.size() - offset)};
        }
        out.append(",");
    }
    if (out.size() > begin) out.truncate(out.size() - 1);
    out.append("}\n");
    return std::nullopt;
}

}  // namespace

std::optional<BatchDirty> append_row(const Layout& layout, std::span<const Value> values,
                                     Buffer& out) {
    if (values.size() != layout.fields.size()) return BatchDirty{"the row has other columns", -1};
    return write_document(layout, values, false, out, nullptr);
}

std::optional<BatchDirty> Batch::add_document(const Change& change) {
    const size_t width = layout_.fields.size();
    if (change.rows != 1 || change.width != width) {
        return BatchDirty{"column mode records cannot be documents; use row mode", -1};
    }
    return write_document(layout_, change.row(0), change.kind == ChangeKind::kUpdate, body_,
                          &fields_[changes_.size() * width]);
}

void Batch::add_to_entry(const Change& change, uint32_t index) {
    const EncodedChange& added = changes_[index];
    const std::string_view id_text = id(added);
    const auto fresh = static_cast<uint32_t>(entries_.size());
    const uint32_t found = table_.find_or_insert(
        XXH3_64bits(id_text.data(), id_text.size()), fresh,
        [&](uint32_t entry) { return id(changes_[entries_[entry].first]) == id_text; });
    if (found == IdTable::kNone) {
        entries_.push_back({index, index, 1, -1});
    } else {
        Entry& entry = entries_[found];
        changes_[entry.last].next = index;
        entry.last = index;
        ++entry.changes;
        plain_ = false;
    }
    Entry& entry = entries_[found == IdTable::kNone ? fresh : found];
    const bool image = layout_.keep_keys || added.shared_version;
    if (image && entry.key < 0) entry.key = keys_.add(change.key);
    if (layout_.keep_keys || change.kind == ChangeKind::kUpdate) plain_ = false;
}

void Batch::clear() {
    body_.clear();
    changes_.clear();
    fields_.clear();
    entries_.clear();
    table_.clear();
    keys_.clear();
    sum_ = {};
    plain_ = true;
}

}  // namespace millrace::elasticsearch
