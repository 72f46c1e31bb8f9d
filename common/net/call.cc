#include "common/net/call.h"

#include <algorithm>

#include "common/base/check.h"

namespace millrace {

Call::Call(const CallContext& context, RetryPolicy policy, Build build, Judge judge)
    : context_(context), policy_(policy), build_(std::move(build)), judge_(std::move(judge)) {}

Call::~Call() {
    if (ticket_) context_.http.cancel(*ticket_);
}

void Call::start() {
    began_ = context_.clock.monotonic();
    not_sent_ = submit();
}

Status Call::submit() {
    std::optional<MonoTime> deadline;
    if (context_.may_send) {
        MILLRACE_ASSIGN(deadline, context_.may_send());
    }
    HttpRequest request = build_();
    request.deadline = deadline;
    ticket_ = context_.http.submit(std::move(request));
    return {};
}

Duration Call::pause_after(const Status& status) const {
    const int doublings = std::min(retries_, 20);
    const Duration ceiling = std::min(policy_.pause_max, policy_.pause_first * (1 << doublings));
    const auto jitter = Duration(static_cast<int64_t>(
        context_.random.below(static_cast<uint64_t>(std::max<int64_t>(1, ceiling.count())))));
    return std::max<Duration>(jitter, status.delay());
}

Result<HttpAnswer> Call::finish() {
    for (;;) {
        if (!not_sent_.ok()) return not_sent_;
        MILLRACE_CHECK(ticket_.has_value());
        Result<HttpAnswer> answer = context_.http.wait(*ticket_);
        ticket_.reset();
        Status status = answer.ok() ? judge_(*answer) : answer.status();
        if (status.ok()) return answer;
        if (!status.retryable() || retries_ >= policy_.retries_max) return status;
        const Duration pause = pause_after(status);
        if (context_.clock.monotonic() + pause - began_ > policy_.total) return status;
        ++retries_;
        if (context_.retries != nullptr) context_.retries->retried(status);
        if (!context_.clock.sleep(pause, context_.stop)) {
            return Status(Code::kCancelled, "stopped while waiting to retry: " + status.text());
        }
        not_sent_ = submit();
    }
}

Result<HttpAnswer> call(const CallContext& context, RetryPolicy policy, Call::Build build,
                        Call::Judge judge) {
    Call one(context, policy, std::move(build), std::move(judge));
    one.start();
    return one.finish();
}

}  // namespace millrace
