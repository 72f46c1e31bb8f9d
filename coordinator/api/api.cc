#include "coordinator/api/api.h"

#include "common/base/log.h"
#include "common/config/ascii.h"
#include "common/crypto/digest.h"
#include "common/metrics/names.h"
#include "common/metrics/probes.h"
#include "coordinator/api/problem.h"

namespace millrace::api {
namespace {

using nlohmann::json;

constexpr uint64_t kBodyMax = 4 << 20;
constexpr std::string_view kBearer = "Bearer ";

// Takes the same time wherever they differ.
bool same(std::string_view a, std::string_view b) {
    unsigned char difference = a.size() == b.size() ? 0 : 1;
    for (size_t i = 0; i < a.size() && i < b.size(); ++i)
        difference |= static_cast<unsigned char>(a[i] ^ b[i]);
    return difference == 0;
}

// A page of another origin makes a browser send requests that change things; those name it.
bool is_foreign(const ServerRequest& request) {
    const std::string* origin = request.header("origin");
    if (origin == nullptr || request.method == "GET") return false;
    const std::string* host = request.header("host");
    const size_t slashes = origin->find("//");
    return host == nullptr || slashes == std::string::npos ||
           origin->compare(slashes + 2, std::string::npos, *host) != 0;
}

bool is_json(const ServerRequest& request) {
    const std::string* type = request.header("content-type");
    if (type == nullptr) return false;
    const std::string_view name = std::string_view(*type).substr(0, type->find(';'));
    return ascii::same_without_case(ascii::trimmed(name), "application/json");
}

// Null when there is no body.
Result<json> read_body(const ServerRequest& request) {
    if (request.body.empty()) return json();
    json body = json::parse(request.body, nullptr, false);
    if (body.is_discarded()) return config_error("the body is not JSON (RFC 8259, UTF-8)");
    return body;
}

ServerResponse wrong_method(const std::string& allowed) {
    ServerResponse response =
        problem(405, "method", "this path takes " + allowed + " and nothing else");
    response.headers.emplace_back("Allow", allowed);
    return response;
}

ServerResponse no_token() {
    return problem(401, "token",
                   "send the API token of the coordinator as Authorization: Bearer …");
}

// What the route says about the body, before it is called.
std::optional<ServerResponse> refuse_body(const Route& route, const ServerRequest& request) {
    if (request.body_too_long) {
        return problem(413, "body_too_long",
                       "a body has at most " + std::to_string(kBodyMax) + " bytes");
    }
    const bool empty = request.body.empty();
    if (route.takes == Route::Takes::kNothing && !empty)
        return problem(400, "config", "this request has no body");
    if (route.takes == Route::Takes::kBody && empty && is_json(request))
        return problem(400, "config", "the body is missing");
    if ((route.takes == Route::Takes::kBody || !empty) && !is_json(request)) {
        return problem(415, "media_type",
                       "the body must be JSON, with Content-Type: application/json");
    }
    return {};
}

// Who reads a run's log sees what people did to it. Never a body, never a token.
void note_change(const Route& route, const RunId& run, int status) {
    const std::string path(route.path);
    if (run.empty()) {
        log::info("api_change", {{"method", route.method}, {"path", path}, {"status", status}});
    } else {
        log::info(
            "api_change",
            {{"run", run.text()}, {"method", route.method}, {"path", path}, {"status", status}});
    }
}

}  // namespace

Api::Api(ApiParts parts)
    : parts_{parts.operations, parts.clock},
      registry_(parts.registry),
      token_digest_(parts.token.empty() ? "" : sha256(parts.token.reveal())) {}

bool Api::may_ask(const ServerRequest& request) const {
    if (token_digest_.empty()) return true;
    const std::string* given = request.header("authorization");
    if (given == nullptr || given->size() <= kBearer.size()) return false;
    const std::string_view text = *given;
    return ascii::same_without_case(text.substr(0, kBearer.size()), kBearer) &&
           same(sha256(text.substr(kBearer.size())), token_digest_);
}

ServerResponse Api::handle(const ServerRequest& request) {
    const std::string_view path = request.path();
    const auto ready = [this] { return parts_.operations.ready(); };
    if (path == "/healthz" || path == "/readyz") {
        if (auto response = answer_probe(request, ready, registry_)) return *std::move(response);
    }
    const MonoTime began = parts_.clock.monotonic();
    std::string_view route = "none";
    ServerResponse response = may_ask(request) ? guarded(request, route) : no_token();
    const std::chrono::duration<double> took = parts_.clock.monotonic() - began;
    registry_.counter(metric::kApiRequests, {std::string(route), std::to_string(response.status)})
        .add();
    registry_.histogram(metric::kApiSeconds, {std::string(route)}).observe(took.count());
    return response;
}

// What a library throws at one request must not end the coordinator. Its text may hold contents.
ServerResponse Api::guarded(const ServerRequest& request, std::string_view& route_path) {
    try {
        return answer_route(request, route_path);
    } catch (const std::exception&) {
        log::error("api_failed", {{"method", request.method}, {"path", route_path}});
        return problem(500, "fatal",
                       "the coordinator could not answer this; its log names the path");
    }
}

ServerResponse Api::answer_route(const ServerRequest& request, std::string_view& route_path) {
    if (request.path() == "/metrics") {
        if (auto text = answer_probe(
                request, [] { return Status(); }, registry_))
            return *std::move(text);
    }
    if (is_foreign(request)) {
        return problem(403, "origin", "pages of other origins may not change anything here");
    }
    std::string allowed;
    for (const Route& route : routes()) {
        RunId run;
        if (!fits(route, request.path(), run)) continue;
        route_path = route.path;
        if (request.method != route.method) {
            allowed += (allowed.empty() ? "" : ", ") + std::string(route.method);
            continue;
        }
        if (auto refused = refuse_body(route, request)) return *std::move(refused);
        Result<json> body = read_body(request);
        if (!body.ok()) return problem(400, "config", body.status().text());
        RouteCall call{run, Query(request.query()), *std::move(body)};
        ServerResponse response = route.answer(parts_, call);
        if (route.method != "GET") note_change(route, run, response.status);
        return response;
    }
    if (!allowed.empty()) return wrong_method(allowed);
    return problem(404, "not_found", "there is nothing at this path; see /api/v1/openapi.json");
}

Result<std::unique_ptr<HttpServer>> serve(const ListenAddress& listen, Api& api) {
    return HttpServer::create({.host = listen.host,
                               .port = listen.port,
                               .threads = 4,
                               .body_bytes_max = kBodyMax,
                               .connections_max = 500,
                               .idle_max = std::chrono::seconds(90)},
                              [&api](const ServerRequest& request) { return api.handle(request); });
}

}  // namespace millrace::api
