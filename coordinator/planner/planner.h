// Which items a window has: shards of a stream, their lineage, where each begins, and when the
// window is complete (P1, P2, P4). A state machine without threads or I/O.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "common/base/ids.h"
#include "common/base/status.h"
#include "common/base/time.h"
#include "common/store/state_store.h"
#include "common/stream/position.h"

namespace millrace {

struct ListedShard {
    ShardId shard;
    std::vector<ShardId> parents;  // none, one (split) or two (merge)
};

// What the ledger (and, for a task's first window, the DataX status table) says of one shard.
struct ShardHistory {
    std::optional<Border> at_start;                          // exactly at the window's start
    std::optional<Border> at_end;                            // exactly at the window's end
    std::optional<std::pair<int64_t, Border>> before_start;  // nearest earlier one
    std::optional<ItemStart> datax;                          // from the status table
    bool datax_ended = false;  // the status table says: read to its end
};

// What is known from outside the ledger: where shards go on, and which are read to their end.
struct KnownStarts {
    std::map<ShardId, ItemStart> starts;
    std::set<ShardId> ended;
};

namespace planner {

// ---- events
// The stream's shards, and the histories of all of them and of their parents.
struct Listing {
    std::vector<ListedShard> shards;
    std::map<ShardId, ShardHistory> histories;
};
struct ItemEnded {
    ShardId shard;
    ItemEnd end;
    bool gave_records = false;
};
struct Tick {};
using Event = std::variant<Listing, ItemEnded, Tick>;

// ---- actions
struct AddItem {
    ShardId shard;
    ItemStart start;
};
struct List {};  // list the shards again
struct WaitUntil {
    MonoTime time;  // then send Tick
};
// Every item is WRITTEN and a listing begun after the last shard end added none: these are final.
struct RecordBorders {
    std::vector<ShardBorders> borders;
    std::vector<std::string> notes;  // for the receipt
};
using Action = std::variant<AddItem, List, WaitUntil, RecordBorders>;

}  // namespace planner

struct PlannerOptions {
    StreamId stream;
    Window window;
    // How far before the window's start reading begins when nothing is known of a shard.
    Duration seek_before = std::chrono::minutes(10);
    // After a shard's end: how long its children may stay out of listings.
    Duration children_wait = std::chrono::seconds(60);
    Duration listing_pause_first = std::chrono::milliseconds(200);
    Duration listing_pause_max = std::chrono::seconds(2);
    bool accept_loss = false;
    // A run within recorded borders (replay, or the rest of a window whose borders are final):
    // exactly these shards and positions, nothing is listed.
    bool within_borders = false;
};

// One per instance; owned by its driver, used by one thread.
class Planner {
  public:
    explicit Planner(PlannerOptions options)
        : options_(std::move(options)), listed_(options_.within_borders) {}

    // An item that the ledger holds already (the process was restarted); call before the first
    // event.
    void restore(const ShardId& shard, const ItemStart& start, const std::optional<ItemEnd>& end,
                 bool gave_records);

    std::vector<planner::Action> step(const planner::Event& event, MonoTime now);

  private:
    struct Shard {
        std::vector<ShardId> parents;
        std::optional<ItemStart> start;  // set once its item is planned
        std::optional<ItemEnd> end;
        bool gave = false;   // this task has read a record of it, now or earlier
        bool empty = false;  // belongs to a later window: a parent stopped at a border
    };
    enum class Readiness { kReady, kWaits, kLater };

    void on_listing(const planner::Listing& listing, MonoTime now);
    void on_ended(const planner::ItemEnded& ended, MonoTime now);
    void plan(std::vector<planner::Action>& actions);
    void decide_next(std::vector<planner::Action>& actions, MonoTime now);
    Readiness readiness(const Shard& shard) const;
    ItemStart start_of(const ShardId& id, const Shard& shard) const;
    bool finished_earlier(const ShardHistory& history) const;
    void await_children(const ShardId& id, const Shard& shard);
    Border start_border(const ShardId& id, const Shard& shard) const;
    Border end_border(const ShardId& id, const Shard& shard) const;
    planner::RecordBorders borders() const;
    const ShardHistory* history_of(const ShardId& shard) const;

    PlannerOptions options_;
    std::map<ShardId, Shard> shards_;            // of this window
    std::map<ShardId, ShardHistory> histories_;  // of everything that was ever listed
    // Listed children of a shard. A split shows two, a merge one with two parents; until then more
    // are awaited.
    std::map<ShardId, std::set<ShardId>> children_;
    std::set<ShardId> merged_;
    // So that an event costs what it changes, not a look at every shard:
    std::set<ShardId> waiting_;         // shards without an item that belong to this window yet
    std::set<ShardId> childless_;       // read to their end, with children that are still awaited
    size_t unfinished_ = 0;             // shards of this window that have not ended
    std::set<ShardId> ended_by_datax_;  // which the ledger does not know yet
    bool restored_shard_end_ = false;   // its time is not known any more
    std::optional<MonoTime> last_end_;  // of a shard that was read to its end
    std::optional<MonoTime> listing_asked_;  // for the listing under way or last done
    std::optional<MonoTime> list_again_;
    Duration listing_pause_{0};
    bool listing_under_way_ = false;
    bool listed_ = false;
    bool done_ = false;
};

}  // namespace millrace
