#include "common/config/opensearch_writer.h"

#include "common/config/typed_parameters.h"

namespace millrace {
namespace {

constexpr uint32_t kBatchDocuments = 300;
constexpr uint64_t kBatchBytes = 2'000'000;

DocumentTimestamps timestamps(const std::string& word) {
    if (word == "on") return DocumentTimestamps::kOn;
    return word == "off" ? DocumentTimestamps::kOff : DocumentTimestamps::kAuto;
}

}  // namespace

Result<OpenSearchWriterConfig> read_opensearch_writer(const PluginSpec& writer) {
    TypedParameters given(writer.parameters);
    OpenSearchWriterConfig config;
    config.host = given.text("host");
    config.app = given.text("indexName");
    config.table = given.text("table");
    config.access_id = given.text("accessId");
    config.access_key = writer.secret("accessKey");
    config.sts_token = writer.secret("securityToken");
    config.columns = given.texts("column");
    if (config.columns.empty()) return config_error("\"column\" names no field");
    config.batch_documents = given.get("batchSize", kBatchDocuments);
    config.batch_bytes = given.get("batchBytes", kBatchBytes);
    const std::string mode = given.text("writeMode");
    if (mode != "add" && mode != "update") {
        return config_error("\"writeMode\" must be add or update");
    }
    config.write_mode = mode == "add" ? DocumentWriteMode::kAdd : DocumentWriteMode::kUpdate;
    config.skip_dirty = given.get("skipDirtyRecord", false);
    config.ignore_write_error = given.get("ignoreWriteError", false);
    config.propagate_deletes = given.text("deletes") == "propagate";
    config.version2 = given.text("version", "v3") == "v2";
    config.timestamps = timestamps(given.text("timestamps", "auto"));
    config.max_retries = given.get("maxRetries", config.max_retries);
    MILLRACE_TRY(given.status());
    return config;
}

}  // namespace millrace
