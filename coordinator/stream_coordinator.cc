#include "coordinator/stream_coordinator.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "common/base/log.h"
#include "coordinator/commit/receipt.h"
#include "coordinator/commit_driver.h"
#include "coordinator/item_driver.h"
#include "coordinator/shards/stream_lister.h"

namespace millrace {

using nlohmann::json;

namespace {

// The newest minutes of a stream are unsettled, the oldest may be gone before they are read.
constexpr Duration kUnsettled = std::chrono::minutes(5);
constexpr Duration kTooYoung = std::chrono::minutes(10);
constexpr Duration kForgotten = std::chrono::minutes(10);
// Staged work that is lost again and again is not lost by chance.
constexpr int kRestagesMax = 3;

std::string_view name_of(StreamMode mode) {
    return mode == StreamMode::kRow ? "single_version_and_update_only" : "multi_version";
}

}  // namespace

StreamCoordinator::StreamCoordinator(const JobSpec& job, StreamReaderConfig reader,
                                     CoordinatorParts parts)
    : job_(job),
      reader_(std::move(reader)),
      parts_(std::move(parts)),
      client_(parts_.context, reader_.address) {}

Result<SourceFacts> StreamCoordinator::connect() {
    const auto table = client_.describe_table(reader_.table);
    if (table.status().code() == Code::kNotFound) {
        return config_error("table " + reader_.table + " does not exist in instance " +
                            reader_.address.instance + ": correct \"dataTable\" (" +
                            table.status().text() + ")");
    }
    if (!table.ok()) return table.status();
    if (!table->has_stream_details() || !table->stream_details().enable_stream()) {
        return config_error("The stream of data table is not enabled. Turn the Stream of table " +
                            reader_.table +
                            " on (console: Tunnels, or UpdateTable with a stream specification); "
                            "changes made before that cannot be read");
    }
    source_.stream = StreamId(table->stream_details().stream_id());
    source_.retention = std::chrono::hours(table->stream_details().expiration_time());
    source_.key_names.clear();
    for (const auto& key : table->table_meta().primary_key())
        source_.key_names.push_back(key.name());
    source_.server_time = client_.server_time().value_or(parts_.context.clock.now());
    return source_;
}

Status StreamCoordinator::check_window(const Window& window,
                                       const std::function<void(const std::string&)>& say) {
    const auto oldest = source_.server_time - source_.retention + kForgotten;
    if (TimePoint(window.start) < oldest) {
        return config_error("window " + to_text(window) + " begins too early: the stream keeps " +
                            std::to_string(source_.retention / std::chrono::hours(1)) +
                            " hours, so a start before " + to_iso8601(oldest) +
                            " may have lost records");
    }
    const auto settled = TimePoint(window.end) + kUnsettled;
    if (settled <= source_.server_time) return {};
    const Duration left = settled - source_.server_time;
    if (left > kTooYoung) {
        return config_error("window " + to_text(window) +
                            " ends too late: the newest 5 minutes of a stream are unsettled; the "
                            "latest end now is " +
                            to_iso8601(source_.server_time - kUnsettled));
    }
    say("window " + to_text(window) + " is not settled yet: waiting until " + to_iso8601(settled));
    if (!parts_.context.clock.sleep(left, parts_.context.stop)) {
        return Status(Code::kCancelled, "stopped while waiting for the window to settle");
    }
    return {};
}

Result<Opened> StreamCoordinator::open(const WindowRequest& request,
                                       const std::function<void(const std::string&)>& say) {
    MILLRACE_ASSIGN(const std::vector<InstanceView> before, history());
    const bool keyed = job_.writer.plugin != "oss";
    const bool append = job_.writer.parameters.value("writeMode", "") == "append";
    const StartDecision decision = decide_start(before, {.window = request.window,
                                                         .replay = request.replay,
                                                         .may_overlap = append,
                                                         .keyed_target = keyed});
    Opened opened;
    opened.warning = decision.text;
    RunId run = decision.run;
    switch (decision.kind) {
        case StartDecision::Kind::kRefuse: return fatal_error(decision.text);
        case StartDecision::Kind::kDone: opened.was_done = true; break;
        case StartDecision::Kind::kCreate: {
            // Within recorded borders nothing new is settled or forgotten by this check.
            if (!request.replay) MILLRACE_TRY(check_window(request.window, say));
            MILLRACE_ASSIGN(run, create(decision, request));
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

RunControl StreamCoordinator::control() const {
    return {.source_bytes_per_second = job_.source_bytes_per_second,
            .source_records_per_second = job_.source_records_per_second,
            .concurrent = job_.concurrent};
}

Result<RunId> StreamCoordinator::create(const StartDecision& decision,
                                        const WindowRequest& request) {
    const NewInstance instance{.run = RunId(parts_.context.random.hex(16)),
                               .task = job_.task,
                               .window = request.window,
                               .kind = decision.run_kind,
                               .job_version = job_.version,
                               .encoder_version = std::string(kEncoderVersion),
                               .job = job_.text_without_secrets,
                               .control = control()};
    MILLRACE_ASSIGN(const CreateOutcome created, parts_.store.create_instance(instance));
    if (created.outcome == Created::kExists) {
        return fatal_error("window " + to_text(request.window) + " has a run already, " +
                           created.run.text() + ": start again");
    }
    log::info("instance_created",
              {{"run", created.run.text()}, {"window", to_text(request.window)}});
    return created.run;
}

// A rerun goes on where it stopped; when the script or the encoder has changed, its items start
// again under new staging.
Status StreamCoordinator::reopen(const InstanceView& instance) {
    if (instance.state == InstanceState::kCommitting) return {};
    const bool changed =
        instance.job_version != job_.version || instance.encoder_version != kEncoderVersion;
    if (changed) notes_.push_back("the script or the program has changed: the items start again");
    return parts_.store.reopen_instance(instance.run,
                                        {.job_version = job_.version,
                                         .encoder_version = std::string(kEncoderVersion),
                                         .job = job_.text_without_secrets,
                                         .control = control(),
                                         .restart = changed});
}

Status StreamCoordinator::run(const RunId& run, const WindowRequest& request) {
    for (int restages = 0;; ++restages) {
        MILLRACE_ASSIGN(const InstanceView instance, parts_.store.instance(run));
        MILLRACE_ASSIGN(const auto target, parts_.make_target(instance));
        if (instance.state == InstanceState::kRunning) {
            MILLRACE_TRY(target->prepare(instance));
            MILLRACE_TRY(drive(instance, request));
            MILLRACE_TRY(judge_limits(instance));
        }
        MILLRACE_ASSIGN(const InstanceView written, parts_.store.instance(run));
        MILLRACE_ASSIGN(const bool committed, commit(written, *target));
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

Status StreamCoordinator::drive(const InstanceView& instance, const WindowRequest& request) {
    const bool within = instance.borders_recorded || instance.kind == RunKind::kReplay;
    if (instance.kind == RunKind::kReplay) {
        MILLRACE_TRY(add_replayed_items(instance, request.accept_loss));
    }
    // As DataX does: an hour before the stream forgets.
    const auto oldest = source_.server_time - source_.retention + std::chrono::hours(1);
    StreamLister lister(client_, source_.stream, reader_.status_table, instance.window,
                        std::chrono::floor<std::chrono::milliseconds>(oldest));
    ItemDriver driver({parts_.store, parts_.work, parts_.events, lister, parts_.context.clock,
                       parts_.context.stop, parts_.failure},
                      instance,
                      {.stream = source_.stream,
                       .window = instance.window,
                       .accept_loss = request.accept_loss,
                       .within_borders = within},
                      job_.dirty_records_max.value_or(
                          job_.dirty_share_max ? std::numeric_limits<uint64_t>::max() : 0));
    const Status status = driver.run();
    notes_.insert(notes_.end(), driver.notes().begin(), driver.notes().end());
    return status.code() == Code::kDirtyRecord ? fail(instance, status) : status;
}

// While objects of an earlier intent may be visible the run stays open: FAILED would leave them
// there (P9).
Status StreamCoordinator::fail(const InstanceView& instance, const Status& why) {
    if (instance.intent.empty()) {
        MILLRACE_TRY(parts_.store.close_instance(instance.run, InstanceState::kFailed, why.text()));
    }
    return why;
}

// A replay reads exactly the shards and positions of the run it repeats (P1).
Status StreamCoordinator::add_replayed_items(const InstanceView& instance, bool accept_loss) {
    if (instance.borders_recorded) return {};  // they are there, and none may be added any more
    MILLRACE_ASSIGN(const std::vector<InstanceView> before, history());
    for (const InstanceView& first : before) {
        if (first.window != instance.window || first.number != 0) continue;
        MILLRACE_ASSIGN(const std::vector<ItemView> items, parts_.store.items(first.run));
        std::vector<NewItem> again;
        for (const ItemView& item : items) {
            if (!item.end) continue;
            MILLRACE_ASSIGN(const Position end, parse_position(item.end->position));
            MILLRACE_ASSIGN(ItemStart start, parse_item_start(item.start));
            if (end.began) start.place = *end.began;
            start.seek_us.reset();
            start.skip_to_window = false;
            // An end before the first record: nothing belongs to the item.
            start.end_after = end.place.last.value_or(Sequence{});
            start.accept_loss = accept_loss;
            const std::string number = std::to_string(again.size());
            again.push_back(
                {ItemId(instance.run.text() + "/" + number), item.shard, to_json(start)});
        }
        return parts_.store.add_items(instance.run, again);
    }
    return fatal_error("the first run of the window is not in the ledger");
}

Status StreamCoordinator::judge_limits(const InstanceView& instance) {
    MILLRACE_ASSIGN(const InstanceView now, parts_.store.instance(instance.run));
    const Counts& counts = now.counts;
    std::string broken;
    if (job_.dirty_records_max) {
        if (counts.rows_dirty > *job_.dirty_records_max) {
            broken = std::to_string(counts.rows_dirty) + " dirty records, " +
                     std::to_string(*job_.dirty_records_max) + " are allowed";
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

Result<bool> StreamCoordinator::commit(const InstanceView& instance, TargetCommit& target) {
    const TimePoint started = parts_.context.clock.now();
    const CommitDriverParts parts{parts_.store, target, parts_.context.clock, parts_.context.stop,
                                  [&](const InstanceView& now) { return receipt(now, started); }};
    MILLRACE_ASSIGN(const CommitOutcome outcome, commit_instance(parts, instance.run));
    return outcome == CommitOutcome::kCommitted;
}

Result<json> StreamCoordinator::receipt(const InstanceView& instance, TimePoint started) {
    ReceiptFacts facts;
    facts.instance = instance;
    MILLRACE_ASSIGN(facts.items, parts_.store.items(instance.run));
    facts.stream = source_.stream;
    facts.source = {{"endpoint", reader_.address.endpoint.origin()},
                    {"instance", reader_.address.instance},
                    {"table", reader_.table},
                    {"mode", name_of(reader_.mode)}};
    MILLRACE_ASSIGN(facts.quarantine, parts_.quarantine_of(instance.run));
    facts.notes = notes_;
    facts.meta = {{"commit_started", to_iso8601(started)},
                  {"ended", to_iso8601(parts_.context.clock.now())},
                  {"host", parts_.host},
                  {"version", parts_.program}};
    return make_receipt(facts);
}

Status StreamCoordinator::finish_open_commits() {
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
