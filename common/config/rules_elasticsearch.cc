#include "common/config/plugin_rules.h"
#include "common/config/rule_pieces.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

void check_index_name(const ParameterValues& writer, Findings& findings) {
    const std::string index = writer.text("index");
    if (index.empty()) return;
    const bool good =
        index.size() <= 255 && index != "." && index != ".." &&
        std::string_view("-_+").find(index.front()) == std::string_view::npos &&
        index.find_first_of("\\/*?\"<>| ,#:ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos;
    if (good) return;
    findings.error(
        writer.place_of("index"), "index-name",
        "\"index\" must be in small letters, at most 255 bytes, without \\ / * ? \" < > | , "
        "# : and blanks, and not begin with - _ +");
}

// Each column of the elasticsearch writer against its own table.
void check_search_columns(ParameterValues& writer, Findings& findings) {
    const auto node = writer.nodes.find("column");
    if (node == writer.nodes.end() || !writer.plain.contains("column")) return;
    Json columns = Json::array();
    for (const Node& item : node->second->items) {
        const std::string what = "a column of the writer";
        ParameterValues values = read_values(Owner::kElasticsearchColumn, item, what, findings);
        if (values.text("name") == "pk" && !values.has("type")) values.plain["type"] = "id";
        check_required(Owner::kElasticsearchColumn, values, what, {}, findings);
        columns.push_back(std::move(values.plain));
    }
    writer.plain["column"] = std::move(columns);
}

}  // namespace

void check_elasticsearch(ParameterValues& writer, Findings& findings) {
    check_address(writer, "endpoint", findings);
    check_index_name(writer, findings);
    check_search_columns(writer, findings);
    check_columns_once(writer, true, findings);
}

}  // namespace millrace
