// Where a project is and who asks.
#pragma once

#include <optional>
#include <string>

#include "common/base/secret.h"
#include "common/base/status.h"
#include "common/net/url.h"

namespace millrace::maxcompute {

// As found in a job or in the data sources.
struct Settings {
    std::string odps_server;    // "https://service.cn-hangzhou.maxcompute.aliyun.com/api"
    std::string tunnel_server;  // empty = the project says
    std::string project;
    std::string schema;  // empty = the project has no schemas
    std::string access_id;
    Secret access_key;
    Secret sts_token;    // empty = a long-lived key
    std::string region;  // "cn-hangzhou"; empty = the older signature without a region
};

// Checked; immutable from then on.
struct Config {
    Endpoint rest;  // with its path, mostly "/api", which is not signed
    std::optional<Endpoint> tunnel;
    std::string project;
    std::string schema;
    std::string access_id;
    Secret access_key;
    Secret sts_token;
    std::string region;
};

// kConfig with a hint when a value cannot be right.
Result<Config> make_config(const Settings& settings);

}  // namespace millrace::maxcompute
