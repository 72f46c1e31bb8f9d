#include "common/services/tablestore/config.h"

#include <algorithm>

namespace millrace::tablestore {
namespace {

bool valid_instance(std::string_view name) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-';
    };
    return !name.empty() && std::all_of(name.begin(), name.end(), plain);
}

}  // namespace

Result<Config> make_config(const Settings& settings) {
    if (!valid_instance(settings.instance)) {
        return config_error("\"" + settings.instance +
                            "\" is no name of a Tablestore instance: letters, digits and hyphens");
    }
    if (settings.access_id.empty() || settings.access_key.empty()) {
        return config_error("instance " + settings.instance + " needs accessId and accessKey");
    }
    Config config;
    MILLRACE_ASSIGN(config.endpoint, parse_endpoint(settings.endpoint));
    if (!config.endpoint.path.empty()) {
        return config_error("endpoint \"" + settings.endpoint +
                            "\" must end after the host, as \"" + config.endpoint.origin() + "\"");
    }
    config.instance = settings.instance;
    config.access_id = settings.access_id;
    config.access_key = settings.access_key;
    config.sts_token = settings.sts_token;
    config.region = settings.region;
    config.compress = settings.compress;
    config.check_md5 = settings.response_md5 == ResponseMd5::kAuto
                           ? config.endpoint.scheme == "http"
                           : settings.response_md5 == ResponseMd5::kOn;
    config.max_retries = settings.max_retries;
    return config;
}

}  // namespace millrace::tablestore
