#include "coordinator/service/supervisor.h"

#include <algorithm>

#include "common/base/log.h"
#include "coordinator/service/schedule.h"
#include "coordinator/service/submission.h"

namespace millrace {
namespace {

// More waiting submissions are turned away.
constexpr size_t kEntriesMax = 10'000;
// Ended ones that left no run: what they said stays to be read.
constexpr size_t kEndedMax = 1'000;
constexpr size_t kMovedMax = 10'000;

Standing standing_of(const RunEntry& entry) {
    return {.run = entry.run,
            .task = entry.job.task,
            .identity = entry.job.identity,
            .window = entry.job.window,
            .replay = entry.package.replay,
            .stage = entry.stage,
            .text = entry.text,
            .ended_with = entry.stage == Stage::kEnded ? entry.outcome.code() : Code::kOk,
            .created = entry.created,
            .has_instance = entry.has_instance,
            .retention = entry.retention};
}

}  // namespace

Supervisor::Supervisor(SupervisorParts parts)
    : parts_(std::move(parts)), store_(parts_.world.store) {}

// Nobody waits any more, and nothing begins.
void Supervisor::close() {
    stop_.request_stop();
    const std::lock_guard lock(mutex_);
    closing_ = true;
    changed_.notify_all();
}

Supervisor::~Supervisor() {
    close();
    std::vector<std::jthread> threads;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& [run, entry] : entries_) {
            entry->stop.request_stop();
            (void)entry->events.publish({});
            threads.push_back(std::move(entry->thread));
        }
        std::move(finished_.begin(), finished_.end(), std::back_inserter(threads));
    }
}

Status Supervisor::resume_all() {
    MILLRACE_ASSIGN(std::vector<InstanceView> open,
                    store_.newest(std::numeric_limits<size_t>::max(), true));
    std::reverse(open.begin(), open.end());
    for (const InstanceView& instance : open) {
        MILLRACE_TRY(resume(instance.run, Beginning::kResume));
    }
    MILLRACE_ASSIGN(const std::vector<RunId> pending, store_.pending());
    for (const RunId& run : pending) MILLRACE_TRY(resume(run, Beginning::kOpen));
    tend();
    return {};
}

Status Supervisor::resume(const RunId& run, Beginning beginning) {
    Result<JobPackage> package = package_of(parts_.world, run);
    const Code code = package.status().code();
    if (code == Code::kFenced || code == Code::kLedgerLost) return package.status();
    Result<JobSpec> job = package.ok() ? job_of(*package) : package.status();
    const std::lock_guard lock(mutex_);
    const Entry entry = add(run, package.ok() ? *std::move(package) : JobPackage(),
                            job.ok() ? *job : JobSpec(), beginning);
    entry->answered = true;
    if (job.ok()) {
        log::info("run_goes_on", {{"run", run.text()}});
        return {};
    }
    log::error("run_cannot_go_on", {{"run", run.text()}, {"reason", job.status().text()}});
    entry->stage = Stage::kEnded;
    entry->outcome = job.status();
    entry->text = job.status().text();
    return {};
}

Supervisor::Entry Supervisor::add(const RunId& run, JobPackage package, JobSpec job,
                                  Beginning beginning) {
    auto entry = std::make_shared<RunEntry>();
    entry->run = run;
    entry->package = std::move(package);
    entry->job = std::move(job);
    entry->beginning = beginning;
    entry->has_instance = beginning != Beginning::kOpen;
    entry->order = ++order_;
    entry->created = parts_.world.clock.now();
    if (const auto old = entries_.find(run); old != entries_.end()) bury(old);
    entries_[run] = entry;
    return entry;
}

Supervisor::Entry Supervisor::find_active(const RunId& run) const {
    const auto found = entries_.find(run);
    if (found == entries_.end() || found->second->stage == Stage::kEnded) return nullptr;
    return found->second;
}

Supervisor::Entry Supervisor::find_same(const JobPackage& package, const JobSpec& job) const {
    for (const auto& [run, entry] : entries_) {
        if (entry->stage != Stage::kEnded && entry->job.task == job.task &&
            entry->job.window == job.window && entry->package.replay == package.replay &&
            entry->package.whole_partition == package.whole_partition) {
            return entry;
        }
    }
    return nullptr;
}

Supervisor::Entry Supervisor::successor_of(const RunEntry& entry) const {
    for (const auto& [run, other] : entries_) {
        if (other->stage == Stage::kWaiting && other->job.task == entry.job.task &&
            is_continuous(other->job)) {
            return other;
        }
    }
    return nullptr;
}

