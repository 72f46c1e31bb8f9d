// Where an instance of Tablestore is and who asks.
#pragma once

#include <string>

#include "common/base/secret.h"
#include "common/base/status.h"
#include "common/net/url.h"

namespace millrace::tablestore {

// Whether the MD5 of an answer's body is compared: 1.3 us per KiB. TLS protects the body already.
enum class ResponseMd5 : uint8_t { kAuto, kOn, kOff };  // kAuto: on for plain http

// As found in a job or in the data sources.
struct Settings {
    std::string endpoint;
    std::string instance;
    std::string access_id;
    Secret access_key;
    Secret sts_token;       // empty = a long-lived key
    std::string region;     // "cn-hangzhou": sign by V4; empty = by V2
    bool compress = false;  // ask for compressed answers
    ResponseMd5 response_md5 = ResponseMd5::kAuto;
    int max_retries = 30;
};

// Checked; immutable from then on.
struct Config {
    Endpoint endpoint;
    std::string instance;
    std::string access_id;
    Secret access_key;
    Secret sts_token;
    std::string region;
    bool compress = false;
    bool check_md5 = true;
    int max_retries = 30;
};

// kConfig with a hint when a value cannot be right.
Result<Config> make_config(const Settings& settings);

}  // namespace millrace::tablestore
