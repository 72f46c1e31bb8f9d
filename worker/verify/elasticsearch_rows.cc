#include "worker/verify/elasticsearch_rows.h"

#include <simdjson.h>

#include "common/codec/json_writer.h"
#include "common/record/packed.h"
#include "worker/targets/elasticsearch/versions.h"
#include "worker/targets/row_rules.h"

namespace millrace {

using elasticsearch::FieldEncoder;

Result<std::unique_ptr<ElasticsearchRows>> ElasticsearchRows::create(
    elasticsearch::Client& client, const elasticsearch::WriterConfig& config,
    const RecordShape& source) {
    MILLRACE_ASSIGN(
        elasticsearch::Layout layout,
        elasticsearch::layout_of(config, names_of(source.key), names_of(source.columns)));
    return std::unique_ptr<ElasticsearchRows>(
        new ElasticsearchRows(client, config, std::move(layout)));
}

ElasticsearchRows::ElasticsearchRows(elasticsearch::Client& client,
                                     const elasticsearch::WriterConfig& config,
                                     elasticsearch::Layout layout)
    : client_(client),
      index_(config.index),
      propagate_deletes_(config.propagate_deletes),
      layout_(std::move(layout)) {}

Result<bool> ElasticsearchRows::want(const Change& change, WantedRow& wanted) {
    wanted = {};
    const bool remove = change.kind == ChangeKind::kDelete;
    if (remove ? !propagate_deletes_ : says_nothing(change)) return false;
    const std::optional<uint64_t> version = elasticsearch::version_of(change);
    if (!version || !layout_.ids.make(change.key, wanted.id).ok()) return false;
    if (!remove && !encode(change, wanted.fields)) return false;
    wanted.shown = wanted.id;
    wanted.last = change.kind;
    wanted.whole = change.kind == ChangeKind::kPut;
    wanted.version = *version;
    text_.clear();
    pack(change.key, text_);
    wanted.source_key = text_.view();
    return true;
}

// False when a value cannot be written: the record is dirty.
bool ElasticsearchRows::encode(const Change& change, FieldTexts& fields) {
    const size_t width = layout_.fields.size();
    if (change.rows != 1 || change.width != width) return false;
    fields.resize(width);
    for (size_t i = 0; i < width; ++i) {
        const Value& value = change.row(0)[i];
        const bool left_alone =
            change.kind == ChangeKind::kUpdate && value.type == ValueType::kAbsent;
        if (!layout_.fields[i].in_document() || left_alone) continue;
        text_.clear();
        if (!value.missing() && layout_.fields[i].append(value, text_) != nullptr) return false;
        fields[i] = text_.view();
    }
    return true;
}

Result<std::vector<StoredRow>> ElasticsearchRows::get(std::span<const WantedRow* const> rows) {
    Buffer body;
    body.append("{\"ids\":[");
    for (const WantedRow* row : rows) {
        append_json_string(body, row->id);
        body.append(row == rows.back() ? "]}" : ",");
    }
    MILLRACE_ASSIGN(const HttpAnswer answer, client_.mget(index_, body.view(), true));
    std::vector<elasticsearch::Found> found;
    MILLRACE_TRY(elasticsearch::read_mget_reply(answer.body, rows.size(), found));
    std::vector<StoredRow> stored;
    for (const elasticsearch::Found& one : found) {
        MILLRACE_ASSIGN(StoredRow row, read(one));
        stored.push_back(std::move(row));
    }
    return stored;
}

bool ElasticsearchRows::equal(const std::string& wanted, const std::string& stored) const {
    if (wanted == stored) return true;
    if (wanted.empty() || stored.empty()) return false;
    return nlohmann::json::parse(wanted, nullptr, false) ==
           nlohmann::json::parse(stored, nullptr, false);
}

Result<StoredRow> ElasticsearchRows::read(const elasticsearch::Found& found) const {
    StoredRow row{found.found, std::nullopt, FieldTexts(layout_.fields.size())};
    if (!found.found) return row;
    row.version = found.version;
    thread_local simdjson::ondemand::parser parser;
    const simdjson::padded_string padded(found.source);
    simdjson::ondemand::document document;
    simdjson::ondemand::object root;
    const Status broken(Code::kCorrupt, "a stored document is no JSON object");
    if (parser.iterate(padded).get(document) || document.get_object().get(root)) return broken;
    for (auto member : root) {
        std::string_view name, raw;
        simdjson::ondemand::value value;
        if (member.unescaped_key().get(name)) return broken;
        const std::string key(name);
        if (member.value().get(value) || simdjson::to_json_string(value).get(raw)) return broken;
        for (size_t i = 0; i < layout_.fields.size(); ++i) {
            if (layout_.fields[i].name().plain() == key) row.fields[i] = raw == "null" ? "" : raw;
        }
    }
    return row;
}

}  // namespace millrace
