#include "tests/standin/opensearch_search.h"

#include <algorithm>
#include <set>

#include "common/crypto/digest.h"
#include "tests/standin/opensearch_query.h"

namespace millrace::standin {
namespace {

using nlohmann::ordered_json;

constexpr int64_t kDepthMax = 5000;
constexpr int64_t kHitMax = 500;

struct Match {
    const std::string* key;
    const ordered_json* fields;
};

std::string parameter(const OpenSearchPairs& pairs, const std::string& name) {
    const auto found = pairs.find(name);
    return found == pairs.end() ? std::string() : found->second;
}

std::set<std::string> wanted_fields(const std::string& text) {
    std::set<std::string> names;
    for (size_t from = 0; from < text.size();) {
        const size_t end = std::min(text.find(';', from), text.size());
        names.insert(text.substr(from, end - from));
        from = end + 1;
    }
    return names;
}

ordered_json item_of(const ordered_json& fields, const std::set<std::string>& wanted,
                     const std::string& format, const std::string& app) {
    ordered_json texts = ordered_json::object();
    for (const auto& [name, value] : fields.items())
        if (wanted.empty() || wanted.contains(name)) texts[name] = opensearch_text(value);
    if (format == "fulljson")
        return {{"fields", std::move(texts)},
                {"property", ordered_json::object()},
                {"attribute", ordered_json::object()},
                {"variableValue", ordered_json::object()},
                {"sortExprValues", ordered_json::array({"10000"})}};
    texts["index_name"] = app;
    return texts;
}

std::vector<Match> matches(OpenSearchApp& app, const OpenSearchQuery& query, int64_t now_ms) {
    std::vector<Match> found;
    for (auto& [name, table] : app.tables)
        for (const auto& [key, document] : table.visible(now_ms))
            if (!document->deleted && query.matches(document->fields))
                found.push_back({&key, &document->fields});
    std::stable_sort(found.begin(), found.end(), [&](const Match& a, const Match& b) {
        return query.before(*a.fields, *b.fields);
    });
    return found;
}

// Only the part of a scan that begins behind `scroll_id`. The first answer holds no documents.
void page_of_scan(const std::string& scroll_id, const OpenSearchQuery& query,
                  std::vector<Match>& found, std::string& next_id) {
    std::stable_sort(found.begin(), found.end(),
                     [](const Match& a, const Match& b) { return *a.key < *b.key; });
    if (scroll_id.empty()) {
        found.clear();
        next_id.assign(1, '0');
        return;
    }
    if (scroll_id != "0") {
        const std::string last = from_hex(scroll_id.substr(1));
        if (last.empty()) throw OpenSearchError{6001, "Bad scroll_id"};
        const auto behind = std::find_if(found.begin(), found.end(),
                                         [&](const Match& match) { return *match.key > last; });
        found.erase(found.begin(), behind);
    }
    found.resize(std::min(found.size(), static_cast<size_t>(query.hit)));
    next_id = found.empty() ? scroll_id : '1' + hex(*found.back().key);
}

}  // namespace

ordered_json search(OpenSearchApp& app, const OpenSearchPairs& pairs, int64_t now_ms) {
    OpenSearchQuery query = OpenSearchQuery::parse(parameter(pairs, "query"));
    const std::string format = parameter(pairs, "format");
    if (!format.empty()) query.format = format;
    const bool scan = parameter(pairs, "search_type") == "scan" || pairs.contains("scroll_id");
    if (query.start < 0 || query.hit < 0 || query.hit > kHitMax ||
        (!scan && query.start + query.hit > kDepthMax))
        throw OpenSearchError{6013, "start + hit is too large"};

    std::vector<Match> found = matches(app, query, now_ms);
    const size_t total = found.size();
    std::string scroll_id;
    if (scan) {
        page_of_scan(parameter(pairs, "scroll_id"), query, found, scroll_id);
    } else {
        const size_t first = std::min(found.size(), static_cast<size_t>(query.start));
        found.erase(found.begin(), found.begin() + static_cast<ptrdiff_t>(first));
        found.resize(std::min(found.size(), static_cast<size_t>(query.hit)));
    }
    const auto wanted = wanted_fields(parameter(pairs, "fetch_fields"));
    ordered_json items = ordered_json::array();
    for (const Match& match : found)
        items.push_back(item_of(*match.fields, wanted, query.format, app.name));
    ordered_json result = {
        {"searchtime", 0.001},
        {"total", total},
        {"num", items.size()},
        {"viewtotal", std::min<size_t>(total, kDepthMax)},
        {"compute_cost", ordered_json::array({{{"index_name", app.name}, {"value", 0.1}}})},
        {"items", std::move(items)},
        {"facet", ordered_json::array()}};
    if (scan) result["scroll_id"] = scroll_id;
    return result;
}

}  // namespace millrace::standin
