// The REST API of a coordinator: who may ask, what fits no route, and the routes.
#pragma once

#include "common/base/secret.h"
#include "common/config/process_config.h"
#include "common/metrics/registry.h"
#include "coordinator/api/routes.h"

namespace millrace::api {

struct ApiParts {
    Operations& operations;
    Registry& registry;
    Clock& clock;
    Secret token;  // empty = nobody is asked for one
};

// /api/v1/… and the probes /healthz, /readyz (open to all) and /metrics. Thread-safe.
class Api {
  public:
    explicit Api(ApiParts parts);

    ServerResponse handle(const ServerRequest& request);

  private:
    bool may_ask(const ServerRequest& request) const;
    ServerResponse guarded(const ServerRequest& request, std::string_view& route_path);
    ServerResponse answer_route(const ServerRequest& request, std::string_view& route_path);

    Parts parts_;
    Registry& registry_;
    std::string token_digest_;  // empty = no token
};

// Listens and answers through `api`, which outlives it.
Result<std::unique_ptr<HttpServer>> serve(const ListenAddress& listen, Api& api);

}  // namespace millrace::api
