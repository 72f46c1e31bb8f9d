// The way from a process to the ledger: calls take time, get lost before or after they were carried
// out, and are carried out twice.
#pragma once

#include "common/store/state_store.h"
#include "tests/sim/history.h"
#include "tests/sim/scheduler.h"

namespace millrace::sim {

struct StoreFaults {
    double lost = 0;         // never arrives
    double answer_lost = 0;  // is carried out, the caller hears nothing
    double doubled = 0;      // verbs with a fence are carried out once more, later
    double slow = 0;
};

// Sees what the ledger has accepted, and judges it.
class LedgerWatch {
  public:
    virtual ~LedgerWatch() = default;
    virtual void claimed(const Claimed& claimed) = 0;
    virtual void changed(const Fence& fence, std::string_view verb) = 0;
    virtual void finished(const Fence& fence, const ItemEnd& end) = 0;
    virtual void restaged(const RunId& run, std::span<const ItemId> items) = 0;
};

// Of one process.
class SimStore final : public StateStore {
  public:
    struct Parts {
        Scheduler& scheduler;
        History& history;
        const StoreFaults& faults;
        LedgerWatch& watch;
        std::function<void(Epoch)> on_claim;  // of the calling thread
    };
    SimStore(StateStore& ledger, std::string process, Parts parts)
        : ledger_(ledger), process_(std::move(process)), parts_(std::move(parts)) {}

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

  private:
    // A call that changes something: goes there, is carried out, comes back; any of it may fail.
    template <typename Verb>
    auto send(std::string_view verb, const std::string& about, Verb carry_out)
        -> decltype(carry_out());
    // One that only looks.
    template <typename Verb>
    auto look(Verb carry_out) -> decltype(carry_out());
    // The same once more, some time later.
    void perhaps_again(std::string_view verb, const std::string& about,
                       std::function<Status()> carry_out);
    void travel();
    void note(std::string_view verb, const std::string& about, const Status& status);

    StateStore& ledger_;
    const std::string process_;
    const Parts parts_;
};

}  // namespace millrace::sim
