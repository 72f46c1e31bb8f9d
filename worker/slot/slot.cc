#include "worker/slot/slot.h"

#include <algorithm>

#include "common/base/log.h"
#include "common/metrics/names.h"
#include "common/store/park_reason.h"

namespace millrace {
namespace {

// A stop is seen within this.
constexpr Duration kPollMax = std::chrono::milliseconds(500);
// Items of other runs may stand before ours; what is not found here is found by its doorbell.
constexpr size_t kDueMax = 1000;
// When many look at the same time, each finds the first items taken.
constexpr int kRefusedMax = 8;

// No other attempt, here or elsewhere, ends in another way.
bool is_final(const Status& status) {
    if (is_staging_gone(status)) return true;
    switch (status.code()) {
        case Code::kConfig:
        case Code::kDirtyRecord:
        case Code::kCorrupt:
        case Code::kSourceChanged:
        case Code::kFatal: return true;
        default: return false;
    }
}

// Nothing more is done about the item: its lease is over, or runs out.
bool is_left_alone(const Status& status) {
    return status.code() == Code::kLeaseLost || status.code() == Code::kLedgerLost;
}

}  // namespace

// After an item the next one is looked for at once.
void Slot::work(std::stop_token stop) {
    if (!parts_.settings.look_at_start) {
        next_look_ = parts_.clock.monotonic() + parts_.settings.look_every;
    }
    while (!stop.stop_requested()) {
        const Duration left = next_look_ - parts_.clock.monotonic();
        const auto doorbell = parts_.work.poll(std::clamp(left, Duration(0), kPollMax));
        if (stop.stop_requested()) return;
        if (!doorbell.ok()) (void)parts_.clock.sleep(kPollMax, stop);
        Try tried = Try::kNotNow;
        if (doorbell.ok() && *doorbell) {
            if (parts_.runner.takes((*doorbell)->run)) tried = try_item((*doorbell)->item, stop);
        } else if (parts_.clock.monotonic() >= next_look_) {
            tried = look_for_work(stop);
            next_look_ = parts_.clock.monotonic() + parts_.settings.look_every;
        }
        if (tried == Try::kWorked) next_look_ = {};
    }
}

Slot::Try Slot::look_for_work(std::stop_token stop) {
    const auto due = parts_.store.list_due(kDueMax);
    if (!due.ok()) return Try::kNoLedger;
    int refused = 0;
    for (const DueItem& item : *due) {
        if (stop.stop_requested() || refused == kRefusedMax) break;
        if (!parts_.runner.takes(item.run)) continue;
        const Try tried = try_item(item.item, stop);
        if (tried != Try::kNotNow) return tried;
        ++refused;
    }
    return Try::kNotNow;
}

// Refused: somebody else has it, it is done (the doorbell was late), its run has as many items at
// work as it may, or the ledger is away.
Slot::Try Slot::try_item(const ItemId& item, std::stop_token stop) {
    const MonoTime sent = lease_time(parts_.clock);
    const Result<Claimed> claimed =
        parts_.store.claim(item, ClaimId(parts_.random.hex(16)), parts_.leases.settings().ttl);
    if (!claimed.ok()) {
        // A ledger whose storage is full gives nothing out: whoever drives the run must know.
        const bool broken = claimed.status().code() == Code::kFatal;
        if (broken && !claimed.status().service_code().empty()) parts_.on_failure(claimed.status());
        return claimed.status().code() == Code::kLedgerLost ? Try::kNoLedger : Try::kNotNow;
    }
    const log::Context named({{"run", claimed->run.text()},
                              {"item", claimed->fence.item.text()},
                              {"shard", claimed->shard.text()},
                              {"epoch", static_cast<uint64_t>(claimed->fence.epoch)},
                              {"attempt", claimed->attempts + 1}});
    parts_.runner.control(claimed->run, claimed->control);
    if (claimed->control.paused || claimed->control.cancelled) {
        // No event either: it would only bring the next doorbell.
        settle(*claimed, Status(Code::kCancelled, "the run is paused or cancelled"));
        return Try::kNotNow;
    }
    // After a failure there is a pause, also before the next attempt.
    return work_on(*claimed, sent, stop).ok() ? Try::kWorked : Try::kNotNow;
}

Status Slot::work_on(const Claimed& claimed, MonoTime sent, std::stop_token stop) {
    LeaseHold hold;
    hold.on_change = [this, &claimed](const RunControl& control) {
        parts_.runner.control(claimed.run, control);
    };
    const std::stop_callback drain(stop, [&hold] { hold.stop.request_stop(); });
    parts_.leases.begin(hold, claimed, sent);
    const Status status = run(claimed, hold);
    settle(claimed, status);
    parts_.leases.end(hold);
    if (Status rung = parts_.events.publish({claimed.run, claimed.fence.item}); !rung.ok()) {
        log::warn("event_not_sent", {{"reason", rung.text()}});
    }
    return status;
}

Status Slot::run(const Claimed& claimed, LeaseHold& hold) {
    log::info("item_claimed");
    CallContext context{parts_.http,
                        parts_.clock,
                        parts_.random,
                        hold.stop.get_token(),
                        [&] { return hold.view.may_send(lease_time(parts_.clock)); },
                        parts_.retries};
    return parts_.runner.run(claimed, context);
}

// What becomes of the item. When its lease or the ledger is lost it is left alone: somebody else
// decides. So it is when a request may still take effect: whoever takes it over then knows that it
// was not given back, and the commit of a target that minds waits for it.
void Slot::settle(const Claimed& claimed, const Status& status) {
    if (status.ok()) {
        parts_.ends.written.add();
        return log::info("item_written");
    }
    Status settled = status;
    const bool unanswered = parts_.settings.attempts && status.code() == Code::kUnknownOutcome;
    if (unanswered) {
        parts_.on_failure(status);
    } else if (!is_left_alone(status)) {
        settled = status.code() == Code::kCancelled ? give_back(claimed, status)
                                                    : give_up(claimed, status);
    }
    if (settled.ok()) return;
    parts_.ends.lost.add();
    log::warn(is_left_alone(settled) ? "lease_lost" : "item_not_given_back",
              {{"reason", settled.text()}});
}

Status Slot::give_back(const Claimed& claimed, const Status& status) {
    MILLRACE_TRY(parts_.store.release(claimed.fence, false));
    parts_.ends.released.add();
    log::info("item_given_back", {{"reason", status.text()}});
    return {};
}

// A failure of a claim that was taken away meanwhile says nothing about the run; nor does staging
// that is gone: the run's coordinator, which finds the item parked for it, makes it anew.
Status Slot::give_up(const Claimed& claimed, const Status& status) {
    const bool parks = !parts_.settings.attempts || is_final(status);
    // Embedded mode says itself why it failed.
    log::write(parts_.settings.attempts ? log::Level::kWarn : log::Level::kInfo,
               parks ? "item_parked" : "item_failed", {{"reason", status.text()}});
    (parks ? parts_.ends.parked : parts_.ends.released).add();
    const Status settled =
        parks ? parts_.store.park(claimed.fence.item, claimed.fence, park_reason(status))
              : parts_.store.release(claimed.fence, true);
    const bool mended = is_staging_gone(status) && settled.ok();
    if (!is_left_alone(settled) && !mended) parts_.on_failure(status);
    return settled;
}

ItemEnds item_ends(Registry& metrics) {
    const auto counter = [&](const char* how) {
        return metrics.counter(metric::kItemsEnded, {how});
    };
    return {counter("written"), counter("parked"), counter("released"), counter("lost")};
}

}  // namespace millrace
