#include "coordinator/service/operations.h"

namespace millrace {
namespace {

Status stands_by() {
    return Status(
        Code::kUnreachable,
        "this coordinator stands by: ask the one that leads, or wait until it takes over");
}

// The answer of whoever leads.
template <typename Call>
auto led(Operations* operations, Call call) -> decltype(call(*operations)) {
    if (operations == nullptr) return stands_by();
    return call(*operations);
}

}  // namespace

Result<Submitted> StandingBy::submit(const Submission& submission) {
    return led(operations_, [&](Operations& of) { return of.submit(submission); });
}
Result<nlohmann::json> StandingBy::runs(size_t max, bool active_only) {
    return led(operations_, [&](Operations& of) { return of.runs(max, active_only); });
}
Result<nlohmann::json> StandingBy::run(const RunId& run) {
    return led(operations_, [&](Operations& of) { return of.run(run); });
}
Result<LogPage> StandingBy::log(const RunId& run, uint64_t after, size_t max) {
    return led(operations_, [&](Operations& of) { return of.log(run, after, max); });
}
Status StandingBy::pause(const RunId& run) {
    return led(operations_, [&](Operations& of) { return of.pause(run); });
}
Status StandingBy::resume(const RunId& run) {
    return led(operations_, [&](Operations& of) { return of.resume(run); });
}
Status StandingBy::cancel(const RunId& run) {
    return led(operations_, [&](Operations& of) { return of.cancel(run); });
}
Status StandingBy::rerun(const RunId& run, std::optional<uint64_t> dirty_records_max) {
    return led(operations_, [&](Operations& of) { return of.rerun(run, dirty_records_max); });
}
Status StandingBy::set(const RunId& run, const LimitChange& change) {
    return led(operations_, [&](Operations& of) { return of.set(run, change); });
}
Result<nlohmann::json> StandingBy::replay(const ReplayRequest& request) {
    return led(operations_, [&](Operations& of) { return of.replay(request); });
}
Result<nlohmann::json> StandingBy::cluster() {
    if (Operations* leads = operations_) return leads->cluster();
    return nlohmann::json{
        {"role", "standby"}, {"version", program_}, {"workers", nlohmann::json::array()}};
}
Status StandingBy::ready() {
    return led(operations_, [&](Operations& of) { return of.ready(); });
}

}  // namespace millrace
