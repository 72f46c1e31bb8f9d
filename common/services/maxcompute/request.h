// One request to MaxCompute, from its meaning to signed HTTP.
#pragma once

#include "common/net/http.h"
#include "common/services/maxcompute/config.h"
#include "common/services/maxcompute/sign.h"

namespace millrace::maxcompute {

struct Request {
    Method method = Method::kGet;
    std::string path = {};  // below the endpoint, decoded: "/projects/p/tables/t"
    Query query = {};       // without curr_project, which every request gets
    Headers headers = {};
    std::string_view body = {};  // kept alive by the caller, see HttpRequest
    HttpTimeouts timeouts = {};
};

// "/projects/p", "/projects/p[/schemas/s]/tables/t"
std::string project_path(const Config& config);
std::string table_path(const Config& config, std::string_view table);

// Addressed to `service` (the project's REST or tunnel endpoint) and signed for `now`.
HttpRequest to_http(const Config& config, const Endpoint& service, const Request& request,
                    TimePoint now);

}  // namespace millrace::maxcompute
