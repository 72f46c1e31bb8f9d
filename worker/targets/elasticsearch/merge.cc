#include "worker/targets/elasticsearch/merge.h"

#include <simdjson.h>

#include "common/codec/json_writer.h"

namespace millrace::elasticsearch {

namespace {

void append_fields(const Batch& batch, const Folded& folded, Buffer& out) {
    const bool all = folded.kind == Folded::Kind::kWhole && batch.layout().write_null;
    for (size_t i = 0; i < folded.fields.size(); ++i) {
        const FieldEncoder& encoder = batch.layout().fields[i];
        const Field& field = folded.fields[i];
        if (!encoder.in_document() || field.left_out() || (!field.said() && !all)) continue;
        encoder.name().append(out);
        out.append(field.said() ? batch.text(field) : "null");
        out.append(",");
    }
}

void close(Buffer& out, size_t begin) {
    if (out.size() > begin) out.truncate(out.size() - 1);
    out.append("}\n");
}

bool is_overwritten(const Batch& batch, const Folded& folded, std::string_view name) {
    for (size_t i = 0; i < folded.fields.size(); ++i) {
        if (folded.fields[i].said() && batch.layout().fields[i].name().plain() == name) return true;
    }
    return false;
}

Status broken() {
    return Status(Code::kCorrupt, "a stored document is no JSON object");
}

}  // namespace

void append_document(const Batch& batch, const Folded& folded, Buffer& out) {
    out.append("{");
    const size_t begin = out.size();
    append_fields(batch, folded, out);
    close(out, begin);
}

Status append_merged(const Batch& batch, const Folded& folded, std::string_view stored,
                     Buffer& out) {
    // Line ends only stand between tokens of valid JSON: minified, the document is one line.
    thread_local simdjson::ondemand::parser parser;
    thread_local Buffer one_line;
    size_t size = 0;
    one_line.clear();
    char* text = one_line.room(stored.size() + simdjson::SIMDJSON_PADDING);
    if (simdjson::minify(stored.data(), stored.size(), text, size)) return broken();
    one_line.commit(size);
    simdjson::ondemand::document document;
    simdjson::ondemand::object root;
    const simdjson::padded_string_view padded(text, size, size + simdjson::SIMDJSON_PADDING);
    if (parser.iterate(padded).get(document) || document.get_object().get(root)) return broken();
    out.append("{");
    const size_t begin = out.size();
    append_fields(batch, folded, out);
    for (auto member : root) {
        std::string_view name, raw;
        simdjson::ondemand::value value;
        if (member.unescaped_key().get(name)) return broken();
        const bool overwritten = is_overwritten(batch, folded, name);
        if (!overwritten) {
            append_json_string(out, name);
            out.append(":");
        }
        if (member.value().get(value)) return broken();
        if (overwritten) continue;
        if (simdjson::to_json_string(value).get(raw)) return broken();
        out.append(raw);
        out.append(",");
    }
    close(out, begin);
    return {};
}

}  // namespace millrace::elasticsearch
