#include "common/config/ots_writer.h"

#include "common/config/ots_address.h"
#include "common/config/typed_parameters.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

constexpr uint32_t kBatchRows = 200;
constexpr uint64_t kBatchBytes = 2 << 20;

Result<TableWriteMode> write_mode(const std::string& word) {
    if (word == "PutRow") return TableWriteMode::kPut;
    if (word == "UpdateRow") return TableWriteMode::kUpdate;
    if (word == "DeleteRow") return TableWriteMode::kDelete;
    return config_error("\"writeMode\" must be PutRow, UpdateRow or DeleteRow");
}

// Items are {"name", "type"}; the type may be absent where `typed` is given, and is false then.
Result<std::vector<NamedType>> read_types(const Json& list, const std::string& name, bool* typed) {
    std::vector<NamedType> columns;
    for (const Json& item : list) {
        const Json word = item.is_object() ? item.value("type", Json()) : Json();
        const bool absent = word.is_null() && typed != nullptr;
        const std::optional<ValueType> type =
            absent ? ValueType::kString : cell_type(scalar_text(word));
        const std::string column =
            item.is_object() ? scalar_text(item.value("name", Json())) : scalar_text(item);
        if (column.empty() || !type) {
            return config_error("\"" + name +
                                "\" must be a list of {\"name\": …, \"type\": "
                                "string, int, double, bool or binary}");
        }
        if (absent) *typed = false;
        columns.push_back({column, *type});
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
    MILLRACE_ASSIGN(config.primary_key,
                    read_types(given.value("primaryKey"), "primaryKey", &config.primary_key_typed));
    if (config.primary_key.empty()) return config_error("\"primaryKey\" names no column");
    if (!config.multi_version) {
        MILLRACE_ASSIGN(config.columns, read_types(given.value("column"), "column", nullptr));
        MILLRACE_ASSIGN(config.mode, write_mode(given.text("writeMode")));
    }
    config.batch_rows = given.get("batchWriteCount", kBatchRows);
    config.batch_bytes = given.get("requestTotalSizeLimitation", kBatchBytes);
    config.name_prefix = given.text("columnNamePrefixFilter");
    const int64_t timestamp = given.get("defaultTimestampInMillisecond", int64_t{-1});
    if (timestamp > 0) config.default_timestamp_ms = timestamp;
    config.propagate_deletes = given.text("deletes") == "propagate";
    MILLRACE_TRY(given.status());
    return config;
}

}  // namespace millrace
