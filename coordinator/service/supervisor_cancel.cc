// A run is given up on request.
#include <algorithm>

#include "common/base/log.h"
#include "coordinator/service/supervisor.h"

namespace millrace {
namespace {

constexpr Duration kLookAtItems = std::chrono::milliseconds(100);

}  // namespace

Status Supervisor::cancel(const RunId& run) {
    MILLRACE_TRY(health());
    RunId at = open_window(run);
    for (;;) {
        const Status status = cancel_one(at);
        if (status.ok()) return status;
        const std::optional<RunId> next = window_behind(at);
        if (!next) return status;
        at = *next;
    }
}

// Instead of a window of a realtime job that waits: the one that it waits for.
RunId Supervisor::open_window(const RunId& run) const {
    const std::lock_guard lock(mutex_);
    const Entry entry = find_active(run);
    if (!entry || entry->stage != Stage::kWaiting || !is_continuous(entry->job)) return run;
    for (const auto& [id, other] : entries_) {
        if (other->active() && other->job.task == entry->job.task) return id;
    }
    return run;
}

// What follows a window of a realtime job that cannot be cancelled any more.
std::optional<RunId> Supervisor::window_behind(const RunId& run) {
    const Result<InstanceView> instance = store_.instance(run);
    if (!instance.ok()) return {};
    const bool stopped =
        instance->state == InstanceState::kFailed || instance->state == InstanceState::kCancelled;
    if (stopped || may_be_cancelled(*instance)) return {};
    const std::lock_guard lock(mutex_);
    for (const auto& [id, other] : entries_) {
        if (id != run && other->stage != Stage::kEnded && other->job.task == instance->task &&
            is_continuous(other->job)) {
            return id;
        }
    }
    return {};
}

Status Supervisor::cancel_one(const RunId& run) {
    Lock lock(mutex_);
    const Entry entry = find_active(run);
    if (!entry) {
        lock.unlock();
        return cancel_idle(run);
    }
    if (entry->stage == Stage::kWaiting) {
        entry->stage = Stage::kOpening;  // nobody else begins it
        lock.unlock();
        const Status cancelled = cancel_instance(*entry);
        end(*entry, cancelled.ok() ? Status(Code::kCancelled, "cancelled by request") : cancelled);
        return cancelled;
    }
    entry->cancel_wanted = true;
    entry->stop.request_stop();
    (void)entry->events.publish({});
    const bool answered = changed_.wait_for(lock, 6 * parts_.answer_within, [&] {
        return entry->stage == Stage::kEnded || !entry->cancel_wanted || closing_;
    });
    if (!answered) {
        return Status(Code::kUnreachable, "run " + run.text() + " has not stopped yet: ask again");
    }
    if (entry->stage == Stage::kEnded && entry->outcome.code() == Code::kCancelled) return {};
    return fatal_error("run " + run.text() + " cannot be cancelled: " +
                       (entry->text.empty() ? "it is over" : entry->text));
}

// One that no thread drives: it stands still, or is over.
Status Supervisor::cancel_idle(const RunId& run) {
    RunEntry entry;
    entry.run = run;
    entry.has_instance = true;
    MILLRACE_ASSIGN(entry.package, package_of(parts_.world, run));
    MILLRACE_ASSIGN(entry.job, job_of(entry.package));
    return cancel_instance(entry);
}

// They give their items back with the next renewal; one that does not answer has lost its lease.
Status Supervisor::stop_workers(const InstanceView& instance) {
    RunControl control = instance.control;
    control.cancelled = true;
    MILLRACE_TRY(store_.set_control(instance.run, control));
    const MonoTime until = parts_.world.clock.monotonic() + parts_.lease_ttl;
    for (;;) {
        MILLRACE_ASSIGN(const std::vector<ItemView> items, store_.items(instance.run));
        const bool held = std::any_of(items.begin(), items.end(), [](const ItemView& item) {
            return item.state == ItemState::kClaimed;
        });
        if (!held || parts_.world.clock.monotonic() > until) return {};
        if (!parts_.world.clock.sleep(kLookAtItems, stop_.get_token())) {
            return Status(Code::kCancelled, "the coordinator ends");
        }
    }
}

// Nothing of the run is visible yet, or it cannot be cancelled any more (P9).
Status Supervisor::cancel_instance(RunEntry& entry) {
    if (!entry.has_instance) return {};
    MILLRACE_ASSIGN(const InstanceView instance, store_.instance(entry.run));
    if (!may_be_cancelled(instance)) {
        return fatal_error("run " + entry.run.text() + " is " +
                           std::string(name_of(instance.state)) +
                           (instance.intent.empty() ? "" : " and goes on to its end"));
    }
    MILLRACE_TRY(stop_workers(instance));
    MILLRACE_TRY(
        store_.close_instance(entry.run, InstanceState::kCancelled, "cancelled by request"));
    RunDriver driver(parts_.world, entry.job, entry.package, entry.events, stop_.get_token());
    if (const Status status = driver.abandon(instance); !status.ok()) {
        log::warn("staged_work_stays", {{"run", entry.run.text()}, {"reason", status.text()}});
    }
    return {};
}

}  // namespace millrace
