// Where a bucket is and who asks.
#pragma once

#include <string>

#include "common/base/secret.h"
#include "common/base/status.h"
#include "common/net/url.h"

namespace millrace::oss {

// As found in a job or in the data sources.
struct Settings {
    std::string endpoint;
    std::string bucket;
    std::string access_id;
    Secret access_key;
    Secret sts_token;    // empty = a long-lived key
    std::string region;  // "cn-hangzhou"; empty = read from the endpoint where it can be
};

// Checked; immutable from then on.
struct Config {
    Endpoint endpoint;  // without the bucket
    std::string bucket;
    std::string access_id;
    Secret access_key;
    Secret sts_token;
    std::string region;       // empty = unknown: requests are signed by the older scheme V1
    bool path_style = false;  // the bucket is the first part of the path, not of the host name

    // "https://bucket.host" or "http://127.0.0.1:9000/bucket", without a trailing slash.
    std::string bucket_url() const;
};

// kConfig with a hint when a value cannot be right.
Result<Config> make_config(const Settings& settings);

}  // namespace millrace::oss
