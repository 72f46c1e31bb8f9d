#include "coordinator/catalog/cluster_store.h"

#include "coordinator/catalog/live_follower.h"

namespace millrace {
namespace {

// Epochs are granted this many at a time (P7).
constexpr uint64_t kEpochsAhead = 10'000;

Status lost(const Status& why) {
    return Status(Code::kLedgerLost, why.text());
}

}  // namespace

ClusterStore::Halves ClusterStore::halves() const {
    const std::lock_guard lock(mutex_);
    return halves_;
}

void ClusterStore::set_state(Status state) {
    const std::lock_guard lock(mutex_);
    if (halves_.state.code() != Code::kFenced) halves_.state = std::move(state);
}

// ---- taking over

Status ClusterStore::open_catalog(Halves& now) {
    if (now.catalog && now.catalog->failure().ok()) return {};
    MILLRACE_ASSIGN(now.catalog, CatalogLedger::open(parts_.log, parts_.clock));
    return {};
}

Status ClusterStore::take_over(std::stop_token stop) {
    set_state(Status(Code::kLedgerLost, "the cluster's ledger is being taken over"));
    {
        const std::lock_guard lock(verbs_);  // the last verb has ended
        starting_over_.clear();
    }
    Halves now = halves();
    if (now.state.code() == Code::kFenced) return now.state;
    MILLRACE_TRY(open_catalog(now));
    const Status status = [&]() -> Status {
        CatalogLedger& catalog = *now.catalog;
        MILLRACE_ASSIGN(const Token before, catalog.token());
        const auto token = Token(static_cast<uint64_t>(before) + 1);
        MILLRACE_TRY(catalog.set_token(token));
        now.live = parts_.live(token);
        now.worker = parts_.live({});
        LiveFollower follower(catalog, *now.live, parts_.clock, parts_.lease_ttl, stop);
        const Status whole = now.live->take_over(before, token);
        if (whole.code() == Code::kLedgerLost) {
            MILLRACE_TRY(follower.rebuild(before, token));
        } else {
            MILLRACE_TRY(whole);
            MILLRACE_TRY(follower.bring_into_line());
        }
        return raise_ceiling(catalog, *now.live, true);
    }();
    const Status told = judged(*now.catalog, status);
    now.state = told.ok() || told.code() == Code::kFenced ? told : halves().state;
    const std::lock_guard lock(mutex_);
    halves_ = std::move(now);
    return told;
}

Status ClusterStore::raise_ceiling(CatalogLedger& catalog, LiveStore& live, bool always) {
    MILLRACE_ASSIGN(const EpochUse use, live.epochs());
    if (!always && use.drawn + kEpochsAhead / 2 <= use.ceiling) return {};
    MILLRACE_ASSIGN(const uint64_t before, catalog.ceiling());
    uint64_t ceiling = before;
    if (use.drawn + kEpochsAhead / 2 > before) {
        ceiling = before + kEpochsAhead;
        MILLRACE_TRY(catalog.set_ceiling(ceiling));
    }
    return live.raise_ceiling(ceiling);
}

Status ClusterStore::tend() {
    const std::lock_guard lock(verbs_);
    const Halves now = halves();
    if (!now.state.ok()) return now.state;
    MILLRACE_TRY(judged(*now.catalog, raise_ceiling(*now.catalog, *now.live, false)));
    return {};
}

Status ClusterStore::judged(CatalogLedger& catalog, const Status& status) {
    Status told = status;
    if (const Status broken = catalog.failure(); !broken.ok()) {
        told = broken.code() == Code::kFenced ? broken : lost(broken);
    }
    if (told.code() == Code::kFenced || told.code() == Code::kLedgerLost) set_state(told);
    return told;
}

// ---- verbs of a coordinator

// A run that has ended may have been forgotten, or lost, by the live store.
Status ClusterStore::followed(const RunId& run, CatalogLedger& catalog, const Status& status) {
    if (status.ok()) return {};
    if (status.code() == Code::kNotFound) {
        const Result<InstanceView> instance = catalog.instance(run);
        const bool needed = instance.ok() && (instance->state == InstanceState::kRunning ||
                                              instance->state == InstanceState::kCommitting);
        if (!needed) return {};
    }
    if (status.code() == Code::kCancelled) {
        set_state(lost(status));
        return status;
    }
    const Status told = status.code() == Code::kFenced ? status : lost(status);
    set_state(told);
    return told;
}

Status ClusterStore::both(const RunId& run, const CatalogCall& decide, const LiveCall& follow) {
    const std::lock_guard lock(verbs_);
    const Halves now = halves();
    if (!now.state.ok()) return now.state;
    MILLRACE_TRY(judged(*now.catalog, decide(*now.catalog)));
    if (starting_over_.contains(run)) return {};
    return followed(run, *now.catalog, follow(*now.live));
}

Result<CreateOutcome> ClusterStore::create_instance(const NewInstance& instance) {
    CreateOutcome outcome;
    const Status status = both(
        instance.run,
        [&](CatalogLedger& catalog) -> Status {
            MILLRACE_ASSIGN(outcome, catalog.create_instance(instance));
            return {};
        },
        [&](LiveStore& live) -> Status {
            if (outcome.outcome == Created::kExists) return {};
            MILLRACE_ASSIGN(const LiveRun run, halves().catalog->live_run(instance.run));
            return live.restore(run);
        });
    if (!status.ok()) return status;
    return outcome;
}

Status ClusterStore::add_items(const RunId& run, std::span<const NewItem> items) {
    return both(
        run, [&](CatalogLedger& catalog) { return catalog.add_items(run, items); },
        [&](LiveStore& live) { return live.add_items(run, items); });
}

Status ClusterStore::record_borders(const RunId& run, std::span<const ShardBorders> borders) {
    return both(
        run,
        [&](CatalogLedger& catalog) -> Status {
            MILLRACE_ASSIGN(const std::vector<ItemView> all, items(run));
            return catalog.record_borders(run, all, borders);
        },
        [&](LiveStore& live) { return live.record_borders(run, borders); });
}

Status ClusterStore::begin_commit(const RunId& run, const std::string& intent) {
    return both(
        run,
        [&](CatalogLedger& catalog) -> Status {
            MILLRACE_ASSIGN(const std::vector<ItemView> all, items(run));
            return catalog.begin_commit(run, all, intent);
        },
        [&](LiveStore& live) { return live.begin_commit(run, kInCatalog); });
}

Status ClusterStore::end_commit(const RunId& run, const CommitResult& result) {
    return both(
        run, [&](CatalogLedger& catalog) { return catalog.end_commit(run, result); },
        [&](LiveStore& live) {
            if (result.step == CommitStep::kCleaned) return live.forget(run);
            CommitResult followed = result;
            if (result.step == CommitStep::kCommitted) followed.receipt = kInCatalog;
            return live.end_commit(run, followed);
        });
}

Status ClusterStore::close_instance(const RunId& run, InstanceState state,
                                    const std::string& reason) {
    return both(
        run, [&](CatalogLedger& catalog) { return catalog.close_instance(run, state, reason); },
        [&](LiveStore& live) {
            return state == InstanceState::kCancelled ? live.forget(run)
                                                      : live.close_instance(run, state, reason);
        });
}

// Other runs go on while one waits for its leases.
Status ClusterStore::reopen_instance(const RunId& run, const ReopenOptions& options) {
    bool again = false;
    bool waits = false;
    std::shared_ptr<LiveStore> by;
    MILLRACE_TRY(both(
        run,
        [&](CatalogLedger& catalog) -> Status {
            MILLRACE_ASSIGN(again, catalog.reopen(run, options));
            return {};
        },
        [&](LiveStore& live) -> Status {
            LiveFollower follower(*halves().catalog, live, parts_.clock, parts_.lease_ttl, {});
            if (!again) {
                const Status status = live.reopen_instance(run, options);
                return status.code() == Code::kNotFound ? follower.restore(run) : status;
            }
            MILLRACE_ASSIGN(waits, follower.end_claims(run));
            if (!waits) return follower.restore(run);
            starting_over_.insert(run);
            by = halves().live;
            return {};
        }));
    if (!waits) return {};
    (void)parts_.clock.sleep(parts_.lease_ttl, {});
    return finish_start_over(run, by);
}

// A take-over meanwhile has done it already: then its run may be claimed again by now.
Status ClusterStore::finish_start_over(const RunId& run, const std::shared_ptr<LiveStore>& live) {
    const std::lock_guard lock(verbs_);
    const Halves now = halves();
    if (!now.state.ok()) return now.state;
    if (now.live != live) return {};
    starting_over_.erase(run);
    LiveFollower follower(*now.catalog, *now.live, parts_.clock, parts_.lease_ttl, {});
    return followed(run, *now.catalog, judged(*now.catalog, follower.restore(run)));
}

Status ClusterStore::set_control(const RunId& run, const RunControl& control) {
    return both(
        run, [&](CatalogLedger& catalog) { return catalog.set_control(run, control); },
        [&](LiveStore& live) { return live.set_control(run, control); });
}

Status ClusterStore::set_staging(const RunId& run, const std::string& staging) {
    return both(
        run, [&](CatalogLedger& catalog) { return catalog.set_staging(run, staging); },
        [&](LiveStore& live) { return live.set_staging(run, staging); });
}

// ---- packages

Status ClusterStore::put_package(const RunId& run, const std::string& sealed) {
    return both(
        run, [&](CatalogLedger& catalog) { return catalog.put_package(run, sealed); },
        [&](LiveStore& live) -> Status {
            const Status status = live.put_package(run, sealed);
            return status.code() == Code::kNotFound ? Status() : status;  // not made, or ended
        });
}

Result<size_t> ClusterStore::forget_work(MillisPoint end, size_t max) {
    const std::lock_guard lock(verbs_);
    const Halves now = halves();
    if (!now.state.ok()) return now.state;
    const Result<size_t> forgotten = now.catalog->forget_work(end, max);
    MILLRACE_TRY(judged(*now.catalog, forgotten.status()));
    return forgotten;
}

Status ClusterStore::drop_package(const RunId& run) {
    return both(
        run, [&](CatalogLedger& catalog) { return catalog.drop_package(run); },
        [](LiveStore&) { return Status(); });
}

}  // namespace millrace
