// The leases of all slots of a process, renewed as their keepers decide.
#pragma once

#include <deque>
#include <functional>
#include <list>
#include <mutex>
#include <stop_token>

#include "common/base/clock.h"
#include "common/store/state_store.h"
#include "worker/lease/keeper.h"

namespace millrace {

// The time that leases are counted on: a process cannot set it back (P6).
MonoTime lease_time(const Clock& clock);

// What a slot holds while it works on an item. Owned by the slot; other threads only see `view`.
struct LeaseHold {
    LeaseView view;
    std::stop_source stop;  // requested when the lease is lost, the run is paused or cancelled
    std::function<void(const RunControl&)>
        on_change;  // new limits; called from the thread that renews
};

// Thread-safe. Renews nothing by itself: see LeaseRenewer.
class Leases {
  public:
    Leases(StateStore& store, Clock& clock, LeaseSettings settings)
        : store_(store), clock_(clock), settings_(settings) {}
    virtual ~Leases() = default;
    Leases(const Leases&) = delete;
    Leases& operator=(const Leases&) = delete;

    // `hold` stays where it is until end().
    void begin(LeaseHold& hold, const Claimed& claimed, MonoTime sent_at);
    void end(LeaseHold& hold);
    const LeaseSettings& settings() const { return settings_; }

    // Asks the store for what is due, one after the other; leases may begin and end meanwhile.
    // Called by one thread, again after the time that it returns, and when a lease has begun.
    Duration renew_due();

  protected:
    // A lease has begun that renew_due() has not seen.
    virtual void on_begin() {}

  private:
    struct Kept {
        LeaseHold& hold;
        LeaseKeeper keeper;
    };
    struct Asked {
        const LeaseHold* hold;
        Fence fence;
    };

    Kept* find(const LeaseHold* hold);
    void carry_out(Kept& kept, const std::vector<lease::Action>& actions);
    void renew(const Asked& asked, std::unique_lock<std::mutex>& lock);
    Duration until_next_tick() const;

    StateStore& store_;
    Clock& clock_;
    const LeaseSettings settings_;
    std::mutex mutex_;         // not held while the store is asked
    std::list<Kept> kept_;     // guarded by mutex_
    std::deque<Asked> asked_;  // renewals to be sent; guarded by mutex_
};

}  // namespace millrace
