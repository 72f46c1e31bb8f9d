#include "common/services/oss/config.h"

#include <algorithm>

namespace millrace::oss {
namespace {

bool valid_bucket(std::string_view name) {
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    };
    return name.size() >= 3 && name.size() <= 63 && std::all_of(name.begin(), name.end(), plain) &&
           name.front() != '-' && name.back() != '-';
}

// "cn-hangzhou" from "oss-cn-hangzhou.aliyuncs.com" and "oss-cn-hangzhou-internal.aliyuncs.com".
std::string region_of(std::string_view host) {
    std::string_view label = host.substr(0, host.find('.'));
    if (!host.ends_with(".aliyuncs.com") || !label.starts_with("oss-")) return {};
    label.remove_prefix(4);
    if (label.starts_with("accelerate")) return {};  // one name for all regions
    for (std::string_view suffix : {"-internal", "-vpc"}) {
        if (label.ends_with(suffix)) label.remove_suffix(suffix.size());
    }
    return std::string(label);
}

}  // namespace

std::string Config::bucket_url() const {
    if (path_style) return endpoint.origin() + "/" + bucket;
    return endpoint.scheme + "://" + bucket + "." + endpoint.authority();
}

Result<Config> make_config(const Settings& settings) {
    if (!valid_bucket(settings.bucket)) {
        return config_error("\"" + settings.bucket +
                            "\" is no bucket name: 3 to 63 lower-case letters, digits and hyphens");
    }
    if (settings.access_id.empty() || settings.access_key.empty()) {
        return config_error("bucket " + settings.bucket + " needs accessId and accessKey");
    }
    Config config;
    MILLRACE_ASSIGN(config.endpoint, parse_endpoint(settings.endpoint));
    Endpoint& endpoint = config.endpoint;
    if (endpoint.host.starts_with(settings.bucket + ".")) {
        Endpoint bare = endpoint;
        bare.host.erase(0, settings.bucket.size() + 1);
        return config_error("endpoint \"" + settings.endpoint +
                            "\" already begins with the bucket name: give it without, as \"" +
                            bare.origin() + "\"");
    }
    if (!endpoint.path.empty()) {
        return config_error("endpoint \"" + settings.endpoint +
                            "\" must end after the host, as \"" + endpoint.origin() + "\"");
    }
    std::string region = settings.region;
    if (region.starts_with("oss-")) region.erase(0, 4);
    config.region = region.empty() ? region_of(endpoint.host) : region;
    config.path_style = endpoint.host_is_address();
    config.bucket = settings.bucket;
    config.access_id = settings.access_id;
    config.access_key = settings.access_key;
    config.sts_token = settings.sts_token;
    return config;
}

}  // namespace millrace::oss
