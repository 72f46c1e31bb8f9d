// The verbs of the ledger over any Tables: read the rows a verb touches, apply the rule, write back
// what changed, as one transaction under one mutex.
#pragma once

#include <functional>
#include <memory>
#include <mutex>

#include "common/base/clock.h"
#include "common/store/rows.h"
#include "common/store/rules.h"

namespace millrace {

// Thread-safe. `clock` outlives it. Deadlines are on the clock's monotonic().
class Ledger : public StateStore {
  public:
    Result<CreateOutcome> create_instance(const NewInstance& instance) override;
    Status add_items(const RunId& run, std::span<const NewItem> items) override;
    Result<Claimed> claim(const ItemId& item, const ClaimId& claim, Duration ttl) override;
    Result<RunControl> renew(const Fence& fence, Duration ttl) override;
    Status checkpoint(const Fence& fence, const Progress& progress) override;
    Status finish(const Fence& fence, const Progress& progress, const ItemEnd& end) override;
    Status park(const ItemId& item, const std::optional<Fence>& fence,
                const std::string& reason) override;
    Status release(const Fence& fence, bool counts_as_attempt) override;
    Result<std::vector<DueItem>> list_due(size_t max) override;
    Status record_borders(const RunId& run, std::span<const ShardBorders> borders) override;
    Result<Range> reserve(const Fence& fence, uint32_t count) override;
    Result<Range> reserve_of_run(const Fence& fence, uint32_t count) override;
    Status set_staging(const RunId& run, const std::string& staging) override;
    Status begin_commit(const RunId& run, const std::string& intent) override;
    Status end_commit(const RunId& run, const CommitResult& result) override;
    Status close_instance(const RunId& run, InstanceState state,
                          const std::string& reason) override;
    Status reopen_instance(const RunId& run, const ReopenOptions& options) override;
    Status set_control(const RunId& run, const RunControl& control) override;
    Status void_claims() override;

    Result<InstanceView> instance(const RunId& run) override;
    Result<std::vector<ItemView>> items(const RunId& run) override;
    Result<std::vector<InstanceView>> instances(const TaskId& task) override;
    Result<std::vector<InstanceView>> open_commits() override;
    Result<std::optional<Border>> border(const TaskId& task, const StreamId& stream,
                                         const ShardId& shard, int64_t time_ms) override;
    Result<std::optional<std::pair<int64_t, Border>>> border_before(const TaskId& task,
                                                                    const StreamId& stream,
                                                                    const ShardId& shard,
                                                                    int64_t time_ms) override;
    Result<std::map<int64_t, Border>> borders(const TaskId& task, const StreamId& stream,
                                              const ShardId& shard) override;

  protected:
    Ledger(std::unique_ptr<Tables> tables, Clock& clock)
        : owned_(std::move(tables)), tables_(*owned_), clock_(clock) {}

    // One transaction. A refused verb is committed too: it wrote nothing, or what the rule wants.
    template <typename Body>
    auto atomically(Durability durability, Body body) -> decltype(body());
    // Applies a rule to one item or instance and writes it back when it changed.
    Status change(Durability durability, const ItemId& item,
                  const std::function<Status(ItemRow&)>& rule);
    Status change(Durability durability, const RunId& run,
                  const std::function<Status(InstanceRow&)>& rule);
    template <typename Row>
    void update(const Row& before, const Row& after);
    void start_again(ItemRow item, bool within_borders);
    Tables& tables() { return tables_; }
    // Verbs as parts of a transaction.
    Status add(const InstanceRow& instance, std::span<const NewItem> items);
    Status record(InstanceRow& instance, const Tally& tally, std::span<const ShardBorders> borders);
    Status reopen(InstanceRow& instance, const ReopenOptions& options);
    InstanceView view(const InstanceRow& row);

  private:
    std::vector<InstanceView> views(const std::vector<InstanceRow>& rows);
    RunControl shared(const InstanceRow& instance);
    Claimed claimed(const InstanceRow& instance, const ItemRow& item);

    const std::unique_ptr<Tables> owned_;
    Tables& tables_;
    Clock& clock_;
    std::mutex mutex_;
};

// ---- implementation

template <typename Body>
auto Ledger::atomically(Durability durability, Body body) -> decltype(body()) {
    const std::lock_guard lock(mutex_);
    try {
        tables_.begin(durability);
        auto answer = body();
        tables_.commit();
        return answer;
    } catch (const StorageFailure& failure) {
        tables_.rollback();
        return failure.status;
    }
}

template <typename Row>
void Ledger::update(const Row& before, const Row& after) {
    if (!(before == after)) tables_.update(after);
}

}  // namespace millrace
