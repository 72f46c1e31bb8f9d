#include "coordinator/service/operations.h"

#include <algorithm>

#include "coordinator/joined.h"

namespace millrace {

using nlohmann::json;

namespace {

// Workers tell of themselves every two seconds.
constexpr Duration kWorkerSilent = std::chrono::seconds(10);
constexpr size_t kFactsMax = 10'000;

bool is_newer(const json& a, const json& b) {
    return a.at("run").get_ref<const std::string&>() > b.at("run").get_ref<const std::string&>();
}

}  // namespace

Result<Submitted> ClusterOperations::submit(const Submission& submission) {
    MILLRACE_ASSIGN(Prepared prepared,
                    prepare(submission, parts_.sources, parts_.world.clock.now()));
    MILLRACE_ASSIGN(const Accepted accepted,
                    parts_.supervisor.submit(std::move(prepared.package), std::move(prepared.job)));
    Submitted submitted{accepted.run, accepted.was_done, std::move(prepared.notes)};
    submitted.notes.insert(submitted.notes.end(), accepted.notes.begin(), accepted.notes.end());
    return submitted;
}

// What the package says; opened once.
RunFacts ClusterOperations::facts_of(const RunId& run) {
    const std::lock_guard lock(facts_mutex_);
    if (const auto found = facts_.find(run); found != facts_.end()) return found->second;
    RunFacts facts;
    const auto package = package_of(parts_.world, run);
    if (!package.ok()) return facts;
    facts.name = package->request.name;
    facts.label = package->label;
    if (const auto job = job_of(*package); job.ok()) facts.identity = job->identity;
    if (facts_.size() >= kFactsMax) facts_.erase(facts_.begin());
    return facts_[run] = facts;
}

namespace {

// A run that comes into the live store, or leaves it, just now has no items to show.
Result<std::vector<ItemView>> items_of(ClusterStore& store, const RunId& run) {
    Result<std::vector<ItemView>> items = store.items(run);
    if (items.status().code() == Code::kNotFound) return std::vector<ItemView>();
    return items;
}

}  // namespace

Result<json> ClusterOperations::runs(size_t max, bool active_only) {
    MILLRACE_ASSIGN(const std::vector<InstanceView> newest, store_.newest(max, active_only));
    const TimePoint now = parts_.world.clock.now();
    std::vector<json> all;
    for (const Standing& standing : parts_.supervisor.standings()) {
        if (standing.has_instance || (active_only && standing.stage == Stage::kEnded)) continue;
        all.push_back(summary(standing, facts_of(standing.run)));
    }
    for (const InstanceView& instance : newest) {
        json view = summary(instance, facts_of(instance.run));
        if (!is_over(instance.state)) {
            MILLRACE_ASSIGN(const std::vector<ItemView> items, items_of(store_, instance.run));
            view["items"] = items.size();
            add_progress(view, instance, items, now);
            const auto standing = parts_.supervisor.standing(instance.run);
            if (standing && instance.reason.empty()) view["reason"] = standing->text;
        }
        all.push_back(std::move(view));
    }
    std::sort(all.begin(), all.end(), is_newer);
    if (all.size() > max) all.resize(max);
    return json{{"runs", std::move(all)}};
}

Result<json> ClusterOperations::run(const RunId& given) {
    const RunId run = parts_.supervisor.resolve(given);
    const auto standing = parts_.supervisor.standing(run);
    if (standing && !standing->has_instance) {
        json view = summary(*standing, facts_of(run));
        view["items"] = json::array();
        view["notes"] = json::array();
        view["receipt"] = nullptr;
        return view;
    }
    MILLRACE_ASSIGN(const InstanceView instance, store_.instance(run));
    MILLRACE_ASSIGN(const std::vector<ItemView> items, items_of(store_, run));
    const TimePoint now = parts_.world.clock.now();
    json view = summary(instance, facts_of(run));
    add_progress(view, instance, items, now);
    view["items"] = item_views(items, instance, parts_.workers, now);
    json receipt = json::parse(instance.receipt, nullptr, false);
    if (receipt.is_discarded()) receipt = nullptr;
    view["notes"] = receipt.is_object() ? receipt.value("notes", json::array()) : json::array();
    view["receipt"] = std::move(receipt);
    if (standing && instance.reason.empty()) view["reason"] = standing->text;
    if (standing && instance.state == InstanceState::kFailed) add_code(view, *standing);
    return view;
}

Result<LogPage> ClusterOperations::log(const RunId& given, uint64_t after, size_t max) {
    const RunId run = parts_.supervisor.resolve(given);
    LogPage page;
    const auto standing = parts_.supervisor.standing(run);
    if (standing) {
        page.ended = standing->stage == Stage::kEnded;
    } else {
        MILLRACE_ASSIGN(const InstanceView instance, store_.instance(run));
        page.ended = is_over(instance.state);
    }
    MILLRACE_ASSIGN(RunLog::Page lines, parts_.log.page(run, after, max));
    page.lines = std::move(lines.lines);
    page.next = lines.next;
    page.ended = page.ended && page.lines.size() < max;
    return page;
}

Status ClusterOperations::change_control(const RunId& given,
                                         const std::function<void(RunControl&)>& change) {
    const RunId run = parts_.supervisor.resolve(given);
    const std::lock_guard lock(controls_);
    const Result<InstanceView> instance = store_.instance(run);
    if (!instance.ok() && parts_.supervisor.standing(run)) {
        return fatal_error("run " + run.text() + " has not begun: it waits");
    }
    MILLRACE_TRY(instance.status());
    RunControl control = instance->control;
    change(control);
    return store_.set_control(run, control);
}

Status ClusterOperations::pause(const RunId& run) {
    return change_control(run, [](RunControl& control) { control.paused = true; });
}

Status ClusterOperations::resume(const RunId& run) {
    return change_control(run, [](RunControl& control) { control.paused = false; });
}

Status ClusterOperations::set(const RunId& run, const LimitChange& change) {
    return change_control(run, [&](RunControl& control) {
        if (change.bytes_per_second) control.source_bytes_per_second = *change.bytes_per_second;
        if (change.concurrent) control.concurrent = *change.concurrent;
    });
}

Status ClusterOperations::cancel(const RunId& run) {
    return parts_.supervisor.cancel(parts_.supervisor.resolve(run));
}

Status ClusterOperations::rerun(const RunId& run, std::optional<uint64_t> dirty_records_max) {
    return parts_.supervisor.rerun(parts_.supervisor.resolve(run), dirty_records_max).status();
}

Result<TaskId> ClusterOperations::task_of(const ReplayRequest& request) {
    if (!request.task.empty()) return request.task;
    const auto instance = store_.instance(parts_.supervisor.resolve(request.run));
    // A person gives one or the other.
    if (instance.status().code() == Code::kNotFound) return TaskId(request.run.text());
    MILLRACE_TRY(instance.status());
    return instance->task;
}

namespace {

// The newest committed run of each window that lies in the range, in order.
Result<std::vector<HeldWindow>> committed_in(const std::vector<InstanceView>& history,
                                             const ReplayRequest& request, const TaskId& task) {
    if (history.empty())
        return Status(Code::kNotFound,
                      "neither a run nor a task " + task.text() + " is known here");
    const Window& range = request.range;
    std::vector<HeldWindow> found;
    for (const InstanceView& run : history) {
        const bool inside = run.window.start >= range.start && run.window.end <= range.end;
        if (!is_committed(run) || !inside || window_view(run.window).is_null()) continue;
        if (is_joined(run, history)) continue;
        if (!found.empty() && found.back().window == run.window) found.pop_back();
        found.push_back({run.window, run.run});
    }
    if (found.empty()) {
        return Status(Code::kNotFound, "no window of task " + task.text() +
                                           " that was committed lies in " + to_text(range));
    }
    return found;
}

}  // namespace

Result<ClusterOperations::Replay> ClusterOperations::replay_with(const RunId& run) {
    Replay replay;
    MILLRACE_ASSIGN(replay.package, package_of(parts_.world, run));
    MILLRACE_ASSIGN(replay.job, job_of(replay.package));
    replay.package.replay = true;
    replay.package.begun_anew = 0;
    return replay;
}

// Nothing is begun before all of it was found to be possible.
Result<std::vector<ClusterOperations::Replay>> ClusterOperations::replays_of(
    const ReplayRequest& request) {
    MILLRACE_ASSIGN(const TaskId task, task_of(request));
    MILLRACE_ASSIGN(const std::vector<InstanceView> history, store_.instances(task));
    MILLRACE_ASSIGN(const auto windows, committed_in(history, request, task));
    std::vector<Replay> replays;
    for (const HeldWindow& one : windows) {
        const bool known = std::any_of(replays.begin(), replays.end(), [&](const Replay& other) {
            return std::any_of(other.windows.begin(), other.windows.end(),
                               [&](const HeldWindow& held) { return held.window == one.window; });
        });
        if (known) continue;
        MILLRACE_ASSIGN(Replay replay, replay_with(one.run));
        if (request.whole_partition) {
            MILLRACE_ASSIGN(WholePartition whole,
                            whole_partition_of(replay.job, history, one.window));
            MILLRACE_ASSIGN(replay, replay_with(whole.windows.back().run));
            replay.package.whole_partition = true;
            replay.partition = std::move(whole.name);
            replay.windows = std::move(whole.windows);
        } else {
            MILLRACE_TRY(may_replay_alone(replay.job, history, one.window));
            replay.windows = {one};
        }
        replays.push_back(std::move(replay));
    }
    return replays;
}

Result<json> ClusterOperations::replay(const ReplayRequest& request) {
    MILLRACE_ASSIGN(std::vector<Replay> replays, replays_of(request));
    json views = json::array();
    for (Replay& replay : replays) {
        RunId run;
        if (!request.dry_run) {
            MILLRACE_ASSIGN(const Accepted accepted,
                            parts_.supervisor.submit(std::move(replay.package), replay.job));
            run = accepted.run;
        }
        for (const HeldWindow& held : replay.windows) {
            json view = {{"window", window_view(held.window)}, {"replaces", held.run.text()}};
            if (request.whole_partition) view["partition"] = replay.partition;
            if (!run.empty()) view["run"] = run.text();
            views.push_back(std::move(view));
        }
    }
    return json{{"windows", std::move(views)}};
}

Result<json> ClusterOperations::cluster() {
    const MonoTime now = parts_.world.clock.monotonic();
    return json{{"role", "active"},
                {"version", parts_.world.program},
                {"workers", to_json(parts_.workers.present(now - kWorkerSilent))}};
}

}  // namespace millrace
