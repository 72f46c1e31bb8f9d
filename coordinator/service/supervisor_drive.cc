// What happens in the thread of a run.
#include "common/base/log.h"
#include "coordinator/service/submission.h"
#include "coordinator/service/supervisor.h"
#include "coordinator/start.h"

namespace millrace {
namespace {

// Replays of a partition in a row that other windows were too fast for.
constexpr int kBegunAnewMax = 3;

}  // namespace

void Supervisor::drive(const Entry& entry) {
    const log::Context context(
        {{"run", entry->run.text()},
         {"window", entry->job.window ? to_text(*entry->job.window) : std::string("all")}});
    Duration pause = parts_.pause_first;
    for (;;) {
        const uint64_t generation = generation_;
        const MonoTime began = parts_.world.clock.monotonic();
        const Status status = attempt(*entry);
        if (!goes_on(*entry, status, generation)) return;
        if (generation_ != generation) continue;
        if (parts_.world.clock.monotonic() - began > parts_.pause_last) pause = parts_.pause_first;
        (void)parts_.world.clock.sleep(pause, entry->stop.get_token());
        pause = std::min(2 * pause, parts_.pause_last);
    }
}

Status Supervisor::attempt(RunEntry& entry) {
    std::stop_source stop;
    const std::stop_callback ends_with_run(entry.stop.get_token(), [&] { stop.request_stop(); });
    {
        const std::lock_guard lock(mutex_);
        entry.attempt = stop;
    }
    RunDriver driver(parts_.world, entry.job, entry.package, entry.events, stop.get_token());
    MILLRACE_TRY(driver.connect());
    MILLRACE_TRY(begin(entry, driver));
    if (entry.was_done) return {};
    MILLRACE_ASSIGN(const InstanceView instance, store_.instance(entry.run));
    if (instance.control.cancelled) return go_on_cancelling(entry);
    return driver.run(entry.run);
}

// The coordinator before this one had begun to.
Status Supervisor::go_on_cancelling(RunEntry& entry) {
    const std::lock_guard lock(mutex_);
    entry.cancel_wanted = true;
    entry.stop.request_stop();
    return Status(Code::kCancelled, "the run is being cancelled");
}

Status Supervisor::begin(RunEntry& entry, RunDriver& driver) {
    if (entry.beginning == Beginning::kOpen) {
        MILLRACE_ASSIGN(const Opened opened,
                        driver.open(entry.run, [&](const std::string& text) { say(entry, text); }));
        adopt(entry, opened);
    } else if (entry.beginning == Beginning::kReopen) {
        MILLRACE_TRY(driver.reopen(entry.run));
    }
    MILLRACE_ASSIGN(const bool goes_on, wants_successor(entry));
    if (goes_on) MILLRACE_TRY(ensure_successor(entry));
    const std::lock_guard lock(mutex_);
    entry.retention = driver.source().retention;
    entry.beginning = Beginning::kResume;
    entry.stage = Stage::kDriving;
    entry.text.clear();
    changed_.notify_all();
    return {};
}

// The window may have been begun before, under another id.
void Supervisor::adopt(RunEntry& entry, const Opened& opened) {
    const RunId given = entry.run, is = opened.instance.run;
    {
        const std::lock_guard lock(mutex_);
        entry.has_instance = true;
        entry.was_done = opened.was_done;
        if (!opened.warning.empty()) entry.notes.push_back("warning: " + opened.warning);
        if (opened.was_done) {
            entry.notes.push_back("window " + to_text(opened.instance.window) +
                                  " is committed already; nothing was done");
        }
        if (given == is) return;
        if (const auto old = entries_.find(is); old != entries_.end()) bury(old);
        auto node = entries_.extract(given);
        node.key() = is;
        entry.run = is;
        entries_.insert(std::move(node));
        moved_[given] = is;
        if (!opened.was_done) entry.notes.push_back("run " + is.text() + " goes on");
    }
    if (const Status status = store_.drop_package(given); !status.ok()) {
        log::warn("package_stays", {{"run", given.text()}, {"reason", status.text()}});
    }
}

// Once a window commits, its successor has been in the catalog: when none is there now, the job was
// cancelled.
Result<bool> Supervisor::wants_successor(const RunEntry& entry) {
    if (!is_continuous(entry.job) || entry.was_done) return false;
    if (entry.beginning != Beginning::kResume) return true;
    MILLRACE_ASSIGN(const InstanceView instance, store_.instance(entry.run));
    return may_be_cancelled(instance);
}

// The run of the next window.
Status Supervisor::ensure_successor(const RunEntry& entry) {
    {
        const std::lock_guard lock(mutex_);
        if (successor_of(entry)) return {};
    }
    return add_waiting(entry.package, entry.job).status();
}

// Kept before the run that asks for it ends: whoever takes over finds it.
Result<RunId> Supervisor::add_waiting(const JobPackage& package, const JobSpec& job) {
    const RunId run = make_run_id(parts_.world.clock.now(), parts_.world.random);
    MILLRACE_TRY(keep_package(parts_.world, run, package));
    const std::lock_guard lock(mutex_);
    add(run, package, job, Beginning::kOpen)->answered = true;
    return run;
}

// Other windows were committed into the partition that the run was to replace.
Result<RunId> Supervisor::begin_anew(const RunEntry& entry) {
    JobPackage package = entry.package;
    if (++package.begun_anew > kBegunAnewMax) return RunId();
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [run, other] : entries_) {
            const bool same =
                other->stage == Stage::kWaiting && other->job.task == entry.job.task &&
                other->job.window == entry.job.window && other->package.whole_partition;
            if (same) return run;
        }
    }
    return add_waiting(package, entry.job);
}

