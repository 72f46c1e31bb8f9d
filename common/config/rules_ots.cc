#include <set>

#include "common/config/ots_address.h"
#include "common/config/ots_reader.h"
#include "common/config/plugin_rules.h"
#include "common/config/rule_pieces.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

bool is_multi_version(const ParameterValues& plugin) {
    return plugin.text("mode") == "multiVersion";
}

bool is_tag(const Json& item) {
    const Json tag = item.is_object() ? item.value("is_timeseries_tag", Json(false)) : Json(false);
    return tag == true || tag == "true";
}

// The list as it is, or an empty one after an error.
Json list_of(const ParameterValues& values, const char* name, Findings& findings) {
    const auto found = values.plain.find(name);
    if (found == values.plain.end()) return Json::array();
    if (found->is_array()) return *found;
    findings.error(values.place_of(name), "wrong-type",
                   "\"" + std::string(name) + "\" must be a list [ … ]");
    return Json::array();
}

void tell_tag(Place place, Findings& findings) {
    findings.error(place, "not-built-yet", "time-series columns are not built yet in this version");
}

// One column of the reader in its final form; null after an error.
Json reader_column(const Json& item, bool multi_version, Place place, Findings& findings) {
    if (is_tag(item)) {
        tell_tag(place, findings);
        return {};
    }
    const Result<TableColumn> column = read_table_column(item);
    if (!column.ok()) {
        findings.error(place, "column-form", column.status().text());
        return {};
    }
    if (!column->constant) return {{"name", column->name}};
    if (multi_version) {
        findings.error(place, "multi-version",
                       "a constant column has no place in \"mode\": \"multiVersion\": its rows are "
                       "keys, column name, timestamp and value");
        return {};
    }
    return {{"type", word_of(column->constant->type)}, {"value", scalar_text(item["value"])}};
}

void check_versions(ParameterValues& reader, Findings& findings) {
    if (!is_multi_version(reader)) {
        for (const char* name : {"timeRange", "maxVersion"}) {
            leave_out(reader, name, "it is for \"mode\": \"multiVersion\"", findings);
        }
        return;
    }
    if (!reader.plain.contains("timeRange")) return;
    Json plain = Json::object();
    for (const auto& [key, value] : reader.plain["timeRange"].items()) {
        const std::optional<int64_t> ms = whole_number(scalar_text(value));
        if ((key != "begin" && key != "end") || !ms || *ms < 0) {
            findings.error(reader.place_of("timeRange"), "time-range",
                           "\"timeRange\" must be {\"begin\": ms, \"end\": ms}");
            return;
        }
        plain[key] = *ms;
    }
    if (plain.contains("begin") && plain.contains("end") && plain["begin"] >= plain["end"]) {
        findings.error(reader.place_of("timeRange"), "time-range",
                       "the end of \"timeRange\" must come after its begin");
    }
    reader.plain["timeRange"] = std::move(plain);
}

void check_keys(const ParameterValues& writer, std::set<std::string>& names, Findings& findings) {
    const Json keys = list_of(writer, "primaryKey", findings);
    if (writer.stands("primaryKey") && (keys.empty() || keys.size() > kKeyColumnsMax)) {
        findings.error(writer.place_of("primaryKey"), "key-count",
                       "\"primaryKey\" must name all key columns of the table, 1 to 4");
    }
    for (size_t i = 0; i < keys.size(); ++i) {
        const Place place = place_of_item(writer, "primaryKey", i);
        const Result<NamedType> key = read_named_type(keys[i], false);
        if (!key.ok()) {
            findings.error(place, "column-form", "a key column " + key.status().text());
        } else if (key->type == ValueType::kDouble || key->type == ValueType::kBoolean) {
            findings.error(place, "key-type",
                           "a key column must be string, int or binary: \"" + key->name + "\"");
        } else if (!names.insert(key->name).second) {
            findings.error(place, "duplicate-column",
                           "the column \"" + key->name + "\" stands twice in \"primaryKey\"");
        }
    }
}

void check_attributes(const ParameterValues& writer, std::set<std::string>& names,
                      Findings& findings) {
    const Json columns = list_of(writer, "column", findings);
    for (size_t i = 0; i < columns.size(); ++i) {
        const Place place = place_of_item(writer, "column", i);
        const Result<NamedType> column = read_named_type(columns[i], true);
        if (is_tag(columns[i])) {
            tell_tag(place, findings);
        } else if (!column.ok()) {
            findings.error(place, "column-form", "a column " + column.status().text());
        } else if (!names.insert(column->name).second) {
            findings.error(place, "duplicate-column",
                           "the column \"" + column->name +
                               "\" stands twice in \"primaryKey\" and \"column\"");
        }
    }
}

void check_normal(ParameterValues& writer, std::set<std::string>& names, Findings& findings) {
    check_attributes(writer, names, findings);
    const std::string mode = writer.text("writeMode");
    if (mode.empty()) {
        findings.error(writer.place_of("writeMode"), "missing-parameter",
                       "writer \"ots\" needs \"writeMode\": PutRow, UpdateRow or DeleteRow");
    } else if (mode == "UpdateRow" && writer.plain["column"].empty()) {
        findings.error(writer.place_of("column"), "no-columns",
                       "\"column\" names no column: UpdateRow has nothing to write");
    }
    if (!writer.text("columnNamePrefixFilter").empty()) {
        leave_out(writer, "columnNamePrefixFilter", "it is for \"mode\": \"multiVersion\"",
                  findings);
    }
}

void check_multi_version(ParameterValues& writer, Findings& findings) {
    const std::string mode = writer.text("writeMode");
    if (!mode.empty() && mode != "UpdateRow") {
        findings.error(writer.place_of("writeMode"), "multi-version",
                       "\"mode\": \"multiVersion\" writes cell by cell: \"writeMode\" must be "
                       "UpdateRow, or be left out");
    }
    writer.plain["writeMode"] = "UpdateRow";
    if (!writer.plain["column"].empty()) {
        findings.error(writer.place_of("column"), "multi-version",
                       "with \"mode\": \"multiVersion\" the rows bring the column names: leave "
                       "\"column\" out");
    }
}

}  // namespace

void check_ots_address(ParameterValues& plugin, Findings& findings) {
    check_address(plugin, "endpoint", findings);
    std::string instance = plugin.text("instanceName");
    if (instance.ends_with('.')) {
        instance.pop_back();
        findings.note(plugin.place_of("instanceName"), "trailing-dot",
                      "the dot at the end of \"instanceName\" is left out");
        plugin.plain["instanceName"] = instance;
    }
}

void check_ots_reader(ParameterValues& reader, Findings& findings) {
    check_ots_address(reader, findings);
    const Json given = list_of(reader, "column", findings);
    Json columns = Json::array();
    for (size_t i = 0; i < given.size(); ++i) {
        Json column = reader_column(given[i], is_multi_version(reader),
                                    place_of_item(reader, "column", i), findings);
        if (!column.is_null()) columns.push_back(std::move(column));
    }
    reader.plain["column"] = std::move(columns);
    check_columns_once(reader, is_multi_version(reader), findings);
    check_ots_range(reader, findings);
    check_versions(reader, findings);
}

void check_ots_writer(ParameterValues& writer, Findings& findings) {
    check_ots_address(writer, findings);
    std::set<std::string> names;
    check_keys(writer, names, findings);
    if (is_multi_version(writer)) {
        check_multi_version(writer, findings);
    } else {
        check_normal(writer, names, findings);
    }
}

}  // namespace millrace
