// The lease keeper: decides when to renew a lease and when it is lost. A state machine without
// threads and I/O.
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "common/store/state_store.h"
#include "worker/lease/view.h"

namespace millrace {

struct LeaseSettings {
    Duration ttl = std::chrono::seconds(30);
    Duration renew_every = std::chrono::seconds(10);
    // A renewal that failed is tried again after this.
    Duration retry_after = std::chrono::seconds(1);
    // Requests end this long before the deadline.
    Duration margin = std::chrono::seconds(3);
};

namespace lease {

// ---- events
struct Granted {  // a claim was accepted
    Fence fence;
    MonoTime sent_at;  // when the call was sent: the store counts from a later moment
    Duration ttl{};
    RunControl control;
};
struct RenewalSent {
    Fence fence;
    MonoTime at;
};
struct RenewalAnswered {
    Fence fence;
    RunControl control;
};
struct RenewalFailed {
    Fence fence;
    Code code = Code::kRetry;
};
struct Ended {};  // the item was finished, parked or released
struct Tick {};
using Event = std::variant<Granted, RenewalSent, RenewalAnswered, RenewalFailed, Ended, Tick>;

// ---- actions
struct Renew {  // answer with RenewalSent, then RenewalAnswered or RenewalFailed
    Fence fence;
};
struct Lost {  // stop touching the target
    Fence fence;
};
struct Changed {  // new limits, pause or cancel
    RunControl control;
};
using Action = std::variant<Renew, Lost, Changed>;

}  // namespace lease

// One per slot, used by one thread; `view` is what other threads see and outlives it. It renews
// only while answers arrive, and the deadline counts from the moment that an accepted call was sent
// (P6). An event about another fence than the present one has no effect.
class LeaseKeeper {
  public:
    LeaseKeeper(const LeaseSettings& settings, LeaseView& view)
        : settings_(settings), view_(view) {}

    std::vector<lease::Action> step(const lease::Event& event, MonoTime now);
    // When the next Tick is due; nothing without a lease.
    std::optional<MonoTime> next_tick() const;

  private:
    enum class Renewal : uint8_t { kNone, kAsked, kSent };
    struct Lease {
        Fence fence;
        MonoTime until;  // deadline - margin
        MonoTime next_renewal;
        Duration ttl{};
        Renewal renewal = Renewal::kNone;
        MonoTime renewal_sent;
        RunControl control;
    };
    using Actions = std::vector<lease::Action>;

    void on(const lease::Granted& event, Actions& actions);
    void on(const lease::RenewalSent& event, Actions& actions);
    void on(const lease::RenewalAnswered& event, Actions& actions);
    void on(const lease::RenewalFailed& event, Actions& actions);
    void on(const lease::Ended& event, Actions& actions);
    void on(const lease::Tick& event, Actions& actions);
    bool concerns(const Fence& fence) const { return lease_ && lease_->fence == fence; }
    void extend(MonoTime sent_at);
    void lose(Actions& actions);

    const LeaseSettings settings_;
    LeaseView& view_;
    MonoTime now_;
    std::optional<Lease> lease_;
};

}  // namespace millrace
