// Status and Result: how a call says that it failed, without exceptions.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace millrace {

// What to do now. Every reply of a service maps to one of these in one table per service.
enum class Code : unsigned char {
    kOk,
    kRetry,           // nothing was applied; the same request may be sent again
    kThrottled,       // as kRetry, but wait at least delay()
    kUnknownOutcome,  // the request may have been applied; only a repeatable one may be sent again
    kUnreachable,     // no connection could be made
    kLeaseLost,       // somebody else may own the work by now: stop touching the target
    kDirtyRecord,     // the target refuses this record for good, or too many records were refused
    kCorrupt,         // bytes that fail their checks
    kNotFound,        // the named object does not exist
    kConfig,          // the job, the command line or the data sources must be changed
    kLedgerLost,      // the ledger cannot be reached, or was lost and is not rebuilt yet
    kFenced,          // another coordinator has taken over: this process must end
    kSourceChanged,   // what a transfer reads is not what it began with: a new run must begin
    kCancelled,       // a person or a signal asked to stop
    kFatal,           // anything else that no repetition mends
};

std::string_view name_of(Code code);

// Success costs one null pointer. Text is for people: what failed, on which object, what to do; it
// never holds secrets or record contents. Immutable, copyable, usable from any thread.
class [[nodiscard]] Status {
  public:
    Status() = default;
    Status(Code code, std::string text);

    bool ok() const { return detail_ == nullptr; }
    Code code() const;
    const std::string& text() const;

    // The error code in the service's own words ("OTSObjectNotExist", "NoSuchUpload"), or empty.
    const std::string& service_code() const;
    // How long the service asked us to wait; zero when it did not say.
    std::chrono::milliseconds delay() const;
    // True when the same request may be sent again without harm by an idempotent caller.
    bool retryable() const;

    Status with_service_code(std::string service_code) const;
    Status with_delay(std::chrono::milliseconds delay) const;
    // "context: text", everything else unchanged. No effect on success.
    Status with_context(std::string_view context) const;

  private:
    struct Detail;
    std::shared_ptr<const Detail> detail_;
};

Status config_error(std::string text);
Status fatal_error(std::string text);

// A value or the reason why there is none.
template <typename T>
class [[nodiscard]] Result {
  public:
    Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}         // NOLINT
    Result(Status status) : content_(std::in_place_index<1>, std::move(status)) {}  // NOLINT

    bool ok() const { return content_.index() == 0; }
    Status status() const { return ok() ? Status() : std::get<1>(content_); }

    T& operator*() & { return std::get<0>(content_); }
    const T& operator*() const& { return std::get<0>(content_); }
    T&& operator*() && { return std::get<0>(std::move(content_)); }
    T* operator->() { return &std::get<0>(content_); }
    const T* operator->() const { return &std::get<0>(content_); }

  private:
    std::variant<T, Status> content_;
};

}  // namespace millrace

// Returns the failed status of `expression` from the calling function.
#define MILLRACE_TRY(expression)                                                                  \
    do {                                                                                          \
        if (::millrace::Status try_status_ = (expression); !try_status_.ok()) return try_status_; \
    } while (false)

#define MILLRACE_CONCAT_(a, b) a##b
#define MILLRACE_CONCAT(a, b) MILLRACE_CONCAT_(a, b)
// `MILLRACE_ASSIGN(auto x, f());` is x = value of f(), or returns f()'s failed status.
#define MILLRACE_ASSIGN(left, expression)                   \
    auto MILLRACE_CONCAT(result_, __LINE__) = (expression); \
    if (!MILLRACE_CONCAT(result_, __LINE__).ok())           \
        return MILLRACE_CONCAT(result_, __LINE__).status(); \
    left = *std::move(MILLRACE_CONCAT(result_, __LINE__))
