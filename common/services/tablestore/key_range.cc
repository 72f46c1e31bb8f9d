#include "common/services/tablestore/key_range.h"

#include <nlohmann/json.hpp>

#include "common/codec/plainbuffer/order.h"
#include "common/codec/plainbuffer/reader.h"
#include "common/crypto/digest.h"

namespace millrace::tablestore {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;

Status malformed(const char* what) {
    return Status(Code::kCorrupt, std::string("the ledger holds a malformed ") + what);
}

// Calls `read` with the parsed object; any misfit is kCorrupt.
template <typename T, typename Read>
Result<T> parse(const std::string& text, const char* what, Read read) {
    const json object = json::parse(text, nullptr, false);
    if (object.is_discarded() || !object.is_object()) return malformed(what);
    try {
        if (object.at("v").get<int>() != kVersion) return malformed(what);
        return read(object);
    } catch (const json::exception&) {
        return malformed(what);
    }
}

}  // namespace

std::string to_json(const KeyRange& range) {
    return json{{"v", kVersion},
                {"begin", base64(range.begin)},
                {"end", base64(range.end)},
                {"direction", range.forward ? "forward" : "backward"}}
        .dump();
}

std::string to_json(const RangePosition& position) {
    return json{{"v", kVersion}, {"after", base64(position.after)}, {"rows", position.rows}}.dump();
}

Result<KeyRange> parse_key_range(const std::string& text) {
    return parse<KeyRange>(text, "range of keys", [](const json& object) -> Result<KeyRange> {
        KeyRange range;
        range.begin = from_base64(object.at("begin").get<std::string>());
        range.end = from_base64(object.at("end").get<std::string>());
        const auto direction = object.at("direction").get<std::string>();
        range.forward = direction == "forward";
        const bool fine = range.forward || direction == "backward";
        if (!fine || range.begin.empty() || range.end.empty()) return malformed("range of keys");
        return range;
    });
}

Result<RangePosition> parse_range_position(const std::string& text) {
    return parse<RangePosition>(text, "position in a range",
                                [](const json& object) -> Result<RangePosition> {
                                    RangePosition position;
                                    const auto after = object.at("after").get<std::string>();
                                    position.after = from_base64(after);
                                    position.rows = object.at("rows").get<uint64_t>();
                                    if (position.after.empty() != after.empty())
                                        return malformed("position in a range");
                                    return position;
                                });
}

Result<std::strong_ordering> compare_keys(std::string_view left, std::string_view right) {
    plainbuffer::Row first, second;
    MILLRACE_TRY(plainbuffer::read_row(left, first));
    MILLRACE_TRY(plainbuffer::read_row(right, second));
    return plainbuffer::compare(first.key, second.key);
}

}  // namespace millrace::tablestore
