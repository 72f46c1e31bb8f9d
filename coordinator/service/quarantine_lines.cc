#include "coordinator/service/quarantine_lines.h"

#include <set>

namespace millrace {

using nlohmann::json;

std::vector<json> quarantine_entries(const std::vector<std::string>& lines) {
    std::vector<json> entries;
    std::set<json> seen;
    for (const std::string& line : lines) {
        const json form = json::parse(line, nullptr, false);
        if (!form.is_object() || !form.contains("shard") || !form.contains("sequence")) continue;
        const json key = {form["shard"], form["sequence"], form.value("row", 0)};
        if (!seen.insert(key).second) continue;
        entries.push_back({{"shard", form["shard"]},
                           {"sequence", form["sequence"]},
                           {"reason", form.value("reason", "")},
                           {"column", form.value("column", "")}});
    }
    return entries;
}

}  // namespace millrace
