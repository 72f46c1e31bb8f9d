// What the API answers, by method and path.
#pragma once

#include <span>

#include "common/base/clock.h"
#include "common/net/http_server.h"
#include "coordinator/api/operations.h"
#include "coordinator/api/query.h"

namespace millrace::api {

// What handlers work with. Outlives the server.
struct Parts {
    Operations& operations;
    Clock& clock;
};

// One request that a route takes.
struct RouteCall {
    RunId run;  // of paths with {run}
    Query query;
    nlohmann::json body;  // null when there is none
};

struct Route {
    enum class Takes : uint8_t { kNothing, kMayBody, kBody };
    std::string_view method;
    std::string_view path;  // "/api/v1/runs/{run}/log"
    Takes takes = Takes::kNothing;
    ServerResponse (*answer)(Parts&, RouteCall&) = nullptr;
};

std::span<const Route> routes();
// Does `path` fit the route's, and what stands at {run}?
bool fits(const Route& route, std::string_view path, RunId& run);

}  // namespace millrace::api
