// The ledger of a cluster as its coordinator uses it: the catalog decides, the live store follows.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>

#include "common/base/clock.h"
#include "coordinator/catalog/catalog_ledger.h"

namespace millrace {

struct ClusterParts {
    CatalogLog& log;
    // Access to the live store: of a coordinator with this token, or of somebody who only looks.
    std::function<std::unique_ptr<LiveStore>(std::optional<Token>)> live;
    Clock& clock;
    Duration lease_ttl;  // of the workers
};

// Thread-safe. A verb of a coordinator goes to the catalog, then to the live store; one of a worker
// goes to the live store alone. Instances and borders are read from the catalog; items of a run
// from the live store until the run is complete, from the catalog from then on.
//
// Every verb may fail with
// - kLedgerLost: one of the two may not hold what it should. The verb may have been done or not.
//   Verbs of coordinators fail like this until take_over() has succeeded; whoever drives runs must
//   begin them again after it.
// - kFenced: another coordinator has taken over; this object answers nothing else any more.
class ClusterStore final : public StateStore {
  public:
    explicit ClusterStore(ClusterParts parts) : parts_(std::move(parts)) {}

    // Comes first, and again after each kLedgerLost: reads the catalog, fencing others, and brings
    // the live store into line with it: as it is when it is whole, made anew when it was lost. Then
    // it waits for the end of all leases of before. kCancelled: stopped. May be repeated until it
    // succeeds; by one thread at a time.
    Status take_over(std::stop_token stop);
    // Every few seconds: keeps epochs below the ceiling, and notices losses.
    Status tend();

    // ---- what the service asks beyond the verbs
    Status put_package(const RunId& run, const std::string& sealed);
    Result<std::string> package(const RunId& run);
    Status drop_package(const RunId& run);
    // Packages of which no instance was made, in the order in which they were put.
    Result<std::vector<RunId>> pending();
    // As CatalogLedger::forget_work.
    Result<size_t> forget_work(MillisPoint end, size_t max);
    // The newest first. Unfinished: RUNNING, COMMITTING, or COMMITTED but not CLEANED.
    Result<std::vector<InstanceView>> newest(size_t max, bool unfinished_only);

    // ---- StateStore
    Result<CreateOutcome> create_instance(const NewInstance& instance) override;
    Status add_items(const RunId& run, std::span<const NewItem> items) override;
    Status record_borders(const RunId& run, std::span<const ShardBorders> borders) override;
    Status set_staging(const RunId& run, const std::string& staging) override;
    Status begin_commit(const RunId& run, const std::string& intent) override;
    Status end_commit(const RunId& run, const CommitResult& result) override;
    Status close_instance(const RunId& run, InstanceState state,
                          const std::string& reason) override;
    // When the items start again (see CatalogLedger::reopen) this waits for the end of the leases.
    Status reopen_instance(const RunId& run, const ReopenOptions& options) override;
    Status set_control(const RunId& run, const RunControl& control) override;
    Status park(const ItemId& item, const std::optional<Fence>& fence,
                const std::string& reason) override;
    Status void_claims() override;

    Result<Claimed> claim(const ItemId& item, const ClaimId& claim, Duration ttl) override;
    Result<RunControl> renew(const Fence& fence, Duration ttl) override;
    Status checkpoint(const Fence& fence, const Progress& progress) override;
    Status finish(const Fence& fence, const Progress& progress, const ItemEnd& end) override;
    Status release(const Fence& fence, bool counts_as_attempt) override;
    Result<std::vector<DueItem>> list_due(size_t max) override;
    Result<Range> reserve(const Fence& fence, uint32_t count) override;
    Result<Range> reserve_of_run(const Fence& fence, uint32_t count) override;

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
    // Both halves as one take-over has made them. `worker` has no token, so it is never fenced.
    struct Halves {
        std::shared_ptr<CatalogLedger> catalog;
        std::shared_ptr<LiveStore> live, worker;
        Status state = Status(Code::kLedgerLost, "the cluster's ledger is not open yet");
    };
    Halves halves() const;
    void set_state(Status state);
    Status open_catalog(Halves& now);
    // What the catalog's failure means: it must be opened again, or somebody else has done so.
    Status judged(CatalogLedger& catalog, const Status& status);
    // What the live store's answer means after the catalog has accepted the verb.
    Status followed(const RunId& run, CatalogLedger& catalog, const Status& status);

    using CatalogCall = std::function<Status(CatalogLedger&)>;
    using LiveCall = std::function<Status(LiveStore&)>;
    Status finish_start_over(const RunId& run, const std::shared_ptr<LiveStore>& live);
    Status both(const RunId& run, const CatalogCall& decide, const LiveCall& follow);
    static Status raise_ceiling(CatalogLedger& catalog, LiveStore& live, bool always);
    template <typename Call>
    auto worker(Call call) -> decltype(call(std::declval<LiveStore&>()));
    template <typename Call>
    auto catalog(Call call) -> decltype(call(std::declval<CatalogLedger&>()));
    Result<std::vector<InstanceView>> counted(Result<std::vector<InstanceView>> views);

    const ClusterParts parts_;
    std::mutex verbs_;  // one verb of a coordinator at a time, in both halves
    // Runs that wait for the end of leases: what the catalog says of them reaches the live store in
    // the end, all at once.
    std::set<RunId> starting_over_;
    mutable std::mutex mutex_;  // of halves_
    Halves halves_;
};

// ---- implementation

template <typename Call>
auto ClusterStore::worker(Call call) -> decltype(call(std::declval<LiveStore&>())) {
    const Halves now = halves();
    if (!now.worker) return now.state;
    return call(*now.worker);
}

template <typename Call>
auto ClusterStore::catalog(Call call) -> decltype(call(std::declval<CatalogLedger&>())) {
    const Halves now = halves();
    if (!now.catalog) return now.state;
    auto answer = call(*now.catalog);
    if (const Status broken = judged(*now.catalog, {}); !broken.ok()) return broken;
    return answer;
}

}  // namespace millrace
