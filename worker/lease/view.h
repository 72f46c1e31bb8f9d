// What the sending thread knows of its lease.
#pragma once

#include <atomic>
#include <optional>

#include "common/base/status.h"
#include "common/base/time.h"

namespace millrace {

// One per slot. Thread-safe: the keeper writes, the slot's thread asks.
class LeaseView {
  public:
    // For CallContext::may_send: until when a transfer may last that begins now. kLeaseLost:
    // nothing may be sent any more, somebody else may own the item.
    Result<std::optional<MonoTime>> may_send(MonoTime now) const {
        const MonoTime until = until_.load(std::memory_order_acquire);
        if (now < until) return std::optional<MonoTime>(until);
        return Status(Code::kLeaseLost, until == kNever ? "the lease of this item has ended"
                                                        : "the lease of this item has expired");
    }

    // Requests may go on until `until`, the deadline less the margin.
    void extend(MonoTime until) { until_.store(until, std::memory_order_release); }
    void end() { until_.store(kNever, std::memory_order_release); }

  private:
    static constexpr MonoTime kNever = MonoTime::min();
    std::atomic<MonoTime> until_ = kNever;
};

}  // namespace millrace
