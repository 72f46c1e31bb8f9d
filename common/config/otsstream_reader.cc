#include "common/config/otsstream_reader.h"

namespace millrace {

using nlohmann::json;

namespace {

tablestore::ResponseMd5 response_md5(const std::string& word) {
    if (word == "on") return tablestore::ResponseMd5::kOn;
    return word == "off" ? tablestore::ResponseMd5::kOff : tablestore::ResponseMd5::kAuto;
}

}  // namespace

Result<StreamReaderConfig> read_otsstream_reader(const PluginSpec& reader) {
    const json& given = reader.parameters;
    StreamReaderConfig config;
    try {
        tablestore::Settings settings;
        settings.endpoint = given.at("endpoint").get<std::string>();
        settings.instance = given.at("instanceName").get<std::string>();
        settings.access_id = given.at("accessId").get<std::string>();
        settings.access_key = reader.secret("accessKey");
        settings.compress = given.value("compress", false);
        settings.response_md5 = response_md5(given.value("responseMd5", "auto"));
        settings.max_retries = given.value("maxRetries", 30);
        MILLRACE_ASSIGN(config.address, tablestore::make_config(settings));
        config.table = given.at("dataTable").get<std::string>();
        config.status_table = given.value("statusTable", "");
        config.mode = given.value("mode", "") == "single_version_and_update_only"
                          ? StreamMode::kRow
                          : StreamMode::kColumn;
        for (const json& column : given.value("column", json::array())) {
            config.columns.push_back(column.at("name").get<std::string>());
        }
        config.sequence_info = given.value("isExportSequenceInfo", false);
        config.realtime = given.value("latency", "") == "realtime";
    } catch (const json::exception& error) {
        return config_error(std::string("the parameters of the otsstream reader: ") + error.what());
    }
    if (config.mode == StreamMode::kRow && config.columns.empty()) {
        return config_error("reader otsstream: \"column\" is empty; name the columns to export");
    }
    return config;
}

}  // namespace millrace
