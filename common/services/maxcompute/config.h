// Where a project is and who asks.
#pragma once

#include <optional>
#include <string>

#include "common/config/odps_address.h"
#include "common/net/url.h"

namespace millrace::maxcompute {

// Checked; immutable from then on.
struct Config {
    Endpoint rest;  // with its path, mostly "/api", which is not signed
    std::optional<Endpoint> tunnel;
    std::string project;
    std::string schema;
    std::string access_id;
    Secret access_key;
    Secret sts_token;
    std::string region;    // empty = requests are signed by the older scheme
    int retries_max = 10;  // of one request
};

// kConfig with a hint when a value cannot be right.
Result<Config> make_config(const OdpsAddress& address);

}  // namespace millrace::maxcompute
