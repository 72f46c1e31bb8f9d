#include "common/config/otsstream_reader.h"

#include "common/config/ots_address.h"
#include "common/config/typed_parameters.h"

namespace millrace {

Result<StreamReaderConfig> read_otsstream_reader(const PluginSpec& reader) {
    TypedParameters given(reader.parameters);
    StreamReaderConfig config;
    MILLRACE_ASSIGN(config.address, read_ots_address(reader, "maxRetries"));
    config.table = given.text("dataTable");
    config.status_table = given.text("statusTable");
    config.mode = given.text("mode") == "single_version_and_update_only" ? StreamMode::kRow
                                                                         : StreamMode::kColumn;
    for (const nlohmann::json& column : given.value("column")) {
        const auto name = column.find("name");
        if (name == column.end() || !name->is_string()) {
            return config_error("reader otsstream: a column needs a name");
        }
        config.columns.push_back(name->get<std::string>());
    }
    config.sequence_info = given.get("isExportSequenceInfo", false);
    config.realtime = given.text("latency") == "realtime";
    config.window_length = std::chrono::seconds(given.get("windowSeconds", int64_t{60}));
    MILLRACE_TRY(given.status());
    if (config.mode == StreamMode::kRow && config.columns.empty()) {
        return config_error("reader otsstream: \"column\" is empty; name the columns to export");
    }
    return config;
}

}  // namespace millrace
