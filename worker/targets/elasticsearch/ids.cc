#include "worker/targets/elasticsearch/ids.h"

#include <xxhash.h>

#include <algorithm>
#include <charconv>

#include "common/codec/utf8.h"
#include "common/crypto/digest.h"

namespace millrace::elasticsearch {

namespace {

constexpr size_t kIdBytesMax = 512;  // of the server
constexpr size_t kIdBytesKept = 400;

bool append_text(const Value& value, std::string& out) {
    switch (value.type) {
        case ValueType::kInteger: {
            char digits[24];
            out.append(digits, std::to_chars(digits, digits + sizeof digits, value.integer).ptr);
            return true;
        }
        case ValueType::kString: out.append(value.bytes); return true;
        case ValueType::kBinary: out.append(hex(value.bytes)); return true;
        default: return false;
    }
}

// Escapes '%' and the bytes of the delimiter in what was appended from `begin` on.
void escape(std::string& text, size_t begin, std::string_view delimiter) {
    const auto special = [&](char c) {
        return c == '%' || delimiter.find(c) != std::string_view::npos;
    };
    if (std::none_of(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), special))
        return;
    std::string escaped;
    for (size_t i = begin; i < text.size(); ++i) {
        if (special(text[i])) {
            escaped += '%' + hex(std::string_view(&text[i], 1));
        } else {
            escaped += text[i];
        }
    }
    text.replace(begin, text.size() - begin, escaped);
}

void shorten(std::string& id) {
    if (id.size() <= kIdBytesMax) return;
    const XXH128_hash_t hash = XXH3_128bits(id.data(), id.size());
    XXH128_canonical_t bytes;
    XXH128_canonicalFromHash(&bytes, hash);
    size_t end = kIdBytesKept;
    while (end > 0 && (static_cast<unsigned char>(id[end]) & 0xc0) == 0x80) --end;
    id.resize(end);
    id += '~' + hex({reinterpret_cast<const char*>(bytes.digest), sizeof bytes.digest});
}

Status not_the_key(const std::vector<std::string>& key_names) {
    std::string names;
    for (const std::string& name : key_names) names += (names.empty() ? "" : ", ") + name;
    return config_error(
        "elasticsearch writer: the columns of type id must be exactly the primary key of the table "
        "(" +
        names + "), or there must be none");
}

}  // namespace

Result<IdMaker> IdMaker::create(const WriterConfig& config,
                                const std::vector<std::string>& key_names,
                                const std::vector<std::string>& reader_columns) {
    if (reader_columns.size() != config.columns.size()) {
        return config_error("elasticsearch writer: the reader has " +
                            std::to_string(reader_columns.size()) + " columns, the writer " +
                            std::to_string(config.columns.size()) + "; they must be as many");
    }
    // primaryKeyInfo names columns as the documents have them, types stand beside the reader's.
    std::vector<std::string> id_names;
    for (size_t i = 0; i < config.columns.size(); ++i) {
        const Column& column = config.columns[i];
        const auto& listed = config.id_columns;
        const bool by_info = std::find(listed.begin(), listed.end(), column.name) != listed.end();
        if (column.type == ColumnType::kId || by_info) id_names.push_back(reader_columns[i]);
    }
    IdMaker maker;
    maker.delimiter_ = config.id_delimiter.empty() ? "," : config.id_delimiter;
    if (id_names.empty() && config.id_columns.empty()) id_names = key_names;
    for (const std::string& name : id_names) {
        const auto found = std::find(key_names.begin(), key_names.end(), name);
        if (found == key_names.end()) return not_the_key(key_names);
        maker.order_.push_back(static_cast<size_t>(found - key_names.begin()));
    }
    std::vector<size_t> distinct = maker.order_;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
    if (distinct.size() != key_names.size() || maker.order_.size() != key_names.size()) {
        return not_the_key(key_names);
    }
    const bool odd = std::any_of(
        maker.delimiter_.begin(), maker.delimiter_.end(),
        [](unsigned char c) { return c >= 0x80 || c <= ' ' || c == '%' || std::isxdigit(c); });
    if (odd && key_names.size() > 1) {
        return config_error(
            "elasticsearch writer: fieldDelimiter must be of ASCII signs other than %, blanks, 0-9 "
            "and "
            "a-f, so that every id belongs to one key");
    }
    return maker;
}

Status IdMaker::make(std::span<const Value> key, std::string& id) const {
    id.clear();
    for (size_t i = 0; i < order_.size(); ++i) {
        if (i > 0) id += delimiter_;
        const size_t begin = id.size();
        if (order_[i] >= key.size() || !append_text(key[order_[i]], id)) {
            return Status(Code::kDirtyRecord, "a key column has no value that can stand in an id");
        }
        if (order_.size() > 1) escape(id, begin, delimiter_);
    }
    if (id.empty()) return Status(Code::kDirtyRecord, "the id would be empty");
    const bool high = std::any_of(id.begin(), id.end(), [](char c) { return (c & 0x80) != 0; });
    if (high && !is_utf8(id)) return Status(Code::kDirtyRecord, "the id is not valid UTF-8");
    shorten(id);
    return {};
}

}  // namespace millrace::elasticsearch
