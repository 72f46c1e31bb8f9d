// Carries out what the planner decides: adds items, rings doorbells, lists shards, records borders,
// until every item of an instance is WRITTEN.
#pragma once

#include <deque>
#include <functional>
#include <set>
#include <stop_token>

#include "common/base/clock.h"
#include "common/bus/bus.h"
#include "common/store/state_store.h"
#include "coordinator/planner/planner.h"
#include "coordinator/shards/lister.h"

namespace millrace {

struct ItemDriverParts {
    StateStore& store;
    Bus& work;    // doorbells to workers
    Bus& events;  // doorbells from workers: something about a run has changed
    Clock& clock;
    std::stop_token stop;
    // The first failure of a worker of this process; it may have been unable to park its item (a
    // full disk). Empty = workers are elsewhere.
    std::function<Status()> failure;
    // Is shown the items of the run whenever they are read; may be empty.
    std::function<void(const std::vector<ItemView>&)> saw;
};

// One per instance, used by one thread; blocking. May be stopped and made again at any point: all
// it knows is in the ledger.
class ItemDriver {
  public:
    // `lister` outlives this object; nullptr when the run is within borders.
    ItemDriver(ItemDriverParts parts, ShardLister* lister, InstanceView instance,
               PlannerOptions options, uint64_t dirty_records_max);

    // Ok: the borders are recorded. kCancelled: stopped. kDirtyRecord: more records were refused
    // than the job allows. Otherwise an item is parked: its reason.
    Status run();
    const std::vector<std::string>& notes() const { return notes_; }

  private:
    Status restore();
    Status step(const planner::Event& event);
    Status carry_out(const planner::Action& action);
    Status add_items(const std::vector<NewItem>& items);
    Status list();
    Status record(const planner::RecordBorders& record);
    Status look_at_items();
    Status wait();

    ItemDriverParts parts_;
    ShardLister* lister_;
    InstanceView instance_;
    PlannerOptions options_;
    uint64_t dirty_records_max_;
    Planner planner_;
    std::deque<planner::Event> events_;
    std::set<ShardId> ended_;  // told to the planner already
    size_t items_ = 0;
    std::optional<MonoTime> wake_at_;
    std::optional<MonoTime> ring_again_;  // when READY items get their doorbells once more
    std::optional<KnownStarts> known_starts_;
    std::vector<std::string> notes_;
    bool done_ = false;
};

}  // namespace millrace
