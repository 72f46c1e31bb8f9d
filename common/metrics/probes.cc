#include "common/metrics/probes.h"

namespace millrace {
namespace {

ServerResponse plain(int status, std::string text, const char* type = "text/plain") {
    ServerResponse response;
    response.status = status;
    response.headers = {{"Content-Type", type}, {"Cache-Control", "no-store"}};
    response.set_body(std::move(text));
    return response;
}

}  // namespace

std::optional<ServerResponse> answer_probe(const ServerRequest& request,
                                           const std::function<Status()>& ready,
                                           Registry& registry) {
    if (request.method != "GET" && request.method != "HEAD") return {};
    if (request.path() == "/healthz") return plain(200, "ok\n");
    if (request.path() == "/metrics") {
        return plain(200, registry.text(), "text/plain; version=0.0.4; charset=utf-8");
    }
    if (request.path() != "/readyz") return {};
    const Status status = ready();
    return status.ok() ? plain(200, "ready\n") : plain(503, "not ready: " + status.text() + "\n");
}

}  // namespace millrace
