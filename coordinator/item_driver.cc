#include "coordinator/item_driver.h"

#include <algorithm>
#include <utility>

#include "common/base/crash_point.h"
#include "common/store/park_reason.h"
#include "coordinator/shards/history.h"

namespace millrace {
namespace {

// Doorbells may be lost: the ledger is read, and READY items are rung for, this often all the same
// (P5).
constexpr Duration kLookEvery = std::chrono::seconds(2);

}  // namespace

ItemDriver::ItemDriver(ItemDriverParts parts, ShardLister* lister, InstanceView instance,
                       PlannerOptions options, uint64_t dirty_records_max)
    : parts_(std::move(parts)),
      lister_(lister),
      instance_(std::move(instance)),
      options_(options),
      dirty_records_max_(dirty_records_max),
      planner_(std::move(options)) {}

Status ItemDriver::run() {
    MILLRACE_TRY(restore());
    events_.push_back(planner::Tick{});
    while (!done_) {
        while (!events_.empty() && !done_) {
            const planner::Event event = std::move(events_.front());
            events_.pop_front();
            MILLRACE_TRY(step(event));
        }
        if (done_) break;
        if (parts_.stop.stop_requested()) return Status(Code::kCancelled, "stopped by request");
        if (parts_.failure) MILLRACE_TRY(parts_.failure());
        MILLRACE_TRY(wait());
        MILLRACE_TRY(look_at_items());
    }
    return {};
}

// What the ledger already holds: the process was restarted, or the run reopened.
Status ItemDriver::restore() {
    MILLRACE_ASSIGN(const std::vector<ItemView> items, parts_.store.items(instance_.run));
    items_ = items.size();
    if (parts_.saw) parts_.saw(items);
    for (const ItemView& item : items) {
        // Within borders the planner decides no starts; those of other sources have other forms.
        ItemStart start;
        if (!options_.within_borders) {
            MILLRACE_ASSIGN(start, parse_item_start(item.start));
        }
        const bool ended = item.state == ItemState::kWritten;
        planner_.restore(item.shard, start, ended ? item.end : std::nullopt,
                         item.progress.counts.read > 0);
        if (ended) {
            ended_.insert(item.shard);
        } else {
            MILLRACE_TRY(parts_.work.publish({instance_.run, item.item}));
        }
    }
    return {};
}

// Items that are added one after the other go to the ledger together: 10,000 shards are not 10,000
// transactions.
Status ItemDriver::step(const planner::Event& event) {
    wake_at_.reset();
    std::vector<NewItem> added;
    for (const planner::Action& action : planner_.step(event, parts_.clock.monotonic())) {
        if (const auto* add = std::get_if<planner::AddItem>(&action)) {
            added.push_back({ItemId(instance_.run.text() + "/" + std::to_string(items_++)),
                             add->shard, to_json(add->start)});
            continue;
        }
        MILLRACE_TRY(add_items(std::exchange(added, {})));
        MILLRACE_TRY(carry_out(action));
    }
    return add_items(added);
}

Status ItemDriver::carry_out(const planner::Action& action) {
    if (const auto* borders = std::get_if<planner::RecordBorders>(&action)) return record(*borders);
    if (const auto* until = std::get_if<planner::WaitUntil>(&action)) {
        wake_at_ = until->time;
        return {};
    }
    return list();
}

Status ItemDriver::add_items(const std::vector<NewItem>& items) {
    if (items.empty()) return {};
    MILLRACE_TRY(parts_.store.add_items(instance_.run, items));
    crash_point("after_add_item");
    for (const NewItem& item : items) {
        MILLRACE_TRY(parts_.work.publish({instance_.run, item.item}));
    }
    return {};
}

Status ItemDriver::list() {
    MILLRACE_ASSIGN(std::vector<ListedShard> shards, lister_->list());
    planner::Listing listing;
    MILLRACE_ASSIGN(listing.histories, shard_histories(parts_.store, instance_.task,
                                                       options_.stream, options_.window, shards));
    if (!known_starts_) {
        MILLRACE_ASSIGN(known_starts_, lister_->known_starts());
    }
    for (const auto& [shard, start] : known_starts_->starts) {
        if (const auto found = listing.histories.find(shard); found != listing.histories.end()) {
            found->second.datax = start;
        }
    }
    for (const ShardId& shard : known_starts_->ended) {
        if (const auto found = listing.histories.find(shard); found != listing.histories.end()) {
            found->second.datax_ended = true;
        }
    }
    listing.shards = std::move(shards);
    events_.push_back(std::move(listing));
    return {};
}

Status ItemDriver::record(const planner::RecordBorders& record) {
    notes_ = record.notes;
    done_ = true;
    if (instance_.borders_recorded) return {};  // final since an earlier attempt
    crash_point("before_borders");
    MILLRACE_TRY(parts_.store.record_borders(instance_.run, record.borders));
    crash_point("after_borders");
    return {};
}

Status ItemDriver::wait() {
    Duration pause = kLookEvery;
    if (wake_at_)
        pause = std::clamp<Duration>(*wake_at_ - parts_.clock.monotonic(), Duration(0), pause);
    MILLRACE_ASSIGN(const std::optional<Doorbell> rung, parts_.events.poll(pause));
    (void)rung;  // what it says stands in the ledger
    if (wake_at_ && parts_.clock.monotonic() >= *wake_at_) events_.push_back(planner::Tick{});
    return {};
}

Status ItemDriver::look_at_items() {
    MILLRACE_ASSIGN(const std::vector<ItemView> items, parts_.store.items(instance_.run));
    if (parts_.saw) parts_.saw(items);
    uint64_t dirty = 0;
    const MonoTime now = parts_.clock.monotonic();
    // Not after every event: many items would flood the bus.
    const bool ring = !ring_again_ || now >= *ring_again_;
    if (ring) ring_again_ = now + kLookEvery;
    for (const ItemView& item : items) {
        dirty += item.progress.counts.rows_dirty;
        if (item.state == ItemState::kParked) {
            return parked_for(item.reason).with_context("shard " + item.shard.text());
        }
        if (item.state == ItemState::kWritten && ended_.insert(item.shard).second) {
            events_.push_back(
                planner::ItemEnded{item.shard, *item.end, item.progress.counts.read > 0});
        } else if (ring && item.state == ItemState::kReady) {
            MILLRACE_TRY(parts_.work.publish({instance_.run, item.item}));
        }
    }
    if (dirty > dirty_records_max_) {
        return Status(Code::kDirtyRecord, std::to_string(dirty) + " dirty records, " +
                                              std::to_string(dirty_records_max_) + " are allowed");
    }
    return {};
}

}  // namespace millrace
