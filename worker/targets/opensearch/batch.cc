#include "worker/targets/opensearch/batch.h"

#include <xxhash.h>

#include "common/codec/json_writer.h"
#include "worker/targets/opensearch/encoder.h"

namespace millrace::opensearch {
namespace {

// An operation begins with its time, so that it can be left out: "{" and what stands behind it.
constexpr std::string_view kTimeHead = "{\"timestamp\":";
constexpr std::string_view kNull = "null";

std::string_view head_of(Command command) {
    switch (command) {
        case Command::kAdd: return "\"cmd\":\"add\",\"fields\":{";
        case Command::kUpsert: return "\"cmd\":\"upsert\",\"fields\":{";
        case Command::kDelete: break;
    }
    return "\"cmd\":\"delete\",\"fields\":{";
}

Command command_of(ChangeKind kind) {
    switch (kind) {
        case ChangeKind::kPut: return Command::kAdd;
        case ChangeKind::kUpdate: return Command::kUpsert;
        case ChangeKind::kDelete: break;
    }
    return Command::kDelete;
}

BatchDirty dirty_value(const char* reason, size_t column) {
    return {"the value " + std::string(reason), static_cast<int>(column)};
}

// After the fields: their last comma goes.
void close(Buffer& out) {
    if (out.view().ends_with(',')) out.truncate(out.size() - 1);
    out.append("}}");
}

void append_time(uint64_t time_ms, Buffer& out) {
    out.append(kTimeHead);
    append_json_integer(out, time_ms);
    out.append(",");
}

}  // namespace

std::optional<BatchDirty> Batch::add(const Change& change) {
    if (change.ordered_us < 0) return BatchDirty{"the time of the change is before 1970"};
    EncodedChange encoded;
    encoded.kind = change.kind;
    encoded.version = static_cast<uint64_t>(change.ordered_us) / 1000;
    encoded.begin = static_cast<uint32_t>(body_.size());
    fields_.resize(fields_.size() + layout_.names.size());
    if (auto dirty = add_operation(change, encoded)) {
        body_.truncate(encoded.begin);
        fields_.resize(changes_.size() * layout_.names.size());
        return dirty;
    }
    encoded.end = static_cast<uint32_t>(body_.size());
    const auto index = static_cast<uint32_t>(changes_.size());
    changes_.push_back(encoded);
    sum_.add(body_.view().substr(encoded.begin));
    add_to_entry(change, index);
    return std::nullopt;
}

std::optional<BatchDirty> Batch::add_operation(const Change& change, EncodedChange& encoded) {
    const size_t width = layout_.names.size();
    const bool remove = change.kind == ChangeKind::kDelete;
    if (!remove && (change.rows != 1 || change.width != width)) {
        return BatchDirty{"column mode records cannot be documents; use row mode"};
    }
    append_time(encoded.version, body_);
    body_.append(head_of(command_of(change.kind)));
    if (auto dirty = append_key(change, encoded)) return dirty;
    Field* const fields = &fields_[changes_.size() * width];
    for (size_t i = 0; !remove && i < width; ++i) {
        const Value& value = change.row(0)[i];
        // A document is whole without fields that are null; only an update must say it.
        const bool left_out = value.type == ValueType::kAbsent ||
                              (value.missing() && change.kind == ChangeKind::kPut);
        if (i == layout_.key_column || left_out) continue;
        layout_.names[i].append(body_);
        const auto offset = static_cast<uint32_t>(body_.size());
        if (value.missing()) {
            body_.append(kNull);
        } else if (const char* reason = append_value(value, body_)) {
            return dirty_value(reason, i);
        }
        fields[i] = {offset, static_cast<uint32_t>(body_.size()) - offset};
        body_.append(",");
    }
    close(body_);
    return std::nullopt;
}

std::optional<BatchDirty> Batch::append_key(const Change& change, EncodedChange& encoded) {
    if (!layout_.key_column) return std::nullopt;
    const size_t column = *layout_.key_column;
    if (!layout_.key_of_source && change.rows != 1) return BatchDirty{"the record has no key"};
    const Value& key =
        layout_.key_of_source ? change.key[*layout_.key_of_source] : change.row(0)[column];
    if (key.missing()) return dirty_value("of the key is missing", column);
    layout_.names[column].append(body_);
    encoded.id_offset = static_cast<uint32_t>(body_.size());
    if (const char* reason = append_value(key, body_)) return dirty_value(reason, column);
    encoded.id_size = static_cast<uint32_t>(body_.size()) - encoded.id_offset;
    if (id(encoded) == "\"\"") return dirty_value("of the key is empty", column);
    body_.append(",");
    return std::nullopt;
}

void Batch::add_to_entry(const Change& change, uint32_t index) {
    const EncodedChange& added = changes_[index];
    const auto fresh = static_cast<uint32_t>(entries_.size());
    uint32_t found = IdTable::kNone;
    if (layout_.key_column) {
        const std::string_view id_text = id(added);
        found = table_.find_or_insert(
            XXH3_64bits(id_text.data(), id_text.size()), fresh,
            [&](uint32_t entry) { return id(changes_[entries_[entry].first]) == id_text; });
    }
    if (found == IdTable::kNone) {
        found = fresh;
        entries_.push_back({index, index, 1, -1});
    } else {
        Entry& entry = entries_[found];
        changes_[entry.last].next = index;
        entry.last = index;
        ++entry.changes;
    }
    Entry& entry = entries_[found];
    const bool keep =
        layout_.keep_keys || (layout_.keep_keys_of_updates && change.kind == ChangeKind::kUpdate);
    if (keep && entry.key < 0) entry.key = keys_.add(change.key);
}

void Batch::append_change(const EncodedChange& change, Buffer& out) const {
    const std::string_view whole = body_.view().substr(change.begin, change.end - change.begin);
    if (layout_.timestamps) {
        out.append(whole);
    } else {
        out.append("{");
        out.append(whole.substr(whole.find(',') + 1));
    }
}

void Batch::open_operation(Command command, std::string_view key, uint64_t time_ms,
                           Buffer& out) const {
    if (layout_.timestamps) {
        append_time(time_ms, out);
    } else {
        out.append("{");
    }
    out.append(head_of(command));
    if (!layout_.key_column) return;
    layout_.names[*layout_.key_column].append(out);
    out.append(key);
    out.append(",");
}

void Batch::append_folded(const Entry& entry, const Folded& folded, Buffer& out) const {
    if (folded.only != EncodedChange::kNone) return append_change(changes_[folded.only], out);
    const std::string_view key = id(changes_[entry.first]);
    if (folded.kind == Folded::Kind::kDelete) return append_delete(entry, folded.version, out);
    const bool whole = folded.kind == Folded::Kind::kWhole;
    open_operation(whole ? Command::kAdd : Command::kUpsert, key, folded.version, out);
    for (size_t i = 0; i < folded.fields.size(); ++i) {
        const Field& field = folded.fields[i];
        if (!field.said() || (whole && text(field) == kNull)) continue;
        layout_.names[i].append(out);
        out.append(text(field));
        out.append(",");
    }
    close(out);
}

std::optional<BatchDirty> Batch::append_image(const Entry& entry, std::span<const Value> row,
                                              uint64_t time_ms, Buffer& out) const {
    if (row.size() != layout_.names.size()) return BatchDirty{"the row has other columns"};
    open_operation(Command::kAdd, id(changes_[entry.first]), time_ms, out);
    for (size_t i = 0; i < row.size(); ++i) {
        if (i == layout_.key_column || row[i].missing()) continue;
        layout_.names[i].append(out);
        if (const char* reason = append_value(row[i], out)) return dirty_value(reason, i);
        out.append(",");
    }
    close(out);
    return std::nullopt;
}

void Batch::append_delete(const Entry& entry, uint64_t time_ms, Buffer& out) const {
    open_operation(Command::kDelete, id(changes_[entry.first]), time_ms, out);
    close(out);
}

void Batch::clear() {
    body_.clear();
    changes_.clear();
    fields_.clear();
    entries_.clear();
    table_.clear();
    keys_.clear();
    sum_ = {};
}

}  // namespace millrace::opensearch
