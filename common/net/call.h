// One request of a service with its retries: build and sign, send, judge the answer, back off,
// again.
#pragma once

#include <functional>
#include <stop_token>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/net/http.h"

namespace millrace {

// Pauses grow from `pause_first` by factor 2 up to `pause_max`, with full jitter; all tries of one
// request end within `total`.
struct RetryPolicy {
    int retries_max = 10;
    Duration pause_first = std::chrono::milliseconds(100);
    Duration pause_max = std::chrono::seconds(10);
    Duration total = std::chrono::minutes(5);
};

// Told of every try that is sent again; for metrics. Thread-safe.
class RetryObserver {
  public:
    virtual ~RetryObserver() = default;
    virtual void retried(const Status& why) = 0;
};

// Where calls happen: the seams and the right to go on. Outlives every Call.
struct CallContext {
    HttpClient& http;
    Clock& clock;
    Random& random;
    std::stop_token stop;
    // Asked before every request is sent (P6): not ok = the lease is lost, nothing is sent. The
    // time bounds the transfer. Empty function = no lease is needed.
    std::function<Result<std::optional<MonoTime>>()> may_send;
    RetryObserver* retries = nullptr;
};

// Not thread-safe; used by one thread. finish() is called exactly once after start().
class Call {
  public:
    // Makes a fresh request for every try: dates, nonces and signatures are new each time.
    using Build = std::function<HttpRequest()>;
    // Success, or what the answer means. Only retryable() codes are sent again.
    using Judge = std::function<Status(const HttpAnswer&)>;

    Call(const CallContext& context, RetryPolicy policy, Build build, Judge judge);
    Call(Call&&) = delete;
    ~Call();  // cancels what is still under way

    // Sends the first try and returns at once.
    void start();
    // Waits; sends again as the policy says. The status of the last try is returned when all
    // failed.
    Result<HttpAnswer> finish();
    int retries() const { return retries_; }

  private:
    Status submit();
    Duration pause_after(const Status& status) const;

    const CallContext& context_;
    RetryPolicy policy_;
    Build build_;
    Judge judge_;
    MonoTime began_;
    std::optional<HttpClient::Ticket> ticket_;
    Status not_sent_;
    int retries_ = 0;
};

// start() and finish() in one.
Result<HttpAnswer> call(const CallContext& context, RetryPolicy policy, Call::Build build,
                        Call::Judge judge);

}  // namespace millrace
