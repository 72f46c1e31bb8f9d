// Who asks MaxCompute for what: addresses and signatures as the service reads them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/base/time.h"
#include "tests/standin/http_server.h"
#include "tests/standin/service.h"

namespace millrace::standin {

using OdpsQuery = std::vector<std::pair<std::string, std::string>>;

// What a request is about, everything decoded.
struct OdpsTarget {
    bool rest = false;  // below /api; else the tunnel
    std::string project;
    std::string schema;      // of the path or curr_schema; empty = default
    std::string kind, name;  // "tables" and a table; "tunnel"; "" = the project itself
    OdpsQuery query;

    bool has(std::string_view parameter) const;
    std::string parameter(std::string_view name) const;  // empty when absent
};
OdpsTarget parse_odps_target(const Request& request);

// The text that is signed; `twice` decodes the parameters once more, as one SDK does.
std::string odps_canonical(const Request& request, bool twice);

// Throws OdpsError 401 unless the request is signed by the account (v2 or v4), within 15 minutes.
void authenticate_odps(const Account& account, const Request& request, TimePoint now);

}  // namespace millrace::standin
