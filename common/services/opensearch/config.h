// Where an application of Alibaba OpenSearch is and who asks.
#pragma once

#include <string>

#include "common/base/secret.h"
#include "common/base/status.h"
#include "common/net/url.h"

namespace millrace::opensearch {

// As found in a job.
struct Settings {
    std::string host;  // "http://opensearch-cn-hangzhou.aliyuncs.com"
    std::string app;
    std::string table;
    std::string access_id;
    Secret access_key;
    Secret sts_token;       // empty = a long-lived key
    bool version2 = false;  // pushes go by the interface v2, of old applications
};

// Checked; immutable from then on.
struct Config {
    Endpoint endpoint;
    std::string app;
    std::string table;
    std::string access_id;
    Secret access_key;
    Secret sts_token;
    bool version2 = false;
};

// kConfig with a hint when a value cannot be right.
Result<Config> make_config(const Settings& settings);

}  // namespace millrace::opensearch
