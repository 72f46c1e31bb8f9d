// Renews the leases of all slots of a process from one thread, as their keepers decide.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

#include "common/base/clock.h"
#include "common/store/state_store.h"
#include "worker/lease/keeper.h"

namespace millrace {

// What a slot holds while it works on an item. Owned by the slot; other threads only see `view`.
struct LeaseHold {
    LeaseView view;
    std::stop_source stop;  // requested when the lease is lost, the run is paused or cancelled
    std::function<void(const RunControl&)>
        on_change;  // new limits; called from the renewer's thread
};

// Thread-safe.
class LeaseRenewer {
  public:
    LeaseRenewer(StateStore& store, Clock& clock, LeaseSettings settings);
    ~LeaseRenewer();
    LeaseRenewer(const LeaseRenewer&) = delete;
    LeaseRenewer& operator=(const LeaseRenewer&) = delete;

    // `hold` stays where it is until end().
    void begin(LeaseHold& hold, const Claimed& claimed, MonoTime sent_at);
    void end(LeaseHold& hold);
    const LeaseSettings& settings() const { return settings_; }

  private:
    using Keepers = std::map<LeaseHold*, LeaseKeeper>;

    void run(std::stop_token stop);
    void tick();
    void carry_out(LeaseHold& hold, LeaseKeeper& keeper, const std::vector<lease::Action>& actions);
    Duration until_next_tick() const;

    StateStore& store_;
    Clock& clock_;
    const LeaseSettings settings_;
    std::mutex mutex_;  // guards keepers_; held while the store is asked
    std::condition_variable_any changed_;
    Keepers keepers_;
    bool begun_ = false;  // a lease that the thread has not seen yet; guarded by mutex_
    std::jthread thread_;
};

}  // namespace millrace
