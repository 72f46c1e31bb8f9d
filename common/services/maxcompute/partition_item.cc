#include "common/services/maxcompute/partition_item.h"

#include <nlohmann/json.hpp>

namespace millrace::maxcompute {
namespace {

using Json = nlohmann::json;

constexpr int kVersion = 1;

// Runs `read`; what it throws becomes a status.
template <typename T, typename Read>
Result<T> guarded(const std::string& text, const char* what, Read read) {
    try {
        const Json json = Json::parse(text);
        if (json.at("v") == kVersion) {
            T value;
            read(json, value);
            return value;
        }
    } catch (const Json::exception&) {
        // said below
    }
    return Status(Code::kCorrupt,
                  std::string("the ledger's ") + what + " of MaxCompute rows cannot be read");
}

}  // namespace

std::string RowsStart::json() const {
    return Json{{"v", kVersion}, {"partition", partition}, {"session", session},
                {"rows", rows},  {"first", first},         {"count", count}}
        .dump();
}

Result<RowsStart> RowsStart::parse(const std::string& text) {
    return guarded<RowsStart>(text, "start", [](const Json& json, RowsStart& start) {
        json.at("partition").get_to(start.partition);
        json.at("session").get_to(start.session);
        json.at("rows").get_to(start.rows);
        json.at("first").get_to(start.first);
        json.at("count").get_to(start.count);
    });
}

std::string RowsPosition::json() const {
    return Json{{"v", kVersion}, {"row", row}}.dump();
}

Result<RowsPosition> RowsPosition::parse(const std::string& text) {
    return guarded<RowsPosition>(text, "position", [](const Json& json, RowsPosition& place) {
        json.at("row").get_to(place.row);
    });
}

}  // namespace millrace::maxcompute
