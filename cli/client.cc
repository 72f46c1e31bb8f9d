#include "cli/client.h"

#include "common/net/url.h"
#include "coordinator/api/problem.h"

namespace millrace::cli {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds kAnswerWithin{30};

// Ids come from the command line: what is none never reaches a path.
Result<std::string> path_of(const RunId& run, const std::string& below = "") {
    if (!api::is_id(run.text())) return config_error("\"" + run.text() + "\" is no id of a run");
    return "/runs/" + run.text() + below;
}

}  // namespace

Result<Client> Client::create(const CallContext& context, const std::string& server, Secret token) {
    const Result<Endpoint> endpoint = parse_endpoint(server);
    if (!endpoint.ok()) {
        return config_error("the coordinator's address (--server, MILLRACE_SERVER): " +
                            endpoint.status().text());
    }
    return Client(context, endpoint->origin() + endpoint->path, std::move(token));
}

Client::Client(const CallContext& context, std::string server, Secret token)
    : context_(context), server_(std::move(server)), token_(std::move(token)) {}

Status Client::no_answer(const Status& why) const {
    if (why.code() == Code::kCancelled) return why;
    return Status(Code::kUnreachable, "no answer from the coordinator at " + server_ + ": " +
                                          why.text() +
                                          "; does it run there? (--server, MILLRACE_SERVER)");
}

Result<json> Client::ask(const Ask& ask) {
    const std::string body = ask.body.is_null() ? "" : ask.body.dump();
    const auto build = [&] {
        HttpRequest request;
        request.method = ask.method;
        request.url = server_ + "/api/v1" + ask.path;
        if (!token_.empty())
            request.headers.emplace_back("Authorization", "Bearer " + token_.reveal());
        if (!body.empty()) request.headers.emplace_back("Content-Type", "application/json");
        request.body = body;
        request.timeouts.total = request.timeouts.stall = kAnswerWithin + ask.wait;
        return request;
    };
    const Result<HttpAnswer> answer =
        call(context_, {.retries_max = 0}, build, [](const HttpAnswer&) { return Status(); });
    if (!answer.ok()) return no_answer(answer.status());
    MILLRACE_TRY(api::status_of_answer(answer->status, answer->body.view()));
    json content = json::parse(answer->body.view(), nullptr, false);
    if (!content.is_object()) {
        return Status(Code::kUnreachable, "what answers at " + server_ +
                                              " is no coordinator of Millrace (--server, "
                                              "MILLRACE_SERVER)");
    }
    return content;
}

Result<Submitted> Client::submit(const Submission& submission) {
    MILLRACE_ASSIGN(
        const json answer,
        ask({.method = Method::kPost, .path = "/runs", .body = api::to_json(submission)}));
    return api::read_submitted(answer);
}

Result<json> Client::runs(bool active_only, size_t max) {
    return ask({.path = "/runs?active=" + std::string(active_only ? "true" : "false") +
                        "&max=" + std::to_string(max)});
}

Result<json> Client::run(const RunId& run) {
    MILLRACE_ASSIGN(const std::string path, path_of(run));
    return ask({.path = path});
}

Result<LogPage> Client::log(const RunId& run, uint64_t after, std::chrono::seconds wait) {
    MILLRACE_ASSIGN(const std::string path,
                    path_of(run, "/log?after=" + std::to_string(after) +
                                     "&wait=" + std::to_string(wait.count())));
    MILLRACE_ASSIGN(const json answer, ask({.path = path, .wait = wait}));
    return api::read_log_page(answer);
}

Status Client::steer(const RunId& run, const std::string& verb) {
    MILLRACE_ASSIGN(const std::string path, path_of(run, "/" + verb));
    return ask({.method = Method::kPost, .path = path}).status();
}

Status Client::rerun(const RunId& run, std::optional<uint64_t> dirty_records_max) {
    MILLRACE_ASSIGN(const std::string path, path_of(run, "/rerun"));
    return ask({.method = Method::kPost,
                .path = path,
                .body = api::to_json(api::RerunRequest{dirty_records_max})})
        .status();
}

Status Client::set(const RunId& run, const LimitChange& change) {
    MILLRACE_ASSIGN(const std::string path, path_of(run));
    return ask({.method = Method::kPatch, .path = path, .body = api::to_json(change)}).status();
}

Result<json> Client::replay(const ReplayRequest& request) {
    return ask({.method = Method::kPost, .path = "/replays", .body = api::to_json(request)});
}

Result<json> Client::cluster() {
    return ask({.path = "/cluster"});
}

}  // namespace millrace::cli
