#include "coordinator/commit/odps.h"

#include <algorithm>

#include "common/base/log.h"
#include "common/base/planted_bug.h"
#include "common/services/maxcompute/record_writer.h"
#include "coordinator/commit/odps_rules.h"
#include "coordinator/commit/odps_table.h"
#include "coordinator/joined.h"

namespace millrace {

using maxcompute::SessionState;
using maxcompute::UploadSession;
using nlohmann::json;

OdpsCommit::OdpsCommit(const OdpsCommitParts& parts, const maxcompute::Config& project,
                       OdpsWriterConfig config)
    : context_(parts.context),
      client_(parts.context, project),
      store_(parts.store),
      shape_(parts.shape),
      config_(std::move(config)),
      place_{config_.table, config_.partition},
      late_writers_(parts.late_writes) {}

std::string OdpsCommit::named() const {
    const std::string table = config_.address.project + "." + config_.table;
    return place_.partition.empty() ? table : table + " (" + to_text(place_.partition) + ")";
}

Status OdpsCommit::prepare(const InstanceView& instance) {
    MILLRACE_ASSIGN(const maxcompute::Table table, client_.get_table(config_.table));
    MILLRACE_TRY(check_odps_columns(table, config_.columns, shape_));
    MILLRACE_ASSIGN(place_.partition, maxcompute::fitting_partition(table, config_.partition));
    MILLRACE_ASSIGN(const bool overwrite, wanted_overwrite(instance));
    if (!place_.partition.empty()) {
        MILLRACE_ASSIGN(const bool exists, client_.partition_exists(place_));
        if (!exists) MILLRACE_TRY(client_.create_partition(place_));
    }
    MILLRACE_ASSIGN(const bool serves, session_serves(instance, overwrite));
    if (serves) return {};
    MILLRACE_TRY(drop_session(instance));
    MILLRACE_ASSIGN(const UploadSession session,
                    client_.create_upload(place_, {.overwrite = overwrite}));
    const maxcompute::RunStaging staging{session.id, place_.partition, overwrite, session.columns};
    log::info("upload_session_created", {{"run", instance.run.text()},
                                         {"target", named()},
                                         {"session", session.id},
                                         {"overwrite", overwrite ? "true" : "false"}});
    return store_.set_staging(instance.run, staging.json());
}

Result<bool> OdpsCommit::wanted_overwrite(const InstanceView& instance) {
    MILLRACE_ASSIGN(const std::vector<InstanceView> all, store_.instances(instance.task));
    std::vector<HeldWindow> held = windows_in(all, place_.partition);
    if (!is_joined(instance, all)) return decide_overwrite(config_, instance, held);
    MILLRACE_TRY(check_joined(config_, instance, held));
    intent_.replaced = std::move(held);
    return true;
}

// Whether the session that the run has made before can still be written into and committed.
Result<bool> OdpsCommit::session_serves(const InstanceView& instance, bool overwrite) {
    if (instance.staging.empty()) return false;
    MILLRACE_ASSIGN(const auto staging, maxcompute::RunStaging::parse(instance.staging));
    if (staging.partition != place_.partition || staging.overwrite != overwrite) return false;
    const Result<UploadSession> now = client_.upload(place_, staging.session);
    // Nothing was committed while the run is RUNNING: whatever is gone is lost, not done.
    if (now.status().code() == Code::kNotFound) return false;
    if (!now.ok()) return now.status();
    if (now->state == SessionState::kClosed) {
        if (planted(PlantedBug::kSecondSession)) return false;
        return fatal_error("upload session " + staging.session + " of " + named() +
                           " was committed by somebody else: check the table, then run the window "
                           "under another job name");
    }
    return now->state == SessionState::kNormal;
}

// What items have written into a session that no longer serves is lost. It is no longer the run's
// before they start again: whoever claims one finds none, and gives it back.
Status OdpsCommit::drop_session(const InstanceView& instance) {
    if (!instance.staging.empty()) MILLRACE_TRY(store_.set_staging(instance.run, {}));
    CommitResult again{.step = CommitStep::kRestage, .receipt = {}, .restage = {}};
    MILLRACE_ASSIGN(const std::vector<ItemView> items, store_.items(instance.run));
    bool lost = false;
    for (const ItemView& item : items) {
        const bool fresh = item.state == ItemState::kReady && !item.has_progress;
        if (!fresh) again.restage.push_back(item.item);
        lost = lost || item.has_progress;
    }
    if (again.restage.empty()) return {};
    if (lost) log::warn("written_work_lost", {{"run", instance.run.text()}, {"target", named()}});
    return store_.end_commit(instance.run, again);
}

void OdpsCommit::saw(const std::vector<ItemView>& items) {
    late_writers_.saw(items, context_.clock.monotonic());
}

// The server commits every block that it holds: one that came after the comparison with the
// checkpoints would become visible too.
Status OdpsCommit::wait_for_late_writers() {
    const std::optional<MonoTime> over = late_writers_.over();
    const Duration left = over ? *over - context_.clock.monotonic() : Duration(0);
    if (left <= Duration(0)) return {};
    log::info("commit_waits_for_late_writers",
              {{"target", named()}, {"seconds", left / std::chrono::seconds(1)}});
    if (context_.clock.sleep(left, context_.stop)) return {};
    return Status(Code::kCancelled, "stopped while the commit into " + named() +
                                        " waits for the end of requests of former owners");
}

Result<std::string> OdpsCommit::make_intent(const InstanceView& instance,
                                            const std::vector<ItemView>& items) {
    saw(items);
    MILLRACE_TRY(wait_for_late_writers());
    MILLRACE_ASSIGN(const auto staging, maxcompute::RunStaging::parse(instance.staging));
    intent_ = {staging.session, staging.partition, staging.overwrite, {}, {}, {}};
    place_.partition = staging.partition;
    MILLRACE_ASSIGN(const bool overwrite, wanted_overwrite(instance));
    if (overwrite != staging.overwrite) {
        return Status(Code::kNotFound, "another window was committed into " + named() +
                                           " meanwhile: its upload session must be made anew");
    }
    MILLRACE_ASSIGN(intent_.blocks, staged_blocks(items, staging.session));
    MILLRACE_ASSIGN(const UploadSession now, session());
    if (now.state == SessionState::kExpired || now.state == SessionState::kCanceled) {
        return Status(Code::kNotFound, "upload session " + now.id + " of " + named() + " is " +
                                           std::string(name_of(now.state)));
    }
    const std::vector<uint32_t> known = intent_.numbers();
    std::set_difference(now.blocks.begin(), now.blocks.end(), known.begin(), known.end(),
                        std::back_inserter(intent_.strays));
    return to_json(intent_).dump();
}

Status OdpsCommit::load(const std::string& intent) {
    MILLRACE_ASSIGN(intent_, parse_odps_intent(intent));
    place_.partition = intent_.partition;
    return {};
}

// A session that the service does not know may have been committed and forgotten, or lost: only a
// person can look.
Result<UploadSession> OdpsCommit::session() {
    Result<UploadSession> now = client_.upload(place_, intent_.session);
    if (now.status().code() != Code::kNotFound) return now;
    return config_error("MaxCompute no longer knows upload session " + intent_.session + " of " +
                        named() +
                        ", so it cannot be said whether its rows became visible: look into the "
                        "table; " +
                        now.status().text());
}

Status OdpsCommit::compare(const UploadSession& session) const {
    const std::vector<uint32_t> wanted = intent_.numbers();
    if (session.blocks == wanted) return {};
    return Status(Code::kNotFound, "upload session " + session.id + " of " + named() + " holds " +
                                       std::to_string(session.blocks.size()) +
                                       " blocks, not exactly the " + std::to_string(wanted.size()) +
                                       " that were acknowledged");
}

Status OdpsCommit::compare_closed(const UploadSession& session) const {
    const Status same = compare(session);
    if (same.ok()) return {};
    return config_error("after its commit " + same.text() +
                        ": the rows in the table are not those of the run; replace them by a run "
                        "that overwrites the partition");
}

Status OdpsCommit::complete(size_t) {
    MILLRACE_ASSIGN(const UploadSession open, session());
    if (open.state == SessionState::kClosed) return compare_closed(open);
    if (open.state == SessionState::kNormal) {
        MILLRACE_TRY(compare(open));
        Buffer nothing;
        maxcompute::RecordWriter(nothing).end_stream();
        for (const uint32_t stray : intent_.strays) {
            MILLRACE_TRY(client_.put_block(place_, intent_.session, stray, nothing.view()));
        }
    }
    const Result<UploadSession> closed = client_.commit_upload(place_, intent_.session);
    if (closed.ok()) return compare_closed(*closed);
    const Status& why = closed.status();
    if (planted(PlantedBug::kSecondSession) && why.code() == Code::kUnknownOutcome) {
        return Status(Code::kNotFound, why.text());
    }
    // Gone between two calls: look() asks what that means. Anything else is tried again.
    const bool settled = why.retryable() || why.code() == Code::kNotFound ||
                         why.code() == Code::kConfig || why.code() == Code::kCancelled;
    return settled ? why : Status(Code::kUnknownOutcome, why.text());
}

Result<bool> OdpsCommit::look(size_t) {
    if (planted(PlantedBug::kSecondSession)) return false;
    MILLRACE_ASSIGN(const UploadSession now, session());
    switch (now.state) {
        case SessionState::kClosed: MILLRACE_TRY(compare_closed(now)); return true;
        case SessionState::kExpired:
        case SessionState::kCanceled: return false;
        case SessionState::kNormal:
            if (!compare(now).ok()) return false;
            break;
        default: break;
    }
    return Status(Code::kUnknownOutcome, "upload session " + now.id + " of " + named() + " is " +
                                             std::string(name_of(now.state)));
}

// What became of single blocks is not known: all items write again.
std::vector<ItemId> OdpsCommit::items_of(size_t) const {
    std::vector<ItemId> items;
    for (const OdpsBlock& block : intent_.blocks) items.push_back(block.item);
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    return items;
}

void OdpsCommit::describe(json& receipt) const {
    receipt["target"] = {{"kind", "odps"},
                         {"endpoint", config_.address.endpoint},
                         {"project", config_.address.project},
                         {"schema", config_.address.schema},
                         {"table", config_.table},
                         {"partition", to_text(place_.partition)}};
    receipt["session"] = intent_.session;
    receipt["overwrite"] = intent_.overwrite;
    receipt["blocks"] = json::array();
    for (const OdpsBlock& block : intent_.blocks) {
        receipt["blocks"].push_back({{"block", block.block},
                                     {"rows", block.rows},
                                     {"bytes", block.bytes},
                                     {"sum", block.sum.hex()},
                                     {"shard", block.shard.text()}});
    }
    if (intent_.replaced.empty()) return;
    receipt["windows"] = json::array();
    for (const HeldWindow& held : intent_.replaced) {
        receipt["windows"].push_back({{"start_ms", to_millis(held.window.start)},
                                      {"end_ms", to_millis(held.window.end)},
                                      {"replaces", held.run.text()}});
    }
}

Result<std::unique_ptr<TargetCommit>> make_odps_commit(const PluginSpec& writer,
                                                       const OdpsCommitParts& parts) {
    MILLRACE_ASSIGN(OdpsWriterConfig config, read_odps_writer(writer));
    MILLRACE_ASSIGN(const maxcompute::Config project, maxcompute::make_config(config.address));
    return std::unique_ptr<TargetCommit>(
        std::make_unique<OdpsCommit>(parts, project, std::move(config)));
}

}  // namespace millrace
