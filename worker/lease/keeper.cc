#include "worker/lease/keeper.h"

#include <algorithm>

namespace millrace {

using namespace lease;

std::vector<Action> LeaseKeeper::step(const Event& event, MonoTime now) {
    now_ = now;
    Actions actions;
    std::visit([&](const auto& one) { on(one, actions); }, event);
    // Whatever happened: a lease that has run out is lost, and a renewal that is due is asked for.
    if (lease_ && now >= lease_->until) lose(actions);
    if (lease_ && lease_->renewal == Renewal::kNone && now >= lease_->next_renewal) {
        lease_->renewal = Renewal::kAsked;
        actions.push_back(Renew{lease_->fence});
    }
    return actions;
}

std::optional<MonoTime> LeaseKeeper::next_tick() const {
    if (!lease_) return {};
    if (lease_->renewal != Renewal::kNone) return lease_->until;
    return std::min(lease_->until, lease_->next_renewal);
}

void LeaseKeeper::extend(MonoTime sent_at) {
    lease_->until = sent_at + lease_->ttl - settings_.margin;
    lease_->next_renewal = sent_at + settings_.renew_every;
    lease_->renewal = Renewal::kNone;
    // An answer that came too late must not open the way even for a moment.
    if (now_ < lease_->until) view_.extend(lease_->until);
}

void LeaseKeeper::lose(Actions& actions) {
    view_.end();
    actions.push_back(Lost{lease_->fence});
    lease_.reset();
}

void LeaseKeeper::on(const Granted& event, Actions&) {
    view_.end();
    lease_.emplace();
    lease_->fence = event.fence;
    lease_->ttl = event.ttl;
    lease_->control = event.control;
    extend(event.sent_at);
}

void LeaseKeeper::on(const RenewalSent& event, Actions&) {
    if (!concerns(event.fence) || lease_->renewal != Renewal::kAsked) return;
    lease_->renewal = Renewal::kSent;
    lease_->renewal_sent = event.at;
}

void LeaseKeeper::on(const RenewalAnswered& event, Actions& actions) {
    if (!concerns(event.fence) || lease_->renewal != Renewal::kSent) return;
    // Too late: requests were refused meanwhile, and the slot is told that the lease is lost.
    if (now_ >= lease_->until) return;
    extend(lease_->renewal_sent);
    if (lease_->control == event.control) return;
    lease_->control = event.control;
    actions.push_back(Changed{event.control});
}

void LeaseKeeper::on(const RenewalFailed& event, Actions& actions) {
    if (!concerns(event.fence) || lease_->renewal == Renewal::kNone) return;
    if (event.code == Code::kLeaseLost || event.code == Code::kNotFound) return lose(actions);
    // Nothing is known, so the old deadline stands.
    lease_->renewal = Renewal::kNone;
    lease_->next_renewal = now_ + settings_.retry_after;
}

void LeaseKeeper::on(const Ended&, Actions&) {
    view_.end();
    lease_.reset();
}

void LeaseKeeper::on(const Tick&, Actions&) {}

}  // namespace millrace
