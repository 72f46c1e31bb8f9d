#include "common/services/maxcompute/config.h"

#include <algorithm>

namespace millrace::maxcompute {
namespace {

bool valid_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    });
}

}  // namespace

Result<Config> make_config(const Settings& settings) {
    for (const auto& [what, name] :
         {std::pair<std::string_view, std::string_view>{"project", settings.project},
          {"schema", settings.schema}}) {
        if (valid_name(name) || (name.empty() && what == "schema")) continue;
        return config_error("\"" + std::string(name) + "\" is no " + std::string(what) +
                            " name of MaxCompute: letters, digits and underscores");
    }
    if (settings.access_id.empty() || settings.access_key.empty()) {
        return config_error("MaxCompute project " + settings.project +
                            " needs accessId and accessKey");
    }
    Config config;
    Result<Endpoint> rest = parse_endpoint(settings.odps_server);
    if (!rest.ok()) return rest.status().with_context("odpsServer");
    config.rest = *std::move(rest);
    if (!settings.tunnel_server.empty()) {
        Result<Endpoint> tunnel = parse_endpoint(settings.tunnel_server);
        if (!tunnel.ok()) return tunnel.status().with_context("tunnelServer");
        if (!tunnel->path.empty()) {
            return config_error("tunnelServer \"" + settings.tunnel_server +
                                "\" must end after the host, as \"" + tunnel->origin() + "\"");
        }
        config.tunnel = *std::move(tunnel);
    }
    config.project = settings.project;
    config.schema = settings.schema;
    config.access_id = settings.access_id;
    config.access_key = settings.access_key;
    config.sts_token = settings.sts_token;
    config.region = settings.region;
    return config;
}

}  // namespace millrace::maxcompute