// A job whose window has failed, or was cancelled, stops there.
void Supervisor::drop_successor(const RunEntry& entry) {
    Entry successor;
    {
        const std::lock_guard lock(mutex_);
        successor = successor_of(entry);
        if (!successor) return;
        successor->stage = Stage::kEnded;
        successor->text = "the run before it, " + entry.run.text() + ", was not completed";
        successor->outcome = Status(Code::kCancelled, successor->text);
    }
    (void)store_.drop_package(successor->run);
}

void Supervisor::say(RunEntry& entry, const std::string& text) {
    log::info("run_waits", {{"run", entry.run.text()}, {"reason", text}});
    const std::lock_guard lock(mutex_);
    entry.text = text;
    changed_.notify_all();
}

bool Supervisor::goes_on(RunEntry& entry, const Status& status, uint64_t generation) {
    if (status.ok() || status.code() == Code::kFenced) {
        if (!status.ok()) fail_for_good(status);
        end(entry, status);
        return false;
    }
    if (entry.stop.stop_requested()) return goes_on_after_stop(entry);
    if (generation_ != generation) return true;
    log::warn("run_interrupted", {{"run", entry.run.text()}, {"reason", status.text()}});
    if (status.code() == Code::kLedgerLost) {
        recover(generation);
        return true;
    }
    const Result<InstanceView> instance = store_.instance(entry.run);
    if (instance.ok()) return goes_on_in(*instance, entry, status);
    // Another failure of the ledger: the next attempt finds out what it is.
    return instance.status().code() != Code::kNotFound || goes_on_without_instance(entry, status);
}

// Who submitted it and still waits hears of a failure at once; what was accepted is tried again.
bool Supervisor::goes_on_without_instance(RunEntry& entry, const Status& status) {
    {
        const std::lock_guard lock(mutex_);
        if (status.retryable() && entry.answered) {
            entry.text = status.text();
            return true;
        }
    }
    end(entry, status);
    return false;
}

