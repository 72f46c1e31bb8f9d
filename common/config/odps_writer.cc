#include "common/config/odps_writer.h"

#include "common/config/typed_parameters.h"

namespace millrace {
namespace {

// A slot holds two blocks: DataX's 64 MiB would be 128 MiB for each.
constexpr uint64_t kBlockBytes = 16 << 20;

}  // namespace

Result<OdpsWriterConfig> read_odps_writer(const PluginSpec& writer) {
    TypedParameters given(writer.parameters);
    OdpsWriterConfig config;
    MILLRACE_ASSIGN(config.address, read_odps_address(writer));
    config.table = given.text("table");
    Result<OdpsPartition> partition = parse_odps_partition(given.text("partition"));
    if (!partition.ok()) return partition.status().with_context("\"partition\"");
    config.partition = *std::move(partition);
    config.columns = given.texts("column");
    if (config.columns == std::vector<std::string>{"*"}) config.columns.clear();
    if (!given.value("truncate").is_boolean()) {
        return config_error("odps needs \"truncate\": true or false");
    }
    config.truncate = given.get("truncate", false);
    config.truncate_scope = given.text("truncateScope") == "instance" ? TruncateScope::kInstance
                                                                      : TruncateScope::kPartition;
    config.empty_as_null = given.get("emptyAsNull", false);
    config.block_bytes = given.get("blockBytes", kBlockBytes);
    config.compress = given.get("isCompress", false);
    config.time_zone = given.text("timeZone", "Asia/Shanghai");
    MILLRACE_TRY(given.status());
    return config;
}

}  // namespace millrace
