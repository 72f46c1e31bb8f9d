// SQL statements: submit, wait, fetch the result.
#include "common/crypto/digest.h"
#include "common/net/xml.h"
#include "common/services/maxcompute/client.h"
#include "common/services/maxcompute/reply.h"

namespace millrace::maxcompute {
namespace {

constexpr std::string_view kWhat = "run a statement";

std::string property(std::string_view name, std::string_view value) {
    return "<Property><Name>" + std::string(name) + "</Name><Value>" + xml_escape(value) +
           "</Value></Property>";
}

// `id` is random, so that the service can know a job that it has seen.
std::string job_document(const std::string& sql, const std::string& id) {
    return R"(<?xml version="1.0" encoding="utf-8"?><Instance><Job><Priority>9</Priority><Tasks>)"
           "<SQL><Name>AnonymousSQLTask</Name><Config>" +
           property("settings", R"({"odps.sql.type.system.odps2":"true"})") + property("uuid", id) +
           "</Config><Query>" + xml_escape(sql) +
           "</Query></SQL></Tasks><DAG><RunMode>Sequence</RunMode></DAG></Job></Instance>";
}

}  // namespace

Result<std::string> Client::submit_sql(const std::string& text, const SqlOptions& options) {
    const std::string job =
        job_document(text.ends_with(';') ? text : text + ";", context_.random.hex(32));
    Request request{.method = Method::kPost, .path = project_path(config_) + "/instances"};
    request.headers = {{"Content-Type", "application/xml"}, {"Content-MD5", hex(md5(job))}};
    request.body = job;
    RetryPolicy policy = policy_;
    if (!options.repeatable) policy.retries_max = 0;
    MILLRACE_ASSIGN(const HttpAnswer answer,
                    send(config_.rest, request, std::string(kWhat), policy));
    return read_instance_id(answer);
}

Result<std::string> Client::run_sql(const std::string& text, const SqlOptions& options) {
    MILLRACE_ASSIGN(const std::string id, submit_sql(text, options));
    const std::string path = project_path(config_) + "/instances/" + id;
    const std::string what = "say how job " + id + " is going";
    const MonoTime began = context_.clock.monotonic();
    Duration pause = policy_.pause_first;
    for (;;) {
        MILLRACE_ASSIGN(const HttpAnswer answer, send_rest({.path = path}, what));
        MILLRACE_ASSIGN(const bool terminated, read_terminated(answer));
        if (terminated) break;
        if (!wait_a_little(pause, began, options.total)) {
            return Status(context_.stop.stop_requested() ? Code::kCancelled : Code::kUnknownOutcome,
                          "MaxCompute job " + id + " has not ended");
        }
    }
    MILLRACE_ASSIGN(const HttpAnswer status,
                    send_rest({.path = path, .query = {{"taskstatus", ""}}}, what));
    MILLRACE_ASSIGN(const SqlTask task, read_task(status));
    MILLRACE_ASSIGN(const HttpAnswer answer,
                    send_rest({.path = path, .query = {{"result", ""}}}, what));
    MILLRACE_ASSIGN(std::string result, read_sql_result(answer));
    if (task.state == SqlState::kDone) return result;
    if (result.empty()) result = "the task is " + task.name;
    return sql_failure(result, kWhat);
}

}  // namespace millrace::maxcompute
