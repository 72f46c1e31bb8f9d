#include "worker/targets/opensearch/encoder.h"

#include <cmath>

#include "common/codec/json_writer.h"
#include "common/codec/utf8.h"

namespace millrace::opensearch {
namespace {

constexpr int64_t kDayMs = 86'400'000;

// Sequences that the service separates fields and documents with: it would drop the document later,
// without a word.
bool has_reserved(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (static_cast<unsigned char>(c) >= 0x20) continue;
        if (c == '\x03' || c == '\x1c' || c == '\x1d') return true;
        if ((c == '\x1e' || c == '\x1f') && i + 1 < text.size() && text[i + 1] == '\n') return true;
    }
    return false;
}

const char* append_text(std::string_view text, Buffer& out) {
    const size_t before = out.size();
    const bool wide = append_json_string(out, text);
    // Control characters are escaped, so text that only got its quotes has none.
    const bool escaped = out.size() - before != text.size() + 2;
    if (escaped && has_reserved(text)) return "holds a control character that OpenSearch reserves";
    if (wide && !is_utf8(text)) return "is not valid UTF-8";
    return nullptr;
}

}  // namespace

const char* append_value(const Value& value, Buffer& out) {
    switch (value.type) {
        case ValueType::kInteger:
        case ValueType::kDatetime: append_json_integer(out, value.integer); return nullptr;
        case ValueType::kDate: append_json_integer(out, value.integer * kDayMs); return nullptr;
        case ValueType::kDouble:
            if (!std::isfinite(value.real)) return "is not a finite number";
            append_json_double(out, value.real);
            return nullptr;
        case ValueType::kBoolean:
            out.append(value.boolean ? "\"true\"" : "\"false\"");
            return nullptr;
        case ValueType::kString:
        case ValueType::kBinary: return append_text(value.bytes, out);
        case ValueType::kAbsent:
        case ValueType::kNull: break;
    }
    return "is missing";
}

}  // namespace millrace::opensearch
