#include "common/config/ots_writer.h"

#include <algorithm>

#include "common/config/ots_address.h"
#include "common/config/typed_parameters.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

constexpr uint32_t kBatchRows = 200;
constexpr uint64_t kRequestBytes = 2 << 20;

Result<TableWriteMode> table_write_mode(const std::string& word) {
    if (word == "PutRow") return TableWriteMode::kPut;
    if (word == "UpdateRow") return TableWriteMode::kUpdate;
    if (word == "DeleteRow") return TableWriteMode::kDelete;
    return config_error("\"writeMode\" must be PutRow, UpdateRow or DeleteRow");
}

Result<std::vector<NamedType>> read_types(const Json& list, const std::string& name,
                                          bool type_needed) {
    std::vector<NamedType> columns;
    for (const Json& item : list) {
        Result<NamedType> column = read_named_type(item, type_needed);
        if (!column.ok()) return column.status().with_context("\"" + name + "\"");
        columns.push_back(*std::move(column));
    }
    return columns;
}

}  // namespace

Result<TableWriterConfig> read_ots_writer(const PluginSpec& writer) {
    TypedParameters given(writer.parameters);
    TableWriterConfig config;
    MILLRACE_ASSIGN(config.address, read_ots_address(writer, "maxRetryTime"));
    config.table = given.text("table");
    config.multi_version = given.text("mode") == "multiVersion";
    const Json& keys = given.value("primaryKey");
    MILLRACE_ASSIGN(config.primary_key, read_types(keys, "primaryKey", false));
    config.primary_key_typed = std::all_of(keys.begin(), keys.end(), [](const Json& key) {
        return key.is_object() && key.contains("type");
    });
    if (config.primary_key.empty()) return config_error("\"primaryKey\" names no column");
    if (!config.multi_version) {
        MILLRACE_ASSIGN(config.columns, read_types(given.value("column"), "column", true));
        MILLRACE_ASSIGN(config.mode, table_write_mode(given.text("writeMode")));
    }
    config.batch_rows = given.get("batchWriteCount", kBatchRows);
    config.batch_bytes = given.get("requestTotalSizeLimitation", kRequestBytes);
    config.name_prefix = given.text("columnNamePrefixFilter");
    const int64_t timestamp = given.get("defaultTimestampInMillisecond", int64_t{-1});
    if (timestamp > 0) config.default_timestamp_ms = timestamp;
    config.propagate_deletes = given.text("deletes") == "propagate";
    MILLRACE_TRY(given.status());
    return config;
}

}  // namespace millrace
