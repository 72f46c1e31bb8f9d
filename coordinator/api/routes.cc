#include "coordinator/api/routes.h"

#include "coordinator/api/messages.h"
#include "coordinator/api/problem.h"

namespace millrace::embedded {
extern const std::string_view openapi;
}

namespace millrace::api {
namespace {

using nlohmann::json;

constexpr uint64_t kRunsMax = 1'000;
constexpr uint64_t kLinesMax = 5'000;
constexpr uint64_t kWaitSecondsMax = 60;
constexpr std::chrono::milliseconds kLookAgain{300};
constexpr std::string_view kRunInPath = "{run}";

// A request that cannot be understood, whatever a coordinator would say to it.
ServerResponse bad_request(const Status& why) {
    return problem(400, name_of(why.code()), why.text());
}

ServerResponse answer_to(const Status& done) {
    return done.ok() ? json_answer(200, {{"done", true}}) : problem(done);
}

ServerResponse answer_to(const Result<json>& found) {
    return found.ok() ? json_answer(200, *found) : problem(found.status());
}

ServerResponse submit(Parts& parts, RouteCall& call) {
    const Result<Submission> submission = read_submission(call.body);
    if (!submission.ok()) return bad_request(submission.status());
    const Result<Submitted> submitted = parts.operations.submit(*submission);
    if (!submitted.ok()) return problem(submitted.status());
    ServerResponse response = json_answer(submitted->was_done ? 200 : 201, to_json(*submitted));
    response.headers.emplace_back("Location", "/api/v1/runs/" + submitted->run.text());
    return response;
}

ServerResponse list_runs(Parts& parts, RouteCall& call) {
    const bool active = call.query.flag("active");
    const uint64_t max = call.query.number("max", 100, kRunsMax);
    if (Status status = call.query.end(); !status.ok()) return bad_request(status);
    return answer_to(parts.operations.runs(max, active));
}

ServerResponse show_run(Parts& parts, RouteCall& call) {
    return answer_to(parts.operations.run(call.run));
}

struct LogQuery {
    RunId run;
    uint64_t after = 0;
    uint64_t max = 0;
    MonoTime until;
};

// Looks again from time to time while there is no line; no thread waits meanwhile.
ServerResponse log_answer(Parts& parts, const LogQuery& query) {
    const Result<LogPage> page = parts.operations.log(query.run, query.after, query.max);
    if (!page.ok()) return problem(page.status());
    ServerResponse response = json_answer(200, to_json(*page));
    if (page->lines.empty() && !page->ended && parts.clock.monotonic() < query.until) {
        response.delay = kLookAgain;
        response.later = [&parts, query] { return log_answer(parts, query); };
    }
    return response;
}

ServerResponse show_log(Parts& parts, RouteCall& call) {
    LogQuery query{.run = call.run,
                   .after = call.query.number("after", 0, UINT64_MAX),
                   .max = call.query.number("max", 1'000, kLinesMax),
                   .until = {}};
    const uint64_t wait = call.query.number("wait", 0, kWaitSecondsMax);
    if (Status status = call.query.end(); !status.ok()) return bad_request(status);
    query.until = parts.clock.monotonic() + std::chrono::seconds(wait);
    return log_answer(parts, query);
}

ServerResponse pause(Parts& parts, RouteCall& call) {
    return answer_to(parts.operations.pause(call.run));
}

ServerResponse resume(Parts& parts, RouteCall& call) {
    return answer_to(parts.operations.resume(call.run));
}

ServerResponse cancel(Parts& parts, RouteCall& call) {
    return answer_to(parts.operations.cancel(call.run));
}

ServerResponse rerun(Parts& parts, RouteCall& call) {
    const Result<RerunRequest> request =
        read_rerun(call.body.is_null() ? json::object() : call.body);
    if (!request.ok()) return bad_request(request.status());
    return answer_to(parts.operations.rerun(call.run, request->dirty_records_max));
}

ServerResponse set_limits(Parts& parts, RouteCall& call) {
    const Result<LimitChange> change = read_limits(call.body);
    if (!change.ok()) return bad_request(change.status());
    return answer_to(parts.operations.set(call.run, *change));
}

ServerResponse replay(Parts& parts, RouteCall& call) {
    const Result<ReplayRequest> request = read_replay(call.body);
    if (!request.ok()) return bad_request(request.status());
    return answer_to(parts.operations.replay(*request));
}

ServerResponse show_cluster(Parts& parts, RouteCall&) {
    return answer_to(parts.operations.cluster());
}

ServerResponse show_openapi(Parts&, RouteCall&) {
    ServerResponse response = json_answer(200, nullptr);
    response.set_body(std::string(embedded::openapi));
    return response;
}

using Takes = Route::Takes;
constexpr Route kRoutes[] = {
    {"POST", "/api/v1/runs", Takes::kBody, submit},
    {"GET", "/api/v1/runs", Takes::kNothing, list_runs},
    {"GET", "/api/v1/runs/{run}", Takes::kNothing, show_run},
    {"PATCH", "/api/v1/runs/{run}", Takes::kBody, set_limits},
    {"GET", "/api/v1/runs/{run}/log", Takes::kNothing, show_log},
    {"POST", "/api/v1/runs/{run}/pause", Takes::kNothing, pause},
    {"POST", "/api/v1/runs/{run}/resume", Takes::kNothing, resume},
    {"POST", "/api/v1/runs/{run}/cancel", Takes::kNothing, cancel},
    {"POST", "/api/v1/runs/{run}/rerun", Takes::kMayBody, rerun},
    {"POST", "/api/v1/replays", Takes::kBody, replay},
    {"GET", "/api/v1/cluster", Takes::kNothing, show_cluster},
    {"GET", "/api/v1/openapi.json", Takes::kNothing, show_openapi},
};

}  // namespace

std::span<const Route> routes() {
    return kRoutes;
}

bool fits(const Route& route, std::string_view path, RunId& run) {
    const size_t at = route.path.find(kRunInPath);
    if (at == route.path.npos) return path == route.path;
    const std::string_view before = route.path.substr(0, at);
    const std::string_view after = route.path.substr(at + kRunInPath.size());
    if (path.size() <= before.size() + after.size()) return false;
    if (!path.starts_with(before) || !path.ends_with(after)) return false;
    const std::string_view id =
        path.substr(before.size(), path.size() - before.size() - after.size());
    if (!is_id(id)) return false;
    run = RunId(std::string(id));
    return true;
}

}  // namespace millrace::api
