#include "tests/sim/referee.h"

namespace millrace::sim {

void Referee::report(std::string invariant, std::string text) {
    if (violation_) return;
    history_.note(scheduler_.now(), "judge", invariant, text);
    violation_ = Violation{std::move(invariant), std::move(text)};
}

void Referee::claimed(const Claimed& claimed) {
    const uint64_t epoch = static_cast<uint64_t>(claimed.fence.epoch);
    Item& item = items_[claimed.fence.item];
    item.shard = claimed.shard;
    if (epoch == item.newest) return;  // the same claim once more
    if (epoch <= newest_) {
        report("epochs never go back", claimed.fence.item.text() + " was claimed with epoch " +
                                           std::to_string(epoch) + " after epoch " +
                                           std::to_string(newest_));
    }
    newest_ = std::max(newest_, epoch);
    item.newest = epoch;
    epochs_[epoch] = claimed.fence.item;
    // Where rows are written as they are now, no order is needed.
    if (claimed.by_image) by_image_ = true;
    if (claimed.by_image) return;
    for (const std::string& parent : cloud_.parents_of(claimed.shard.text())) {
        const bool known = cloud_.shards().contains(parent) || read_to_end_.contains(parent);
        if (known && !read_to_end_.contains(parent)) {
            report("parents before children", "shard " + claimed.shard.text() +
                                                  " is read before the end of its parent " +
                                                  parent);
        }
    }
}

void Referee::changed(const Fence& fence, std::string_view verb) {
    const Item& item = items_[fence.item];
    const uint64_t epoch = static_cast<uint64_t>(fence.epoch);
    if (epoch != item.newest) {
        report("epochs never go back", "a " + std::string(verb) + " of " + fence.item.text() +
                                           " with epoch " + std::to_string(epoch) +
                                           " was accepted after a claim with " +
                                           std::to_string(item.newest));
    }
}

void Referee::finished(const Fence& fence, const ItemEnd& end) {
    const uint64_t epoch = static_cast<uint64_t>(fence.epoch);
    Item& item = items_[fence.item];
    if (item.finished != 0 && item.finished != epoch) {
        report("one committed epoch per item", fence.item.text() + " was finished by epochs " +
                                                   std::to_string(item.finished) + " and " +
                                                   std::to_string(epoch));
    }
    changed(fence, "finish");
    item.finished = epoch;
    // Read again within its borders a shard ends at its recorded position, also when that is its
    // end.
    if (end.kind == EndKind::kShardEnd) has_ended_.insert(item.shard.text());
    if (has_ended_.contains(item.shard.text())) read_to_end_.insert(item.shard.text());
}

void Referee::restaged(const RunId& run, std::span<const ItemId> items) {
    committing_.erase(run);
    restored(run, items);
}

// From COMMITTING no item starts again unless its staged work is proven lost.
void Referee::restored(const RunId& run, std::span<const ItemId> items) {
    if (committing_.contains(run)) return;
    // Where each row counts when it is written, children wait for their parents once more.
    const bool keyed =
        scenario_.target == TargetKind::kOpenSearch || scenario_.target == TargetKind::kTable;
    for (const ItemId& item : items) {
        items_[item].finished = 0;
        if (keyed) read_to_end_.erase(items_[item].shard.text());
    }
}

void Referee::requested(uint64_t epoch, const std::string& action) {
    if (epoch == 0) return;
    const bool writes = action == "BatchWriteRow" || action == "Push" || action == "PushDocuments";
    if (!writes) return;
    Item& item = items_[epochs_[epoch]];
    if (epoch < item.applied) {
        report("nothing old after something new",
               epochs_[epoch].text() + ": rows of epoch " + std::to_string(epoch) +
                   " were written after rows of epoch " + std::to_string(item.applied));
    }
    item.applied = std::max(item.applied, epoch);
}

}  // namespace millrace::sim
