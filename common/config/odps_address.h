// Where a project of MaxCompute is and who asks: the parameters that odps reader and writer share,
// as they stand in the script or in the data sources. The service's client checks them.
#pragma once

#include <string>

#include "common/base/secret.h"
#include "common/base/status.h"
#include "common/config/job_spec.h"

namespace millrace {

struct OdpsAddress {
    std::string endpoint;         // odpsServer, with its path: "http://service.…/api"
    std::string tunnel_endpoint;  // tunnelServer; empty = the service is asked
    std::string project;
    std::string schema;  // of three-tier projects; empty = none
    std::string region;  // "cn-hangzhou": sign by V4; empty = by V2
    std::string access_id;
    Secret access_key;
    Secret sts_token;  // empty = a long-lived key
    int max_retries = 10;
};

Result<OdpsAddress> read_odps_address(const PluginSpec& plugin);

}  // namespace millrace
