#include "worker/lease/renewer.h"

#include <algorithm>

namespace millrace {

LeaseRenewer::LeaseRenewer(StateStore& store, Clock& clock, LeaseSettings settings)
    : store_(store),
      clock_(clock),
      settings_(settings),
      thread_([this](std::stop_token stop) { run(stop); }) {}

LeaseRenewer::~LeaseRenewer() {
    thread_.request_stop();
    changed_.notify_all();
}

void LeaseRenewer::begin(LeaseHold& hold, const Claimed& claimed, MonoTime sent_at) {
    std::lock_guard lock(mutex_);
    auto [at, added] = keepers_.try_emplace(&hold, settings_, hold.view);
    carry_out(
        hold, at->second,
        at->second.step(lease::Granted{claimed.fence, sent_at, settings_.ttl, claimed.control},
                        clock_.monotonic()));
    begun_ = true;
    changed_.notify_all();
}

void LeaseRenewer::end(LeaseHold& hold) {
    std::lock_guard lock(mutex_);
    const auto found = keepers_.find(&hold);
    if (found == keepers_.end()) return;
    (void)found->second.step(lease::Ended{}, clock_.monotonic());
    keepers_.erase(found);
}

void LeaseRenewer::run(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        changed_.wait_for(lock, stop, until_next_tick(), [this] { return begun_; });
        begun_ = false;
        if (!stop.stop_requested()) tick();
    }
}

Duration LeaseRenewer::until_next_tick() const {
    Duration shortest = std::chrono::seconds(1);
    for (const auto& [hold, keeper] : keepers_) {
        const auto next = keeper.next_tick();
        if (next) shortest = std::min<Duration>(shortest, *next - clock_.monotonic());
    }
    return std::max(shortest, Duration(std::chrono::milliseconds(1)));
}

void LeaseRenewer::tick() {
    for (auto& [hold, keeper] : keepers_) {
        carry_out(*hold, keeper, keeper.step(lease::Tick{}, clock_.monotonic()));
    }
}

void LeaseRenewer::carry_out(LeaseHold& hold, LeaseKeeper& keeper,
                             const std::vector<lease::Action>& actions) {
    for (const lease::Action& action : actions) {
        if (const auto* renew = std::get_if<lease::Renew>(&action)) {
            const MonoTime sent = clock_.monotonic();
            // The lease may run out between two looks at the clock: then nothing is asked.
            const auto before = keeper.step(lease::RenewalSent{renew->fence, sent}, sent);
            if (!before.empty()) {
                carry_out(hold, keeper, before);
                continue;
            }
            const Result<RunControl> answer = store_.renew(renew->fence, settings_.ttl);
            const MonoTime now = clock_.monotonic();
            const auto next =
                answer.ok()
                    ? keeper.step(lease::RenewalAnswered{renew->fence, *answer}, now)
                    : keeper.step(lease::RenewalFailed{renew->fence, answer.status().code()}, now);
            carry_out(hold, keeper, next);
        } else if (const auto* changed = std::get_if<lease::Changed>(&action)) {
            if (hold.on_change) hold.on_change(changed->control);
            if (changed->control.cancelled || changed->control.paused) hold.stop.request_stop();
        } else {
            hold.stop.request_stop();
        }
    }
}

}  // namespace millrace
