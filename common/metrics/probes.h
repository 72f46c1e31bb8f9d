// What every process of the cluster answers beside its own work: /healthz, /readyz, /metrics.
#pragma once

#include <functional>
#include <optional>

#include "common/metrics/registry.h"
#include "common/net/http_server.h"

namespace millrace {

// /healthz: 200 as long as the process answers. /readyz: 200, or 503 with the reason. /metrics: the
// registry's text. Nothing for any other path or verb.
std::optional<ServerResponse> answer_probe(const ServerRequest& request,
                                           const std::function<Status()>& ready,
                                           Registry& registry);

}  // namespace millrace
