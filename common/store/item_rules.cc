#include <limits>
#include <set>

#include "common/base/planted_bug.h"
#include "common/store/rules.h"

namespace millrace::rules {
namespace {

std::string named(const ItemRow& item) {
    return "item " + item.item.text();
}

Status lease_lost(const ItemRow& item, std::string_view why) {
    return Status(Code::kLeaseLost, named(item) + ": " + std::string(why) + "; the item is " +
                                        std::string(name_of(item.state)));
}

Status misfit(const ItemRow& item, std::string_view verb) {
    std::string text = "cannot " + std::string(verb) + " " + named(item) + ": it is " +
                       std::string(name_of(item.state));
    if (!item.reason.empty()) text += " (" + item.reason + ")";
    return fatal_error(std::move(text));
}

bool same_claim(const ItemRow& item, const Fence& fence) {
    return item.item == fence.item && item.epoch == fence.epoch && item.claim == fence.claim &&
           !item.claim.empty();
}

// The claim of `fence` is the one that holds the item.
Status held(const ItemRow& item, const Fence& fence, std::string_view verb) {
    if (!same_claim(item, fence)) return lease_lost(item, "another claim came after this one");
    if (item.claim_end == ClaimEnd::kVoid) return lease_lost(item, "this claim was taken away");
    if (item.claim_end != ClaimEnd::kNone) return misfit(item, verb);
    return {};
}

Status valid(const ItemRow& item, const Progress& progress) {
    if (!progress.counts.balanced()) {
        return fatal_error(named(item) + ": the counts of its checkpoint do not add up");
    }
    // A late copy of an earlier call must not take the position back.
    if (item.has_progress && progress.counts.read < item.progress.counts.read) {
        return fatal_error(named(item) + ": an older checkpoint came after a newer one");
    }
    std::set<std::pair<uint32_t, uint32_t>> parts;
    for (const Part& part : progress.new_parts) {
        if (parts.emplace(part.object, part.number).second) continue;
        return fatal_error(named(item) + ": a checkpoint names part " +
                           std::to_string(part.number) + " of object " +
                           std::to_string(part.object) + " twice");
    }
    return {};
}

bool same_prefix(const Progress& a, const Progress& b) {
    return a.position == b.position && a.staging == b.staging && a.counts == b.counts &&
           a.source_sum == b.source_sum && a.output_sum == b.output_sum;
}

void take(ItemRow& item, const Progress& progress) {
    item.progress.position = progress.position;
    item.progress.staging = progress.staging;
    item.progress.counts = progress.counts;
    item.progress.source_sum = progress.source_sum;
    item.progress.output_sum = progress.output_sum;
    item.has_progress = true;
}

// The next `count` numbers of a counter.
Result<Range> take_numbers(uint32_t& reserved, uint32_t count, const std::string& whose) {
    if (count == 0 || count > std::numeric_limits<uint32_t>::max() - reserved - 1) {
        return fatal_error("cannot reserve " + std::to_string(count) + " numbers for " + whose +
                           " after " + std::to_string(reserved));
    }
    const Range range{reserved + 1, count};
    reserved += count;
    return range;
}

void give_back(ItemRow& item, ClaimEnd how, bool counts_as_attempt) {
    item.state = ItemState::kReady;
    item.claim_end = how;
    if (!counts_as_attempt || ++item.attempts < kAttemptsMax) return;
    item.state = ItemState::kParked;
    item.reason = std::to_string(item.attempts) + " attempts without progress";
}

}  // namespace

bool full(const InstanceRow& instance, size_t claims) {
    return instance.control.concurrent <= 0 ||
           claims >= static_cast<size_t>(instance.control.concurrent);
}

ItemRow new_item(const RunId& run, const NewItem& item) {
    ItemRow row;
    row.item = item.item;
    row.run = run;
    row.shard = item.shard;
    row.start = item.start;
    return row;
}

Status claim(InstanceRow& instance, ItemRow& item, uint64_t& epoch, size_t claims,
             const ClaimId& claim, MonoTime now, Duration ttl) {
    if (claim.empty() || ttl <= Duration::zero()) {
        return fatal_error("a claim of " + named(item) + " needs a claim id and a time to live");
    }
    if (instance.state != InstanceState::kRunning) {
        return fatal_error("cannot claim " + named(item) + ": its run is " +
                           std::string(name_of(instance.state)));
    }
    const bool same = item.claim == claim;
    if (same && item.claim_end != ClaimEnd::kNone) return lease_lost(item, "this claim has ended");
    const bool ready = item.state == ItemState::kReady;
    if (item.state == ItemState::kClaimed && !same) {
        if (now < item.deadline) return lease_lost(item, "another claim is alive");
        void_claim(item, true);
    }
    if (item.state == ItemState::kWritten || item.state == ItemState::kParked) {
        return misfit(item, "claim");
    }
    if (ready && full(instance, claims)) {
        return Status(Code::kRetry,
                      "cannot claim " + named(item) + " now: " + std::to_string(claims) +
                          " items of its run are CLAIMED, " +
                          std::to_string(instance.control.concurrent) + " are allowed");
    }
    if (!same) {
        item.epoch = Epoch(++epoch);
        item.claim = claim;
        item.claim_end = ClaimEnd::kNone;
        if (planted(PlantedBug::kSharedNumbers)) item.reserved = instance.reserved = 0;
    }
    item.state = ItemState::kClaimed;
    item.deadline = now + ttl;
    instance.claimed = true;
    return {};
}

Status renew(ItemRow& item, const Fence& fence, MonoTime now, Duration ttl) {
    MILLRACE_TRY(held(item, fence, "renew the claim of"));
    if (ttl <= Duration::zero()) return fatal_error("a renewal needs a time to live");
    item.deadline = now + ttl;
    return {};
}

Status checkpoint(ItemRow& item, const Fence& fence, const Progress& progress) {
    if (!planted(PlantedBug::kCheckpointWithoutEpoch)) {
        MILLRACE_TRY(held(item, fence, "checkpoint"));
    }
    MILLRACE_TRY(valid(item, progress));
    if (!item.has_progress || item.progress.position != progress.position) item.attempts = 0;
    take(item, progress);
    return {};
}

Status finish(ItemRow& item, const Fence& fence, const Progress& progress, const ItemEnd& end,
              bool parts_known) {
    if (same_claim(item, fence) && item.claim_end == ClaimEnd::kFinished && item.end == end &&
        same_prefix(item.progress, progress) && parts_known) {
        return {};
    }
    MILLRACE_TRY(held(item, fence, "finish"));
    MILLRACE_TRY(valid(item, progress));
    take(item, progress);
    item.state = ItemState::kWritten;
    item.claim_end = ClaimEnd::kFinished;
    item.end = end;
    item.attempts = 0;
    return {};
}

Status park(const InstanceRow& instance, ItemRow& item, const std::optional<Fence>& fence,
            const std::string& reason) {
    const bool parked = item.state == ItemState::kParked && item.reason == reason;
    if (fence) {
        if (parked && same_claim(item, *fence) && item.claim_end == ClaimEnd::kParked) return {};
        MILLRACE_TRY(held(item, *fence, "park"));
        item.claim_end = ClaimEnd::kParked;
    } else {
        if (instance.state != InstanceState::kRunning) {
            return fatal_error("cannot park " + named(item) + ": its run is " +
                               std::string(name_of(instance.state)));
        }
        if (parked) return {};
        if (item.state != ItemState::kReady) return misfit(item, "park");
    }
    item.state = ItemState::kParked;
    item.reason = reason;
    return {};
}

Status release(ItemRow& item, const Fence& fence, bool counts_as_attempt) {
    const ClaimEnd how = counts_as_attempt ? ClaimEnd::kReleasedAttempt : ClaimEnd::kReleased;
    if (same_claim(item, fence) && item.claim_end == how) return {};
    MILLRACE_TRY(held(item, fence, "release"));
    give_back(item, how, counts_as_attempt);
    return {};
}

Result<Range> reserve(ItemRow& item, const Fence& fence, uint32_t count) {
    MILLRACE_TRY(held(item, fence, "reserve numbers for"));
    return take_numbers(item.reserved, count, named(item));
}

Result<Range> reserve_of_run(InstanceRow& instance, const ItemRow& item, const Fence& fence,
                             uint32_t count) {
    MILLRACE_TRY(held(item, fence, "reserve numbers for"));
    return take_numbers(instance.reserved, count, "run " + instance.run.text());
}

void void_claim(ItemRow& item, bool counts_as_attempt) {
    if (item.state != ItemState::kClaimed) return;
    item.abandoned = item.epoch;
    give_back(item, ClaimEnd::kVoid, counts_as_attempt);
}

void start_again(ItemRow& item, bool within_borders) {
    void_claim(item, false);
    // What its last owner did counts for nothing now: a late repetition must not be answered
    // "done".
    if (!item.claim.empty()) item.claim_end = ClaimEnd::kVoid;
    item.state = ItemState::kReady;
    item.progress = {};
    item.has_progress = false;
    if (!within_borders) item.end.reset();
    item.attempts = 0;
    item.reason.clear();
}

void reopen_item(ItemRow& item) {
    if (item.state == ItemState::kWritten) return;
    item.attempts = 0;
    if (item.state != ItemState::kParked) return;
    item.state = ItemState::kReady;
    item.claim_end = ClaimEnd::kVoid;
    item.reason.clear();
}

}  // namespace millrace::rules
