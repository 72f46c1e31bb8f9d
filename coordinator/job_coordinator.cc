#include "coordinator/job_coordinator.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "common/base/log.h"
#include "common/store/park_reason.h"
#include "coordinator/commit/make.h"
#include "coordinator/commit/receipt.h"
#include "coordinator/commit/whole_partition.h"
#include "coordinator/commit_driver.h"
#include "coordinator/joined.h"

namespace millrace {

using nlohmann::json;

namespace {

// Staged work that is lost again and again is not lost by chance.
constexpr int kRestagesMax = 3;

}  // namespace

Status JobCoordinator::connect() {
    MILLRACE_ASSIGN(facts_, parts_.source->connect());
    return {};
}

// A transfer's window is the moment when it begins, by the source's clock: documents get it as
// their version, so that a stream job can follow.
Window JobCoordinator::window_of(const RunRequest& request) const {
    if (request.window) return *request.window;
    const auto now = std::chrono::floor<std::chrono::milliseconds>(facts_.server_time);
    return {now, now};
}

Result<StartDecision> JobCoordinator::decide(const RunRequest& request) {
    MILLRACE_ASSIGN(const std::vector<InstanceView> before, history());
    const Window window = window_of(request);
    if (request.whole_partition) {
        MILLRACE_ASSIGN(const auto whole, whole_partition_of(job_, before, window));
        return decide_joined(before, whole.joined);
    }
    if (request.replay) MILLRACE_TRY(may_replay_alone(job_, before, window));
    const TargetRules rules = target_rules(job_);
    return parts_.source->decide(before, {.window = window,
                                          .replay = request.replay,
                                          .may_overlap = rules.may_overlap,
                                          .keyed_target = rules.keyed});
}

Result<Opened> JobCoordinator::open(const RunRequest& request, const Say& say) {
    MILLRACE_ASSIGN(const StartDecision decision, decide(request));
    Opened opened;
    opened.warning = decision.text;
    RunId run = decision.run;
    switch (decision.kind) {
        case StartDecision::Kind::kRefuse: return fatal_error(decision.text);
        case StartDecision::Kind::kDone: opened.was_done = true; break;
        case StartDecision::Kind::kCreate: {
            // Within recorded borders nothing new is settled or forgotten by this check.
            if (!request.replay) MILLRACE_TRY(parts_.source->settle(decision.window, say));
            MILLRACE_TRY(close_outgrown(decision));
            MILLRACE_ASSIGN(run, create(decision, request.run));
            break;
        }
        case StartDecision::Kind::kResume: {
            MILLRACE_ASSIGN(const InstanceView instance, parts_.store.instance(run));
            MILLRACE_TRY(reopen(instance));
            break;
        }
    }
    MILLRACE_ASSIGN(opened.instance, parts_.store.instance(run));
    return opened;
}

RunControl JobCoordinator::control() const {
    return {.source_bytes_per_second = job_.source_bytes_per_second,
            .source_records_per_second = job_.source_records_per_second,
            .concurrent = job_.concurrent};
}

// Of all that decides the bytes written: the script, and what the source found beyond it.
std::string JobCoordinator::version() const {
    if (facts_.found.empty()) return job_.version;
    Sum128 found;
    found.add(facts_.found);
    return job_.version + "-" + found.hex().substr(0, 8);
}

Status JobCoordinator::keep_package(const RunId& run) const {
    return parts_.keep_package ? parts_.keep_package(run) : Status();
}

// Nothing of them is visible: a staged target is committed in one step.
Status JobCoordinator::close_outgrown(const StartDecision& decision) {
    for (const RunId& run : decision.outgrown) {
        log::info("run_outgrown", {{"run", run.text()}, {"window", to_text(decision.window)}});
        MILLRACE_TRY(parts_.store.close_instance(
            run, InstanceState::kCancelled,
            "other windows were committed into its partition: all of them in " +
                to_text(decision.window) + " are replayed together"));
    }
    return {};
}

Result<RunId> JobCoordinator::create(const StartDecision& decision, RunId run) {
    if (run.empty()) run = RunId(parts_.context.random.hex(16));
    MILLRACE_TRY(keep_package(run));
    const NewInstance instance{.run = std::move(run),
                               .task = job_.task,
                               .window = decision.window,
                               .kind = decision.run_kind,
                               .job_version = version(),
                               .encoder_version = std::string(kEncoderVersion),
                               .job = job_.text_without_secrets,
                               .control = control()};
    MILLRACE_ASSIGN(const CreateOutcome created, parts_.store.create_instance(instance));
    if (created.outcome == Created::kExists) {
        return fatal_error("window " + to_text(decision.window) + " has a run already, " +
                           created.run.text() + ": start again");
    }
    log::info("instance_created",
              {{"run", created.run.text()}, {"window", to_text(decision.window)}});
    return created.run;
}

bool JobCoordinator::is_changed(const InstanceView& instance) const {
    return instance.job_version != version() || instance.encoder_version != kEncoderVersion;
}

// A rerun goes on where it stopped; when the script or the encoder has changed, its items start
// again under new staging.
Status JobCoordinator::reopen(const InstanceView& instance) {
    if (instance.state == InstanceState::kCommitting) return {};
    const bool changed = is_changed(instance);
    if (changed)
        notes_.push_back(
            "the script, the source's columns or the program have changed: the items start again");
    MILLRACE_TRY(keep_package(instance.run));
    return parts_.store.reopen_instance(instance.run,
                                        {.job_version = version(),
                                         .encoder_version = std::string(kEncoderVersion),
                                         .job = job_.text_without_secrets,
                                         .control = control(),
                                         .restart = changed});
}

Status JobCoordinator::run(const RunId& run, const RunRequest& request) {
    for (int restages = 0;; ++restages) {
        MILLRACE_ASSIGN(const bool committed, attempt(run, request));
        if (committed) return {};
        if (restages == kRestagesMax) {
            return fatal_error("run " + run.text() +
                               ": the target lost or refused what was staged " +
                               std::to_string(restages + 1) + " times (see the log)");
        }
        notes_.push_back("staged work was lost before the commit; its items were read again");
        MILLRACE_ASSIGN(const InstanceView again, parts_.store.instance(run));
        MILLRACE_TRY(reopen(again));
    }
}

Result<bool> JobCoordinator::attempt(const RunId& run, const RunRequest& request) {
    MILLRACE_ASSIGN(const InstanceView instance, parts_.store.instance(run));
    MILLRACE_ASSIGN(const auto target, parts_.make_target(instance));
    if (instance.state == InstanceState::kRunning) {
        MILLRACE_TRY(target->prepare(instance));
        const Status driven = drive(instance, request, *target);
        if (is_staging_gone(driven)) {
            log::warn("staging_gone", {{"run", run.text()}, {"reason", driven.text()}});
            return false;
        }
        MILLRACE_TRY(driven);
        MILLRACE_TRY(judge_limits(instance));
    }
    MILLRACE_ASSIGN(const InstanceView written, parts_.store.instance(run));
    return commit(written, *target);
}

Status JobCoordinator::drive(const InstanceView& instance, const RunRequest& request,
                             TargetCommit& target) {
    MILLRACE_ASSIGN(const std::optional<uint64_t> records_max, dirty_records_max(instance));
    const uint64_t dirty_max =
        records_max.value_or(job_.dirty_share_max ? std::numeric_limits<uint64_t>::max() : 0);
    const Status status = parts_.source->drive(
        {parts_.store, parts_.work, parts_.events, parts_.context.clock, parts_.context.stop,
         parts_.failure, [&](const std::vector<ItemView>& items) { target.saw(items); }},
        {instance, request.accept_loss, dirty_max, notes_});
    if (status.code() == Code::kDirtyRecord) return fail(instance, status);
    return status.ok() ? status : give_up_when_changed(instance, status, target);
}

// A transfer whose source has changed under it can never be completed: the next run begins anew. Of
// a staged target nothing is visible yet.
Status JobCoordinator::give_up_when_changed(const InstanceView& instance, const Status& why,
                                            TargetCommit& target) {
    Status failure = parts_.failure ? parts_.failure() : Status();
    if (failure.ok()) failure = why;  // of a worker elsewhere
    if (failure.code() != Code::kSourceChanged || !instance.intent.empty()) return why;
    MILLRACE_TRY(
        parts_.store.close_instance(instance.run, InstanceState::kCancelled, failure.text()));
    // After it is closed, so that no item goes on in what is removed.
    if (const Status status = target.abandon(); !status.ok()) {
        log::warn("staged_work_stays", {{"run", instance.run.text()}, {"reason", status.text()}});
    }
    return why;
}

// While objects of an earlier intent may be visible the run stays open: FAILED would leave them
// there (P9).
Status JobCoordinator::fail(const InstanceView& instance, const Status& why) {
    if (instance.intent.empty()) {
        MILLRACE_TRY(parts_.store.close_instance(instance.run, InstanceState::kFailed, why.text()));
    }
    return why;
}

// The limit is that of a window: a run that repeats several may have as many for each.
Result<std::optional<uint64_t>> JobCoordinator::dirty_records_max(const InstanceView& instance) {
    if (!job_.dirty_records_max || instance.kind != RunKind::kReplay) {
        return job_.dirty_records_max;
    }
    MILLRACE_ASSIGN(const std::vector<InstanceView> all, history());
    const uint64_t windows = std::max<uint64_t>(1, repeated_by(instance, all).size());
    const uint64_t most = std::numeric_limits<uint64_t>::max() / windows;
    return std::optional(std::min(*job_.dirty_records_max, most) * windows);
}

Status JobCoordinator::judge_limits(const InstanceView& instance) {
    MILLRACE_ASSIGN(const InstanceView now, parts_.store.instance(instance.run));
    MILLRACE_ASSIGN(const std::optional<uint64_t> records_max, dirty_records_max(instance));
    const Counts& counts = now.counts;
    std::string broken;
    if (records_max) {
        if (counts.rows_dirty > *records_max) {
            broken = std::to_string(counts.rows_dirty) + " dirty records, " +
                     std::to_string(*records_max) + " are allowed";
        }
    } else if (job_.dirty_share_max) {
        const auto allowed = *job_.dirty_share_max * static_cast<double>(counts.read);
        if (static_cast<double>(counts.rows_dirty) > allowed) {
            broken = std::to_string(counts.rows_dirty) + " dirty records of " +
                     std::to_string(counts.read) + " are more than the share that is allowed";
        }
    } else if (counts.rows_dirty > 0) {
        broken = std::to_string(counts.rows_dirty) + " dirty records, none is allowed";
    }
    if (broken.empty()) return {};
    return fail(instance, Status(Code::kDirtyRecord, broken));
}

Result<bool> JobCoordinator::commit(const InstanceView& instance, TargetCommit& target) {
    const TimePoint started = parts_.context.clock.now();
    const CommitDriverParts parts{parts_.store,
                                  target,
                                  parts_.context.clock,
                                  parts_.context.stop,
                                  [&](const InstanceView& now) { return receipt(now, started); },
                                  [&](const InstanceView& now) { announce(now); }};
    MILLRACE_ASSIGN(const CommitOutcome outcome, commit_instance(parts, instance.run));
    return outcome == CommitOutcome::kCommitted;
}

// The window is done whether this succeeds or not.
void JobCoordinator::announce(const InstanceView& instance) {
    const auto warnings = parts_.source->announce(parts_.store, instance);
    if (!warnings.ok()) {
        log::warn("status_table_not_written",
                  {{"run", instance.run.text()}, {"reason", warnings.status().text()}});
        return;
    }
    for (const std::string& warning : *warnings) {
        log::warn("status_table", {{"run", instance.run.text()}, {"warning", warning}});
    }
}

Result<json> JobCoordinator::receipt(const InstanceView& instance, TimePoint started) {
    ReceiptFacts facts;
    facts.instance = instance;
    MILLRACE_ASSIGN(facts.items, parts_.store.items(instance.run));
    facts.stream = facts_.stream;
    facts.source = parts_.source->describe();
    MILLRACE_ASSIGN(facts.quarantine, parts_.quarantine_of(instance.run));
    facts.notes = notes_;
    facts.meta = {{"commit_started", to_iso8601(started)},
                  {"ended", to_iso8601(parts_.context.clock.now())},
                  {"host", parts_.host},
                  {"version", parts_.program}};
    return make_receipt(facts);
}

Status JobCoordinator::finish_open_commits() {
    MILLRACE_ASSIGN(const std::vector<InstanceView> open, parts_.store.open_commits());
    for (const InstanceView& instance : open) {
        if (instance.task != job_.task) continue;  // its data sources are not ours
        log::info("commit_goes_on", {{"run", instance.run.text()}});
        MILLRACE_ASSIGN(const auto target, parts_.make_target(instance));
        MILLRACE_TRY(commit(instance, *target).status());
    }
    return {};
}

}  // namespace millrace
