#include "worker/lease/leases.h"

#include <algorithm>

#include "common/base/planted_bug.h"

namespace millrace {

MonoTime lease_time(const Clock& clock) {
    if (planted(PlantedBug::kLeaseByWallClock)) return MonoTime(clock.now().time_since_epoch());
    return clock.monotonic();
}

void Leases::begin(LeaseHold& hold, const Claimed& claimed, MonoTime sent_at) {
    {
        const std::lock_guard lock(mutex_);
        Kept& kept = kept_.emplace_back(Kept{hold, LeaseKeeper(settings_, hold.view)});
        carry_out(kept, kept.keeper.step(
                            lease::Granted{claimed.fence, sent_at, settings_.ttl, claimed.control},
                            lease_time(clock_)));
    }
    on_begin();
}

void Leases::end(LeaseHold& hold) {
    const std::lock_guard lock(mutex_);
    for (auto kept = kept_.begin(); kept != kept_.end(); ++kept) {
        if (&kept->hold != &hold) continue;
        (void)kept->keeper.step(lease::Ended{}, lease_time(clock_));
        kept_.erase(kept);
        return;
    }
}

Duration Leases::renew_due() {
    std::unique_lock lock(mutex_);
    for (Kept& kept : kept_) {
        carry_out(kept, kept.keeper.step(lease::Tick{}, lease_time(clock_)));
    }
    while (!asked_.empty()) {
        const Asked asked = std::move(asked_.front());
        asked_.pop_front();
        renew(asked, lock);
    }
    return until_next_tick();
}

Leases::Kept* Leases::find(const LeaseHold* hold) {
    const auto found = std::find_if(kept_.begin(), kept_.end(),
                                    [&](const Kept& kept) { return &kept.hold == hold; });
    return found == kept_.end() ? nullptr : &*found;
}

Duration Leases::until_next_tick() const {
    Duration shortest = std::chrono::seconds(1);
    for (const Kept& kept : kept_) {
        const auto next = kept.keeper.next_tick();
        if (next) shortest = std::min<Duration>(shortest, *next - lease_time(clock_));
    }
    return std::max(shortest, Duration(std::chrono::milliseconds(1)));
}

void Leases::carry_out(Kept& kept, const std::vector<lease::Action>& actions) {
    for (const lease::Action& action : actions) {
        if (const auto* renewal = std::get_if<lease::Renew>(&action)) {
            asked_.push_back({&kept.hold, renewal->fence});
        } else if (const auto* changed = std::get_if<lease::Changed>(&action)) {
            if (kept.hold.on_change) kept.hold.on_change(changed->control);
            if (changed->control.cancelled || changed->control.paused) {
                kept.hold.stop.request_stop();
            }
        } else {
            kept.hold.stop.request_stop();
        }
    }
}

// The keeper takes no answer for a lease that has ended or was followed by another meanwhile.
void Leases::renew(const Asked& asked, std::unique_lock<std::mutex>& lock) {
    Kept* kept = find(asked.hold);
    if (!kept) return;
    const MonoTime sent = lease_time(clock_);
    // The lease may run out between two looks at the clock: then nothing is asked.
    const auto before = kept->keeper.step(lease::RenewalSent{asked.fence, sent}, sent);
    if (!before.empty()) return carry_out(*kept, before);
    lock.unlock();
    const Result<RunControl> answer = store_.renew(asked.fence, settings_.ttl);
    lock.lock();
    kept = find(asked.hold);
    if (!kept) return;
    const MonoTime now = lease_time(clock_);
    if (answer.ok()) {
        carry_out(*kept, kept->keeper.step(lease::RenewalAnswered{asked.fence, *answer}, now));
    } else {
        carry_out(*kept, kept->keeper.step(
                             lease::RenewalFailed{asked.fence, answer.status().code()}, now));
    }
}

}  // namespace millrace
