#include "common/config/odps_address.h"

#include "common/config/typed_parameters.h"

namespace millrace {

Result<OdpsAddress> read_odps_address(const PluginSpec& plugin) {
    TypedParameters given(plugin.parameters);
    OdpsAddress address;
    address.endpoint = given.text("odpsServer");
    address.tunnel_endpoint = given.text("tunnelServer");
    address.project = given.text("project");
    address.schema = given.text("schema");
    address.region = given.text("region");
    address.access_id = given.text("accessId");
    address.access_key = plugin.secret("accessKey");
    address.sts_token = plugin.secret("securityToken");
    address.max_retries = given.get("maxRetryTime", address.max_retries);
    MILLRACE_TRY(given.status());
    for (const auto& [name, value] : {std::pair{"odpsServer", &address.endpoint},
                                      {"project", &address.project},
                                      {"accessId", &address.access_id}}) {
        if (value->empty()) return config_error(std::string("odps needs \"") + name + "\"");
    }
    return address;
}

}  // namespace millrace
