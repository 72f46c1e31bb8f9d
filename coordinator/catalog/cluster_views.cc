// What is read of a cluster's ledger, and the verbs of workers.
#include "coordinator/catalog/cluster_store.h"

namespace millrace {

// ---- the live store alone

Status ClusterStore::park(const ItemId& item, const std::optional<Fence>& fence,
                          const std::string& reason) {
    return worker([&](LiveStore& live) { return live.park(item, fence, reason); });
}
Status ClusterStore::void_claims() {
    return worker([&](LiveStore& live) { return live.void_claims(); });
}
Result<Claimed> ClusterStore::claim(const ItemId& item, const ClaimId& claim, Duration ttl) {
    return worker([&](LiveStore& live) { return live.claim(item, claim, ttl); });
}
Result<RunControl> ClusterStore::renew(const Fence& fence, Duration ttl) {
    return worker([&](LiveStore& live) { return live.renew(fence, ttl); });
}
Status ClusterStore::checkpoint(const Fence& fence, const Progress& progress) {
    return worker([&](LiveStore& live) { return live.checkpoint(fence, progress); });
}
Status ClusterStore::finish(const Fence& fence, const Progress& progress, const ItemEnd& end) {
    return worker([&](LiveStore& live) { return live.finish(fence, progress, end); });
}
Status ClusterStore::release(const Fence& fence, bool counts_as_attempt) {
    return worker([&](LiveStore& live) { return live.release(fence, counts_as_attempt); });
}
Result<std::vector<DueItem>> ClusterStore::list_due(size_t max) {
    return worker([&](LiveStore& live) { return live.list_due(max); });
}
Result<Range> ClusterStore::reserve(const Fence& fence, uint32_t count) {
    return worker([&](LiveStore& live) { return live.reserve(fence, count); });
}
Result<Range> ClusterStore::reserve_of_run(const Fence& fence, uint32_t count) {
    return worker([&](LiveStore& live) { return live.reserve_of_run(fence, count); });
}

// ---- the catalog alone

Result<std::string> ClusterStore::package(const RunId& run) {
    return catalog([&](CatalogLedger& ledger) { return ledger.package(run); });
}
Result<std::vector<RunId>> ClusterStore::pending() {
    return catalog([&](CatalogLedger& ledger) { return ledger.pending(); });
}
Result<std::optional<Border>> ClusterStore::border(const TaskId& task, const StreamId& stream,
                                                   const ShardId& shard, int64_t time_ms) {
    return catalog(
        [&](CatalogLedger& ledger) { return ledger.border(task, stream, shard, time_ms); });
}
Result<std::optional<std::pair<int64_t, Border>>> ClusterStore::border_before(
    const TaskId& task, const StreamId& stream, const ShardId& shard, int64_t time_ms) {
    return catalog(
        [&](CatalogLedger& ledger) { return ledger.border_before(task, stream, shard, time_ms); });
}
Result<std::map<int64_t, Border>> ClusterStore::borders(const TaskId& task, const StreamId& stream,
                                                        const ShardId& shard) {
    return catalog([&](CatalogLedger& ledger) { return ledger.borders(task, stream, shard); });
}

// ---- both

namespace {

bool may_be_live(const InstanceView& instance) {
    return instance.state == InstanceState::kRunning || instance.state == InstanceState::kFailed;
}

// A failed run may have been lost with a live store; the catalog has its items at their start.
bool has_gone(const InstanceView& instance, const Status& status) {
    return instance.state == InstanceState::kFailed && status.code() == Code::kNotFound;
}

}  // namespace

Result<std::vector<ItemView>> ClusterStore::items(const RunId& run) {
    const Halves now = halves();
    if (!now.catalog) return now.state;
    MILLRACE_ASSIGN(const InstanceView instance,
                    catalog([&](CatalogLedger& ledger) { return ledger.instance(run); }));
    MILLRACE_ASSIGN(const bool complete, now.catalog->complete(run));
    if (may_be_live(instance) && !complete) {
        Result<std::vector<ItemView>> items = now.worker->items(run);
        if (items.ok() || !has_gone(instance, items.status())) return items;
    }
    return catalog([&](CatalogLedger& ledger) { return ledger.items(run); });
}

Result<InstanceView> ClusterStore::instance(const RunId& run) {
    const Halves now = halves();
    MILLRACE_ASSIGN(InstanceView instance,
                    catalog([&](CatalogLedger& ledger) { return ledger.instance(run); }));
    MILLRACE_ASSIGN(const bool complete, now.catalog->complete(run));
    if (may_be_live(instance) && !complete) {
        const Result<InstanceView> live = now.worker->instance(run);
        if (live.ok()) {
            instance.counts = live->counts;
        } else if (!has_gone(instance, live.status())) {
            return live.status();
        }
    }
    return instance;
}

// Lists are for people and for decisions about windows: counts that cannot be had now are left out.
Result<std::vector<InstanceView>> ClusterStore::counted(Result<std::vector<InstanceView>> views) {
    if (!views.ok()) return views;
    const Halves now = halves();
    for (InstanceView& instance : *views) {
        if (!may_be_live(instance)) continue;
        const Result<bool> complete = now.catalog->complete(instance.run);
        if (!complete.ok() || *complete) continue;
        const Result<InstanceView> live = now.worker->instance(instance.run);
        if (live.ok()) instance.counts = live->counts;
    }
    return views;
}

Result<std::vector<InstanceView>> ClusterStore::instances(const TaskId& task) {
    return counted(catalog([&](CatalogLedger& ledger) { return ledger.instances(task); }));
}
Result<std::vector<InstanceView>> ClusterStore::open_commits() {
    return catalog([&](CatalogLedger& ledger) { return ledger.open_commits(); });
}
Result<std::vector<InstanceView>> ClusterStore::newest(size_t max, bool unfinished_only) {
    return counted(
        catalog([&](CatalogLedger& ledger) { return ledger.newest(max, unfinished_only); }));
}

}  // namespace millrace
