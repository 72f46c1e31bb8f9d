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

Result<Config> make_config(const OdpsAddress& address) {
    for (const auto& [what, name] :
         {std::pair<std::string_view, std::string_view>{"project", address.project},
          {"schema", address.schema}}) {
        if (valid_name(name) || (name.empty() && what == "schema")) continue;
        return config_error("\"" + std::string(name) + "\" is no " + std::string(what) +
                            " name of MaxCompute: letters, digits and underscores");
    }
    if (address.access_id.empty() || address.access_key.empty()) {
        return config_error("MaxCompute project " + address.project +
                            " needs accessId and accessKey");
    }
    Config config;
    Result<Endpoint> rest = parse_endpoint(address.endpoint);
    if (!rest.ok()) return rest.status().with_context("odpsServer");
    config.rest = *std::move(rest);
    if (!address.tunnel_endpoint.empty()) {
        Result<Endpoint> tunnel = parse_endpoint(address.tunnel_endpoint);
        if (!tunnel.ok()) return tunnel.status().with_context("tunnelServer");
        if (!tunnel->path.empty()) {
            return config_error("tunnelServer \"" + address.tunnel_endpoint +
                                "\" must end after the host, as \"" + tunnel->origin() + "\"");
        }
        config.tunnel = *std::move(tunnel);
    }
    config.project = address.project;
    config.schema = address.schema;
    config.access_id = address.access_id;
    config.access_key = address.access_key;
    config.sts_token = address.sts_token;
    config.region = address.region;
    config.retries_max = address.max_retries;
    return config;
}

}  // namespace millrace::maxcompute
