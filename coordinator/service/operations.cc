#include "coordinator/service/operations.h"

#include <algorithm>
#include <set>

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

Result<std::vector<InstanceView>> ClusterOperations::committed_in(const TaskId& task,
                                                                  const Window& range) {
    MILLRACE_ASSIGN(const std::vector<InstanceView> all, store_.instances(task));
    if (all.empty())
        return Status(Code::kNotFound,
                      "neither a run nor a task " + task.text() + " is known here");
    std::vector<InstanceView> found;
    for (const InstanceView& instance : all) {
        const bool committed = instance.state == InstanceState::kCommitted ||
                               instance.state == InstanceState::kCleaned;
        const bool inside =
            instance.window.start >= range.start && instance.window.end <= range.end;
        if (!committed || !inside || window_view(instance.window).is_null()) continue;
        if (!found.empty() && found.back().window == instance.window) found.pop_back();
        found.push_back(instance);
    }
    if (found.empty()) {
        return Status(Code::kNotFound, "no window of task " + task.text() +
                                           " that was committed lies in " + to_text(range));
    }
    return found;
}

// The script with the values that it had then.
Result<Accepted> ClusterOperations::replay_one(const InstanceView& committed) {
    MILLRACE_ASSIGN(JobPackage package, package_of(parts_.world, committed.run));
    package.replay = true;
    MILLRACE_ASSIGN(JobSpec job, job_of(package));
    return parts_.supervisor.submit(std::move(package), std::move(job));
}

Result<json> ClusterOperations::replay(const ReplayRequest& request) {
    if (request.whole_partition) {
        return config_error(
            "--whole-partition is not built yet in this version: windows that share a partition "
            "cannot be replayed in one session");
    }
    MILLRACE_ASSIGN(const TaskId task, task_of(request));
    MILLRACE_ASSIGN(const std::vector<InstanceView> windows, committed_in(task, request.range));
    json views = json::array();
    for (const InstanceView& committed : windows) {
        json view = {{"window", window_view(committed.window)}, {"replaces", committed.run.text()}};
        if (!request.dry_run) {
            MILLRACE_ASSIGN(const Accepted accepted, replay_one(committed));
            view["run"] = accepted.run.text();
        }
        views.push_back(std::move(view));
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
