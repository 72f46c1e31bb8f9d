#include <algorithm>

#include "common/config/ascii.h"
#include "common/config/odps_partition.h"
#include "common/config/plugin_rules.h"
#include "common/config/rule_pieces.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

void check_table(ParameterValues& plugin, Findings& findings) {
    check_address(plugin, "odpsServer", findings);
    check_address(plugin, "tunnelServer", findings);
    const std::string table = plugin.text("table");
    const auto plain = [](char c) { return ascii::is_letter(c) || ascii::is_digit(c) || c == '_'; };
    if (std::all_of(table.begin(), table.end(), plain)) return;
    findings.error(plugin.place_of("table"), "table-name",
                   table.find('.') == std::string::npos
                       ? "\"table\" must be letters, digits and _"
                       : "\"table\" must be the name only: \"project\" and \"schema\" are "
                         "parameters of their own");
}

void check_blank_columns(const ParameterValues& plugin, Findings& findings) {
    const Json& columns = plugin.plain["column"];
    for (size_t i = 0; i < columns.size(); ++i) {
        if (!ascii::trimmed(columns[i].get_ref<const std::string&>()).empty()) continue;
        findings.error(place_of_item(plugin, "column", i), "column-form",
                       "\"column\" holds a blank name");
    }
}

void check_partition_patterns(ParameterValues& reader, Findings& findings) {
    Json& partitions = reader.plain["partition"];
    for (size_t i = 0; i < partitions.size(); ++i) {
        const std::string text = partitions[i];
        const auto node = reader.nodes.find("partition");
        const bool listed = node != reader.nodes.end() && node->second->is_list();
        const Place place =
            listed ? place_of_item(reader, "partition", i) : reader.place_of("partition");
        if (ascii::trimmed(text).starts_with("/*")) {
            findings.error(place, "not-built-yet",
                           "a /*query*/ in \"partition\" is not built yet in this version: list "
                           "the partitions, with * where any value is meant");
            continue;
        }
        const Result<OdpsPartition> partition = parse_odps_partition(text, true);
        if (!partition.ok()) {
            findings.error(place, "partition-form", "\"partition\": " + partition.status().text());
            continue;
        }
        partitions[i] = to_text(*partition);
    }
}

// The partition of the writer in its final form.
void check_partition(ParameterValues& writer, Findings& findings) {
    const Place place = writer.place_of("partition");
    const Result<OdpsPartition> partition = parse_odps_partition(writer.text("partition"));
    if (!partition.ok()) {
        findings.error(place, "partition-form", "\"partition\": " + partition.status().text());
        return;
    }
    writer.plain["partition"] = to_text(*partition);
    const Json& columns = writer.plain["column"];
    for (size_t i = 0; i < columns.size(); ++i) {
        for (const auto& [name, value] : *partition) {
            if (!ascii::same_without_case(name, columns[i].get_ref<const std::string&>())) continue;
            findings.error(place_of_item(writer, "column", i), "not-built-yet",
                           "\"" + name +
                               "\" is a partition column: partitions from column values are not "
                               "built yet in this version");
        }
    }
}

}  // namespace

void check_odps_reader(ParameterValues& reader, Findings& findings) {
    check_table(reader, findings);
    check_blank_columns(reader, findings);
    check_partition_patterns(reader, findings);
}

void check_odps_writer(ParameterValues& writer, Findings& findings) {
    check_table(writer, findings);
    check_blank_columns(writer, findings);
    check_columns_once(writer, true, findings);
    check_partition(writer, findings);
    take_megabytes(writer, "blockSizeInMB", "blockBytes", findings);
    const Json& columns = writer.plain["column"];
    if (columns.size() > 1 && std::find(columns.begin(), columns.end(), "*") != columns.end()) {
        findings.error(writer.place_of("column"), "column-form",
                       "\"*\" must be the only item of \"column\"");
    }
    if (writer.text("truncateScope") == "instance" &&
        writer.plain.value("truncate", Json()) != true) {
        findings.warning(writer.place_of("truncateScope"), "without-effect",
                         "\"truncateScope\" has no effect without \"truncate\": true");
    }
}

}  // namespace millrace
