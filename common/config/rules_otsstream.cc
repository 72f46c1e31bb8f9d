#include "common/config/plugin_rules.h"
#include "common/config/rule_pieces.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

}  // namespace

void check_otsstream(ParameterValues& reader, Findings& findings) {
    check_ots_address(reader, findings);
    auto& columns = reader.plain["column"];
    const auto given = reader.nodes.find("column");
    const bool row_mode = reader.text("mode") == kRowMode;
    if (!row_mode && columns.is_array() && !columns.empty()) {
        findings.warning(
            reader.place_of("column"), "column-without-effect",
            std::string("\"column\" has no effect without \"mode\": \"") + kRowMode + "\"");
        columns = Json::array();
    }
    if (row_mode && given == reader.nodes.end()) {
        findings.error(
            reader.place, "missing-parameter",
            "mode single_version_and_update_only needs \"column\": [ {\"name\": \"uid\"}, … ]");
    } else if (row_mode && given->second->is_list() && given->second->items.empty()) {
        findings.error(reader.place_of("column"), "no-columns",
                       "\"column\" names no column: a row needs at least one");
    }
    if (!columns.is_array()) return;
    Json plain = Json::array();
    for (size_t i = 0; i < columns.size(); ++i) {
        const Json tag = columns[i].value("is_timeseries_tag", Json(false));
        if (tag == true || tag == "true") {
            findings.error(place_of_item(reader, "column", i), "not-built-yet",
                           "time-series columns are not built yet in this version");
        }
        plain.push_back({{"name", columns[i]["name"]}});
    }
    columns = std::move(plain);
    check_columns_once(reader, false, findings);
    if (row_mode && reader.plain["isExportSequenceInfo"] == true) {
        findings.note(
            reader.place_of("isExportSequenceInfo"), "sequence-column",
            "the sequence is added as a last column, as DataX does; its documents say false "
            "only");
    }
}

}  // namespace millrace
