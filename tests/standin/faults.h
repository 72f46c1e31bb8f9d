// Faults that the admin API orders: which request is hit, and what happens to it.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "tests/standin/http_server.h"
#include "tests/standin/seeded.h"
#include "tests/standin/service.h"

namespace millrace::standin {

enum class FaultKind : uint8_t {
    kNone,
    kLatency,     // the answer waits delay_ms
    kStatus,      // nothing is applied; the answer is `status` with the service's error `code`
    kReset,       // nothing is applied; the connection is reset
    kTruncate,    // applied; the body ends half-way
    kFlip,        // applied; one byte of the answer's body is changed
    kFlipUpload,  // one byte of the request's body is changed before it is handled
    kDropReply,   // applied; the connection is reset instead of the answer
    kLieReply,    // applied; the answer is that of kStatus
};

struct Fault {
    FaultKind kind = FaultKind::kNone;
    std::string service;  // empty = all
    std::string action;   // empty = all
    int status = 503;     // of kStatus and kLieReply, as the three below
    std::string code;     // the service's error code
    std::string message;
    int64_t retry_after_s = 0;  // the Retry-After header; 0 = none
    int64_t delay_ms = 0;       // of kLatency; may go with any other kind
    int64_t skip = 0;           // lets that many matching requests pass first
    int64_t next = -1;          // then hits that many and is gone; -1 = for ever
    double percent = 100;       // hits that share of the matching requests

    bool rows = false;  // of single rows of BatchWriteRow instead of requests (status, lie_reply)

    // {service, action, rows, kind, code (number = status) or status, error, message,
    // retry_after_s, delay_ms, skip, next, percent}; kConfig when the kind is unknown.
    static Result<Fault> parse(const nlohmann::json& rule);
};

// Thread-safe.
class Faults {
  public:
    explicit Faults(uint64_t seed) : random_(seed) {}
    void add(Fault fault);
    void clear();
    // The first rule that hits this request (and uses up one of its hits); kNone otherwise.
    Fault draw(const std::string& service, const std::string& action);
    // How often a fault hit, by "action kind"; clear() leaves it.
    std::map<std::string, uint64_t> hits() const;

  private:
    mutable std::mutex mutex_;
    std::vector<Fault> rules_;
    std::map<std::string, uint64_t> hits_;
    Seeded random_;
};

// service.handle(request) under the fault drawn for it.
Response handle_with_faults(Service& service, Faults& faults, const std::string& action,
                            const Request& request);

}  // namespace millrace::standin
