// The seam to the network: HTTP requests that are submitted, go on by themselves, and are waited
// for.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/buffer.h"
#include "common/base/status.h"
#include "common/base/time.h"

namespace millrace {

enum class Method : unsigned char { kGet, kHead, kPut, kPost, kPatch, kDelete };
std::string_view name_of(Method method);

// In the order sent or received. Received names are lower-case.
using Headers = std::vector<std::pair<std::string, std::string>>;
// The first value of a header, or empty. `name` in lower case; names in `headers` in any case.
std::string_view find_header(const Headers& headers, std::string_view name);

struct HttpTimeouts {
    Duration connect = std::chrono::seconds(5);
    Duration total = std::chrono::seconds(30);
    Duration stall = std::chrono::seconds(20);  // without a byte in either direction
};

struct HttpRequest {
    Method method = Method::kGet;
    std::string url;
    Headers headers;
    // Kept alive and unchanged by the caller until wait() or cancel() has returned.
    std::string_view body;
    HttpTimeouts timeouts;
    // Also abort at this time (a lease's end).
    std::optional<MonoTime> deadline;
    // Memory for the answer's body, given back in HttpAnswer::body: no allocation in steady state.
    Buffer answer_buffer;
};

struct HttpAnswer {
    int status = 0;
    Headers headers;
    Buffer body;
};

// Thread-safe. Does no retry and follows no redirect. Failures: kUnreachable (no connection was
// made), kUnknownOutcome (broken off after something was sent), kLeaseLost (the deadline passed),
// kCancelled. An HTTP error status is an answer, not a failure.
class HttpClient {
  public:
    using Ticket = uint64_t;
    virtual ~HttpClient() = default;
    // Starts the request and returns at once.
    virtual Ticket submit(HttpRequest request) = 0;
    // Waits for its end; every ticket is waited for or cancelled exactly once.
    virtual Result<HttpAnswer> wait(Ticket ticket) = 0;
    // Breaks the request off; when this returns the body is no longer read.
    virtual void cancel(Ticket ticket) = 0;
};

}  // namespace millrace
