#include "coordinator/catalog/live_follower.h"

#include <set>

#include "common/base/log.h"
#include "common/base/planted_bug.h"

namespace millrace {

Status LiveFollower::wait_for_leases() {
    if (clock_.sleep(ttl_, stop_)) return {};
    return Status(Code::kCancelled, "stopped while waiting for the end of leases");
}

Status LiveFollower::rebuild(Token before, Token token) {
    MILLRACE_ASSIGN(uint64_t ceiling, catalog_.ceiling());
    if (planted(PlantedBug::kEpochsFromZero)) ceiling = 0;
    MILLRACE_ASSIGN(const std::string identity, live_.begin_rebuild(before, token, ceiling));
    MILLRACE_ASSIGN(const std::vector<RunId> runs, catalog_.open_runs());
    log::warn("live_store_rebuild", {{"runs", runs.size()}, {"ceiling", ceiling}});
    if (!runs.empty()) MILLRACE_TRY(wait_for_leases());
    for (const RunId& run : runs) {
        MILLRACE_ASSIGN(const InstanceView instance, catalog_.instance(run));
        // All that is left of a COMMITTED one happens in the catalog and in its target.
        if (instance.state != InstanceState::kCommitted) MILLRACE_TRY(restore(run));
    }
    return live_.end_rebuild(identity);
}

Status LiveFollower::restore(const RunId& run) {
    MILLRACE_TRY(catalog_.live_half_lost(run));
    MILLRACE_ASSIGN(const LiveRun lost, catalog_.live_run(run));
    return live_.restore(lost);
}

Status LiveFollower::start_over(const RunId& run) {
    MILLRACE_ASSIGN(const bool was_there, end_claims(run));
    if (was_there) MILLRACE_TRY(wait_for_leases());
    return restore(run);
}

Result<bool> LiveFollower::end_claims(const RunId& run) {
    const Result<InstanceView> there = live_.instance(run);
    if (there.status().code() == Code::kNotFound) return false;
    if (!there.ok()) return there.status();
    if (there->state == InstanceState::kRunning) {
        MILLRACE_TRY(live_.close_instance(run, InstanceState::kFailed, "its items start again"));
    }
    return true;
}

Status LiveFollower::bring_into_line() {
    std::set<RunId> there;
    MILLRACE_ASSIGN(const std::vector<TaskId> tasks, catalog_.tasks());
    for (const TaskId& task : tasks) {
        MILLRACE_ASSIGN(const std::vector<InstanceView> views, live_.instances(task));
        for (const InstanceView& view : views) {
            there.insert(view.run);
            MILLRACE_TRY(follow(view));
        }
    }
    MILLRACE_ASSIGN(const std::vector<RunId> runs, catalog_.open_runs());
    for (const RunId& run : runs) {
        if (there.contains(run)) continue;
        MILLRACE_ASSIGN(const InstanceView instance, catalog_.instance(run));
        if (instance.state != InstanceState::kCommitted) MILLRACE_TRY(restore(run));
    }
    return {};
}

// One verb behind, at most: `run` is what it made of the instance.
Status LiveFollower::follow(const InstanceView& live) {
    MILLRACE_ASSIGN(const LiveRun run, catalog_.live_run(live.run));
    const InstanceRow& row = run.instance;
    if (row.borders.empty() == live.borders_recorded) {
        MILLRACE_ASSIGN(const auto borders, catalog_.borders_of(row.run));
        MILLRACE_TRY(live_.record_borders(row.run, borders));
    }
    switch (row.state) {
        case InstanceState::kRunning: return follow_running(live, run);
        case InstanceState::kCommitting:
            return live.state == row.state ? Status() : live_.begin_commit(row.run, kInCatalog);
        case InstanceState::kCommitted:
            return live_.end_commit(row.run, {CommitStep::kCommitted, kInCatalog, {}});
        case InstanceState::kFailed:
            return live.state == row.state ? Status()
                                           : live_.close_instance(row.run, row.state, row.reason);
        case InstanceState::kCleaned:
        case InstanceState::kCancelled: return live_.forget(row.run);
    }
    return {};
}

Status LiveFollower::follow_running(const InstanceView& live, const LiveRun& run) {
    const InstanceRow& row = run.instance;
    if (live.job_version != row.job_version || live.encoder_version != row.encoder_version ||
        live.by_image != row.by_image) {
        return start_over(row.run);
    }
    if (live.state == InstanceState::kFailed) {
        MILLRACE_TRY(live_.reopen_instance(
            row.run, {row.job_version, row.encoder_version, row.job, row.control, false}));
    }
    MILLRACE_TRY(follow_items(live, run));
    MILLRACE_TRY(live_.set_control(row.run, row.control));
    if (!run.package.empty()) MILLRACE_TRY(live_.put_package(row.run, run.package));
    return live.staging == row.staging ? Status() : live_.set_staging(row.run, row.staging);
}

// Items that were added, or sent back to their start by a restage. An item that was claimed again
// since then has a later epoch than the catalog knows.
Status LiveFollower::follow_items(const InstanceView& live, const LiveRun& run) {
    const InstanceRow& row = run.instance;
    if (!live.borders_recorded && row.borders.empty()) {
        std::vector<NewItem> items;
        for (const ItemRow& item : run.items) items.push_back({item.item, item.shard, item.start});
        MILLRACE_TRY(live_.add_items(row.run, items));
    }
    std::map<ItemId, Epoch> known;
    for (const ItemRow& item : run.items) {
        if (item.state != ItemState::kWritten) known[item.item] = item.epoch;
    }
    CommitResult again{CommitStep::kRestage, {}, {}};
    MILLRACE_ASSIGN(const std::vector<ItemView> items, live_.items(row.run));
    for (const ItemView& item : items) {
        const auto found = known.find(item.item);
        if (found == known.end() || item.state != ItemState::kWritten) continue;
        if (item.epoch <= found->second) again.restage.push_back(item.item);
    }
    const bool committing = live.state == InstanceState::kCommitting;
    if (!committing && again.restage.empty()) return {};
    return live_.end_commit(row.run, again);
}

}  // namespace millrace
