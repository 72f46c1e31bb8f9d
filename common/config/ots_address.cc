#include "common/config/ots_address.h"

#include "common/config/typed_parameters.h"

namespace millrace {
namespace {

tablestore::ResponseMd5 response_md5(const std::string& word) {
    if (word == "on") return tablestore::ResponseMd5::kOn;
    return word == "off" ? tablestore::ResponseMd5::kOff : tablestore::ResponseMd5::kAuto;
}

}  // namespace

Result<tablestore::Config> read_ots_address(const PluginSpec& plugin, const char* retries) {
    TypedParameters given(plugin.parameters);
    tablestore::Settings settings;
    settings.endpoint = given.text("endpoint");
    settings.instance = given.text("instanceName");
    settings.access_id = given.text("accessId");
    settings.access_key = plugin.secret("accessKey");
    settings.sts_token = plugin.secret("securityToken");
    settings.region = given.text("region");
    settings.compress = given.get("compress", false);
    settings.response_md5 = response_md5(given.text("responseMd5", "auto"));
    settings.max_retries = given.get(retries, settings.max_retries);
    MILLRACE_TRY(given.status());
    return tablestore::make_config(settings);
}

}  // namespace millrace