Result<Accepted> Supervisor::submit(JobPackage package, JobSpec job) {
    MILLRACE_TRY(health());
    Lock one(submitting_);
    const RunId run = make_run_id(parts_.world.clock.now(), parts_.world.random);
    {
        Lock lock(mutex_);
        if (const Entry same = find_same(package, job)) {
            same->notes = {"run " + same->run.text() + " carries this already"};
            one.unlock();
            return answer(lock, same);
        }
        if (entries_.size() >= kEntriesMax) {
            return Status(Code::kThrottled,
                          std::to_string(kEntriesMax) + " runs wait already: submit again later");
        }
    }
    MILLRACE_TRY(keep_package(parts_.world, run, package));
    Lock lock(mutex_);
    const Entry entry = add(run, std::move(package), std::move(job), Beginning::kOpen);
    begin_waiting();
    one.unlock();  // others need not wait for this one's source
    return answer(lock, entry);
}

Result<Accepted> Supervisor::answer(Lock& lock, const Entry& entry) {
    changed_.wait_for(lock, parts_.answer_within, [&] {
        return entry->stage == Stage::kEnded || entry->stage == Stage::kDriving ||
               !entry->text.empty() || closing_;
    });
    entry->answered = true;
    if (entry->stage == Stage::kEnded && !entry->outcome.ok() && !entry->has_instance) {
        return entry->outcome;
    }
    Accepted accepted{entry->run, entry->was_done, entry->notes};
    if (entry->stage == Stage::kWaiting || entry->stage == Stage::kOpening) {
        accepted.notes.push_back(entry->text.empty() ? "the source has not answered yet"
                                                     : entry->text);
    }
    return accepted;
}

Result<Accepted> Supervisor::rerun(const RunId& run, std::optional<uint64_t> dirty_records_max) {
    MILLRACE_TRY(health());
    Lock one(submitting_);
    MILLRACE_ASSIGN(const InstanceView instance, store_.instance(run));
    if (instance.state != InstanceState::kFailed && instance.state != InstanceState::kRunning) {
        return fatal_error("run " + run.text() + " is " + std::string(name_of(instance.state)) +
                           ": only one that has failed can go on; replay its window instead");
    }
    MILLRACE_ASSIGN(JobPackage package, package_of(parts_.world, run));
    if (dirty_records_max) package.request.dirty_records_max = dirty_records_max;
    MILLRACE_ASSIGN(JobSpec job, job_of(package));
    Lock lock(mutex_);
    if (find_active(run)) return fatal_error("run " + run.text() + " is on its way already");
    const Entry entry = add(run, std::move(package), std::move(job), Beginning::kReopen);
    begin_waiting();
    one.unlock();
    return answer(lock, entry);
}

void Supervisor::ring(const Doorbell& doorbell) {
    const std::lock_guard lock(mutex_);
    if (const Entry entry = find_active(doorbell.run)) (void)entry->events.publish(doorbell);
}

RunId Supervisor::resolve(const RunId& run) {
    const std::lock_guard lock(mutex_);
    const auto found = moved_.find(run);
    return found == moved_.end() ? run : found->second;
}

std::vector<Standing> Supervisor::standings() {
    const std::lock_guard lock(mutex_);
    std::vector<Standing> all;
    for (const auto& [run, entry] : entries_) all.push_back(standing_of(*entry));
    return all;
}

std::optional<Standing> Supervisor::standing(const RunId& run) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(run);
    if (found == entries_.end()) return {};
    return standing_of(*found->second);
}

void Supervisor::begin_waiting() {
    if (closing_ || !fatal_.ok()) return;
    std::vector<RunEntry*> all;
    for (const auto& [run, entry] : entries_) all.push_back(entry.get());
    for (RunEntry* chosen : may_begin(all, parts_.runs_max)) {
        const Entry entry = entries_.at(chosen->run);
        entry->stage = Stage::kOpening;
        entry->text.clear();
        entry->thread = std::jthread([this, entry] { drive(entry); });
    }
}

// Its thread may be the one that calls.
void Supervisor::bury(std::map<RunId, Entry>::iterator entry) {
    if (entry->second->thread.joinable()) finished_.push_back(std::move(entry->second->thread));
    entries_.erase(entry);
}

void Supervisor::forget_ended() {
    std::vector<std::pair<uint64_t, RunId>> kept;
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const auto next = std::next(entry);
        const RunEntry& one = *entry->second;
        if (one.stage == Stage::kEnded) {
            // What the ledger does not tell stays for a while.
            if (one.has_instance && (one.outcome.ok() || one.text.empty())) {
                bury(entry);
            } else {
                kept.emplace_back(one.order, one.run);
            }
        }
        entry = next;
    }
    std::sort(kept.begin(), kept.end());
    for (size_t i = 0; i + kEndedMax < kept.size(); ++i) bury(entries_.find(kept[i].second));
    while (moved_.size() > kMovedMax) moved_.erase(moved_.begin());
}

void Supervisor::tend() {
    std::vector<std::jthread> finished;
    const std::lock_guard lock(mutex_);
    forget_ended();
    begin_waiting();
    finished.swap(finished_);
}

Status Supervisor::health() {
    const std::lock_guard lock(mutex_);
    if (!fatal_.ok()) return fatal_;
    if (lost_) {
        return Status(Code::kUnreachable,
                      "the ledger in Redis was lost and is being rebuilt: ask again in a minute");
    }
    return {};
}

}  // namespace millrace