bool Supervisor::goes_on_in(const InstanceView& instance, RunEntry& entry, const Status& reason) {
    Status status = reason;
    if (status.code() == Code::kSourceChanged && entry.package.whole_partition) {
        const Result<RunId> next = begin_anew(entry);
        if (!next.ok()) return true;
        const std::string how = next->empty() ? "replay them again when none of them runs"
                                              : "run " + next->text() + " does so";
        status = Status(status.code(), status.text() + "; " + how);
    }
    const bool forward_only =
        instance.state == InstanceState::kCommitting || instance.state == InstanceState::kCommitted;
    const bool running = instance.state == InstanceState::kRunning;
    if (forward_only || (running && status.retryable())) {
        say(entry, status.text());
        return true;
    }
    // With an intent something may be visible: it stands still until a person lets it go on (P9).
    if (may_be_cancelled(instance)) {
        const Status closed =
            store_.close_instance(entry.run, InstanceState::kFailed, status.text());
        if (!closed.ok()) return true;
    }
    end(entry, status);
    return false;
}

bool Supervisor::goes_on_after_stop(RunEntry& entry) {
    bool cancel = false;
    {
        const std::lock_guard lock(mutex_);
        cancel = entry.cancel_wanted && !closing_;
    }
    if (!cancel) {
        end(entry, Status(Code::kCancelled, "the coordinator ends"));
        return false;
    }
    // First: whoever takes over in between must not go on with it.
    if (is_continuous(entry.job)) drop_successor(entry);
    const Status cancelled = cancel_instance(entry);
    if (cancelled.ok()) {
        end(entry, Status(Code::kCancelled, "cancelled by request"));
        return false;
    }
    const std::lock_guard lock(mutex_);
    entry.cancel_wanted = false;
    entry.text = cancelled.text();
    if (!closing_) entry.stop = std::stop_source();
    changed_.notify_all();
    return true;
}

void Supervisor::count_end(const RunEntry& entry, const Status& outcome) {
    if (outcome.ok()) {
        if (!entry.was_done) parts_.done.add();
    } else if (outcome.code() != Code::kCancelled) {
        parts_.failed.add();
    } else if (entry.cancel_wanted) {
        parts_.cancelled.add();
    }
}

void Supervisor::end(RunEntry& entry, const Status& outcome) {
    bool drop = false, drop_more = false;
    {
        const std::lock_guard lock(mutex_);
        const bool over = !closing_ && outcome.code() != Code::kFenced;
        drop = over && !entry.has_instance;
        drop_more = over && !outcome.ok() && is_continuous(entry.job);
    }
    if (drop) (void)store_.drop_package(entry.run);  // else it begins anew, and ends again
    if (drop_more) drop_successor(entry);
    log::info("run_ended",
              {{"run", entry.run.text()}, {"outcome", outcome.ok() ? "done" : outcome.text()}});
    const std::lock_guard lock(mutex_);
    count_end(entry, outcome);
    entry.stage = Stage::kEnded;
    entry.outcome = outcome;
    entry.text = outcome.text();
    changed_.notify_all();
}

void Supervisor::recover(uint64_t generation) {
    const std::lock_guard one(recovering_);
    if (generation_ != generation) return;  // done meanwhile
    lost_ = true;
    log::warn("ledger_lost");
    Duration pause = parts_.pause_first;
    for (;;) {
        const Status status = store_.take_over(stop_.get_token());
        if (status.ok()) break;
        if (status.code() == Code::kFenced) return fail_for_good(status);
        log::warn("rebuild_failed", {{"reason", status.text()}});
        if (!parts_.world.clock.sleep(pause, stop_.get_token())) return;
        pause = std::min(2 * pause, Duration(std::chrono::seconds(5)));
    }
    {
        const std::lock_guard lock(mutex_);
        ++generation_;
        for (const auto& [run, entry] : entries_) entry->attempt.request_stop();
    }
    lost_ = false;
    parts_.rebuilds.add();
    log::info("ledger_rebuilt");
}

void Supervisor::fail_for_good(const Status& status) {
    const std::lock_guard lock(mutex_);
    if (fatal_.ok()) fatal_ = status;
    stop_.request_stop();
    changed_.notify_all();
}

}  // namespace millrace
