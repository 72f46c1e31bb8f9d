// The invariants: judged at every event, and at the end from what the target and the ledger hold.
#pragma once

#include <map>
#include <set>

#include "tests/sim/cloud.h"
#include "tests/sim/store.h"

namespace millrace::sim {

struct Violation {
    std::string invariant;  // short, the same for all seeds
    std::string text;
};

class Referee final : public LedgerWatch {
  public:
    Referee(Scheduler& scheduler, History& history, Cloud& cloud, const Scenario& scenario)
        : scheduler_(scheduler), history_(history), cloud_(cloud), scenario_(scenario) {}

    const std::optional<Violation>& violation() const { return violation_; }
    void report(std::string invariant, std::string text);

    // ---- events
    void claimed(const Claimed& claimed) override;
    void changed(const Fence& fence, std::string_view verb) override;
    void finished(const Fence& fence, const ItemEnd& end) override;
    void committing(const RunId& run) override { committing_.insert(run); }
    void restaged(const RunId& run, std::span<const ItemId> items) override;
    void restored(const RunId& run, std::span<const ItemId> items) override;
    // A request reaches its service.
    void requested(uint64_t epoch, const std::string& action);

    // ---- at the end
    void judge(StateStore& ledger, const TaskId& task, const StreamId& stream);

  private:
    struct Item {
        ShardId shard;
        uint64_t newest = 0;    // epoch of the last claim
        uint64_t finished = 0;  // epoch of what was accepted
        uint64_t applied = 0;   // highest epoch whose rows were changed
    };
    // [begin, end) of the records of a shard that a window has.
    struct Share {
        size_t begin = 0, end = 0;
    };
    using Shares = std::map<std::string, Share>;

    void judge_window(size_t window, StateStore& ledger, const TaskId& task);
    void judge_borders(StateStore& ledger, const TaskId& task, const StreamId& stream);
    std::vector<std::string> parents_first() const;
    void judge_shard(size_t window, const std::string& shard,
                     const std::map<int64_t, Border>& borders);
    size_t place_of(const std::string& shard, const Border& border);
    void judge_objects();
    void judge_object(size_t window, const std::string& name, const std::string& text,
                      std::map<int64_t, int>& seen);
    void judge_rows();
    void judge_keys(const std::map<std::string, int64_t>& found);
    bool is_row(const Written& written) const;

    Scheduler& scheduler_;
    History& history_;
    Cloud& cloud_;
    const Scenario& scenario_;
    std::optional<Violation> violation_;
    std::map<ItemId, Item> items_;
    std::map<uint64_t, ItemId> epochs_;
    uint64_t newest_ = 0;
    bool by_image_ = false;  // some run has written rows as they were then
    std::set<RunId> committing_;
    std::set<std::string> has_ended_;    // shards that were read to their end once
    std::set<std::string> read_to_end_;  // shards
    std::vector<Shares> shares_;         // by window
    std::map<std::string, std::map<int64_t, Border>> borders_;  // by shard
};

}  // namespace millrace::sim
