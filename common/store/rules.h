// The rules of the ledger over plain rows: no storage, no clock, no threads. Each rule changes its
// rows or refuses with a status; the caller writes back the rows that differ from what it read.
#pragma once

#include "common/store/rows.h"

namespace millrace::rules {

// Attempts without progress after which an item is parked.
inline constexpr int kAttemptsMax = 5;

struct Creation {
    CreateOutcome outcome;
    std::optional<InstanceRow> row;  // to be inserted
};
// `same_run`: an instance with this run id is there. `others`: the runs of the window.
Result<Creation> create(const NewInstance& instance, bool same_run,
                        std::span<const RunOfWindow> others, bool later_claimed);

// No READY item of the run may be claimed now.
bool full(const InstanceRow& instance, size_t claims);

Status may_add_items(const InstanceRow& instance);
ItemRow new_item(const RunId& run, const NewItem& item);

// May change the rows although it refuses: the take-over that parks the item.
// `claims`: how many items of the run are CLAIMED.
Status claim(InstanceRow& instance, ItemRow& item, uint64_t& epoch, size_t claims,
             const ClaimId& claim, MonoTime now, Duration ttl);
Status renew(ItemRow& item, const Fence& fence, MonoTime now, Duration ttl);
Status checkpoint(ItemRow& item, const Fence& fence, const Progress& progress);
// `parts_known`: all parts of `progress` are stored as they are there.
Status finish(ItemRow& item, const Fence& fence, const Progress& progress, const ItemEnd& end,
              bool parts_known);
Status park(const InstanceRow& instance, ItemRow& item, const std::optional<Fence>& fence,
            const std::string& reason);
Status release(ItemRow& item, const Fence& fence, bool counts_as_attempt);
Result<Range> reserve(ItemRow& item, const Fence& fence, uint32_t count);
Result<Range> reserve_of_run(InstanceRow& instance, const ItemRow& item, const Fence& fence,
                             uint32_t count);
// Takes a claim away. No effect on an item that has none.
void void_claim(ItemRow& item, bool counts_as_attempt);
// Back to its start without progress; the caller removes its parts.
// `within_borders`: its border is recorded and stays its end.
void start_again(ItemRow& item, bool within_borders);

// One text per set of borders, whatever their order.
std::string digest(std::span<const ShardBorders> borders);
Status record_borders(InstanceRow& instance, const Tally& tally, const std::string& digest);
Status begin_commit(InstanceRow& instance, const Tally& tally, const std::string& intent);
// The items that `result` names are the caller's to start again.
Status end_commit(InstanceRow& instance, const CommitResult& result);
Status close(InstanceRow& instance, InstanceState state, const std::string& reason);
Status reopen(InstanceRow& instance, const ReopenOptions& options,
              std::span<const RunOfWindow> others, bool later_claimed);
void reopen_item(ItemRow& item);
Status set_control(InstanceRow& instance, const RunControl& control);
Status set_staging(InstanceRow& instance, const std::string& staging);

}  // namespace millrace::rules
