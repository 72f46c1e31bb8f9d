#include "common/config/odps_reader.h"

#include "common/config/typed_parameters.h"

namespace millrace {
namespace {

constexpr uint64_t kSliceRows = 1'000'000;

OdpsReadColumn read_column(const std::string& text) {
    using Kind = OdpsReadColumn::Kind;
    if (text == "*") return {Kind::kAll, ""};
    if (text.size() >= 2 && text.front() == '\'' && text.back() == '\'') {
        return {Kind::kConstant, text.substr(1, text.size() - 2)};
    }
    return {Kind::kName, text};
}

}  // namespace

Result<OdpsReaderConfig> read_odps_reader(const PluginSpec& reader) {
    TypedParameters given(reader.parameters);
    OdpsReaderConfig config;
    MILLRACE_ASSIGN(config.address, read_odps_address(reader));
    config.table = given.text("table");
    const bool one = given.value("partition").is_string();
    const std::vector<std::string> partitions =
        one ? std::vector{given.text("partition")} : given.texts("partition");
    for (const std::string& text : partitions) {
        Result<OdpsPartition> partition = parse_odps_partition(text, true);
        if (!partition.ok()) return partition.status().with_context("\"partition\"");
        if (!partition->empty()) config.partitions.push_back(*std::move(partition));
    }
    for (const std::string& text : given.texts("column")) {
        if (text.empty()) return config_error("\"column\" holds a blank name");
        config.columns.push_back(read_column(text));
    }
    if (config.columns.empty()) config.columns.push_back(read_column("*"));
    config.split_mode =
        given.text("splitMode") == "partition" ? OdpsSplitMode::kPartition : OdpsSplitMode::kRecord;
    config.success_on_no_partition = given.get("successOnNoPartition", false);
    config.slice_rows = given.get("sliceRows", kSliceRows);
    config.compress = given.get("isCompress", false);
    config.time_zone = given.text("timeZone", "Asia/Shanghai");
    MILLRACE_TRY(given.status());
    return config;
}

}  // namespace millrace
