#include "common/services/opensearch/config.h"

#include <algorithm>

namespace millrace::opensearch {
namespace {

bool valid_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-';
    });
}

}  // namespace

Result<Config> make_config(const Settings& settings) {
    if (!valid_name(settings.app)) {
        return config_error("\"" + settings.app +
                            "\" is no name of an OpenSearch application (indexName): letters, "
                            "digits, _ and -");
    }
    if (!valid_name(settings.table)) {
        return config_error("\"" + settings.table +
                            "\" is no name of a table of an OpenSearch application");
    }
    if (settings.access_id.empty() || settings.access_key.empty()) {
        return config_error("OpenSearch application " + settings.app +
                            " needs accessId and accessKey");
    }
    Config config;
    MILLRACE_ASSIGN(config.endpoint, parse_endpoint(settings.host));
    if (!config.endpoint.path.empty()) {
        return config_error("host \"" + settings.host + "\" must end after the name, as \"" +
                            config.endpoint.origin() + "\"");
    }
    config.app = settings.app;
    config.table = settings.table;
    config.access_id = settings.access_id;
    config.access_key = settings.access_key;
    config.sts_token = settings.sts_token;
    config.version2 = settings.version2;
    if (config.version2 && !config.sts_token.empty()) {
        return config_error(
            "the interface v2 of OpenSearch takes no securityToken; write \"version\": "
            "\"v3\"");
    }
    return config;
}

}  // namespace millrace::opensearch
