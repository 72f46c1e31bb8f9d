// One request to Tablestore, from its message to signed HTTP.
#pragma once

#include "common/net/http.h"
#include "common/services/tablestore/config.h"

namespace millrace::tablestore {

struct Request {
    std::string_view action;  // "GetStreamRecord"
    std::string_view body;    // a serialised message; kept alive by the caller, see HttpRequest
};

// Addressed, dated and signed for `now`: by V4 when the region is known, else by V2.
HttpRequest to_http(const Config& config, const Request& request, TimePoint now);

}  // namespace millrace::tablestore
