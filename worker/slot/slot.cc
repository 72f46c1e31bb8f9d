#include "worker/slot/slot.h"

#include <algorithm>

#include "common/base/log.h"

namespace millrace {
namespace {

constexpr Duration kPoll = std::chrono::milliseconds(500);
// Items of other runs may stand before ours; what is not found here is found by its doorbell.
constexpr size_t kDueMax = 1000;

}  // namespace

void Slot::work(std::stop_token stop) {
    while (!stop.stop_requested()) {
        const auto doorbell = parts_.work.poll(kPoll);
        if (stop.stop_requested()) return;
        if (!doorbell.ok() || !*doorbell) {
            look_for_work(stop);
        } else if (parts_.runner.takes((*doorbell)->run)) {
            try_item((*doorbell)->item, stop);
        }
    }
}

void Slot::look_for_work(std::stop_token stop) {
    const auto due = parts_.store.list_due(kDueMax);
    if (!due.ok()) return;
    const auto ours = std::find_if(due->begin(), due->end(), [this](const DueItem& item) {
        return parts_.runner.takes(item.run);
    });
    if (ours != due->end()) try_item(ours->item, stop);
}

void Slot::try_item(const ItemId& item, std::stop_token stop) {
    const MonoTime sent = parts_.clock.monotonic();
    const Result<Claimed> claimed =
        parts_.store.claim(item, ClaimId(parts_.random.hex(16)), parts_.leases.settings().ttl);
    if (!claimed.ok()) return;  // somebody else has it, or it is done: the doorbell was late
    parts_.runner.control(claimed->control);
    if (claimed->control.paused || claimed->control.cancelled) {
        // No event either: it would only bring the next doorbell.
        return settle(*claimed, Status(Code::kCancelled, "the run is paused or cancelled"));
    }
    work_on(*claimed, sent, stop);
}

void Slot::work_on(const Claimed& claimed, MonoTime sent, std::stop_token stop) {
    LeaseHold hold;
    hold.on_change = [this](const RunControl& control) { parts_.runner.control(control); };
    const std::stop_callback drain(stop, [&hold] { hold.stop.request_stop(); });
    parts_.leases.begin(hold, claimed, sent);
    const Status status = run(claimed, hold);
    settle(claimed, status);
    parts_.leases.end(hold);
    if (Status rung = parts_.events.publish({claimed.run, claimed.fence.item}); !rung.ok()) {
        log::warn("event_not_sent", {{"item", claimed.fence.item.text()}, {"reason", rung.text()}});
    }
}

Status Slot::run(const Claimed& claimed, LeaseHold& hold) {
    log::info("item_claimed", {{"item", claimed.fence.item.text()},
                               {"shard", claimed.shard.text()},
                               {"epoch", static_cast<uint64_t>(claimed.fence.epoch)}});
    CallContext context{parts_.http, parts_.clock, parts_.random, hold.stop.get_token(),
                        [&] { return hold.view.may_send(parts_.clock.monotonic()); }};
    return parts_.runner.run(claimed, context);
}

// What becomes of the item. A lost lease needs nothing: somebody else decides.
void Slot::settle(const Claimed& claimed, const Status& status) {
    Status settled;
    if (status.ok()) {
        log::info("item_written", {{"item", claimed.fence.item.text()}});
    } else if (status.code() == Code::kLeaseLost) {
        log::warn("lease_lost", {{"item", claimed.fence.item.text()}, {"reason", status.text()}});
    } else if (status.code() == Code::kCancelled) {
        settled = parts_.store.release(claimed.fence, false);
    } else {
        parts_.on_failure(status);
        settled = parts_.store.park(claimed.fence.item, claimed.fence, status.text());
    }
    if (!settled.ok()) {
        log::warn("item_not_given_back",
                  {{"item", claimed.fence.item.text()}, {"reason", settled.text()}});
    }
}

}  // namespace millrace
