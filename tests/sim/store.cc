#include "tests/sim/store.h"

namespace millrace::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Status no_answer() {
    return Status(Code::kLedgerLost, "the ledger does not answer");
}

std::string about(const Fence& fence) {
    return fence.item.text() + " epoch " + std::to_string(static_cast<uint64_t>(fence.epoch));
}

Status status_of(const Status& status) {
    return status;
}
template <typename T>
Status status_of(const Result<T>& result) {
    return result.status();
}

}  // namespace

void SimStore::travel() {
    Dice& dice = parts_.scheduler.dice();
    const Duration longest =
        dice.chance(parts_.faults.slow) ? Duration(seconds(4)) : milliseconds(4);
    parts_.scheduler.pause(dice.mostly_short(std::chrono::microseconds(200), longest));
}

void SimStore::note(std::string_view verb, const std::string& text, const Status& status) {
    parts_.history.note(
        parts_.scheduler.now(), process_, verb,
        status.ok() ? text
                    : text + ": " + std::string(name_of(status.code())) + ", " + status.text());
}

template <typename Verb>
auto SimStore::send(std::string_view verb, const std::string& text, Verb carry_out)
    -> decltype(carry_out()) {
    Dice& dice = parts_.scheduler.dice();
    travel();
    if (dice.chance(parts_.faults.lost)) {
        note(verb, text, Status(Code::kLedgerLost, "lost on the way"));
        return no_answer();
    }
    auto answer = carry_out();
    note(verb, text, status_of(answer));
    travel();
    if (dice.chance(parts_.faults.answer_lost)) return no_answer();
    return answer;
}

template <typename Verb>
auto SimStore::look(Verb carry_out) -> decltype(carry_out()) {
    travel();
    if (parts_.scheduler.dice().chance(parts_.faults.lost)) return no_answer();
    return carry_out();
}

void SimStore::perhaps_again(std::string_view verb, const std::string& text,
                             std::function<Status()> carry_out) {
    Dice& dice = parts_.scheduler.dice();
    if (!dice.chance(parts_.faults.doubled)) return;
    parts_.scheduler.after(dice.between(milliseconds(1), Duration(seconds(30))),
                           [this, verb, text, carry_out = std::move(carry_out)] {
                               note(verb, text + " (again)", carry_out());
                           });
}

Result<Claimed> SimStore::claim(const ItemId& item, const ClaimId& claim, Duration ttl) {
    auto claimed = send("claim", item.text(), [&] {
        auto answer = ledger_.claim(item, claim, ttl);
        if (answer.ok()) parts_.watch.claimed(*answer);
        return answer;
    });
    if (claimed.ok() && parts_.on_claim) parts_.on_claim(claimed->fence.epoch);
    return claimed;
}

Result<RunControl> SimStore::renew(const Fence& fence, Duration ttl) {
    return send("renew", about(fence), [&] { return ledger_.renew(fence, ttl); });
}

Status SimStore::checkpoint(const Fence& fence, const Progress& progress) {
    const auto carry_out = [this, fence, progress] {
        const Status status = ledger_.checkpoint(fence, progress);
        if (status.ok()) parts_.watch.changed(fence, "checkpoint");
        return status;
    };
    const std::string text = about(fence) + " read " + std::to_string(progress.counts.read);
    perhaps_again("checkpoint", text, carry_out);
    return send("checkpoint", text, carry_out);
}

Status SimStore::finish(const Fence& fence, const Progress& progress, const ItemEnd& end) {
    const auto carry_out = [this, fence, progress, end] {
        const Status status = ledger_.finish(fence, progress, end);
        if (status.ok()) parts_.watch.finished(fence, end);
        return status;
    };
    const std::string text = about(fence) + " read " + std::to_string(progress.counts.read) +
                             " until " + std::string(name_of(end.kind));
    perhaps_again("finish", text, carry_out);
    return send("finish", text, carry_out);
}

Status SimStore::park(const ItemId& item, const std::optional<Fence>& fence,
                      const std::string& reason) {
    return send("park", item.text() + ": " + reason,
                [&] { return ledger_.park(item, fence, reason); });
}

Status SimStore::release(const Fence& fence, bool counts_as_attempt) {
    const auto carry_out = [this, fence, counts_as_attempt] {
        return ledger_.release(fence, counts_as_attempt);
    };
    perhaps_again("release", about(fence), carry_out);
    return send("release", about(fence), carry_out);
}

Result<std::vector<DueItem>> SimStore::list_due(size_t max) {
    return look([&] { return ledger_.list_due(max); });
}

Result<Range> SimStore::reserve(const Fence& fence, uint32_t count) {
    return send("reserve", about(fence), [&] { return ledger_.reserve(fence, count); });
}

Result<Range> SimStore::reserve_of_run(const Fence& fence, uint32_t count) {
    return send("reserve_of_run", about(fence),
                [&] { return ledger_.reserve_of_run(fence, count); });
}

Result<CreateOutcome> SimStore::create_instance(const NewInstance& instance) {
    return send("create_instance", instance.run.text(),
                [&] { return ledger_.create_instance(instance); });
}

Status SimStore::add_items(const RunId& run, std::span<const NewItem> items) {
    std::string text;
    for (const NewItem& item : items) {
        text += (text.empty() ? "" : ", ") + item.item.text() + " shard " + item.shard.text();
    }
    return send("add_items", text, [&] { return ledger_.add_items(run, items); });
}

Status SimStore::record_borders(const RunId& run, std::span<const ShardBorders> borders) {
    return send("record_borders", run.text(), [&] { return ledger_.record_borders(run, borders); });
}

Status SimStore::set_staging(const RunId& run, const std::string& staging) {
    return send("set_staging", run.text(), [&] { return ledger_.set_staging(run, staging); });
}

Status SimStore::begin_commit(const RunId& run, const std::string& intent) {
    return send("begin_commit", run.text(), [&] { return ledger_.begin_commit(run, intent); });
}

Status SimStore::end_commit(const RunId& run, const CommitResult& result) {
    const char* step = result.step == CommitStep::kCommitted ? " committed"
                       : result.step == CommitStep::kCleaned ? " cleaned"
                                                             : " restage";
    return send("end_commit", run.text() + step, [&] {
        const Status status = ledger_.end_commit(run, result);
        if (status.ok() && result.step == CommitStep::kRestage) {
            parts_.watch.restaged(run, result.restage);
        }
        return status;
    });
}

Status SimStore::close_instance(const RunId& run, InstanceState state, const std::string& reason) {
    return send("close_instance", run.text() + ": " + reason,
                [&] { return ledger_.close_instance(run, state, reason); });
}

Status SimStore::reopen_instance(const RunId& run, const ReopenOptions& options) {
    return send("reopen_instance", run.text(),
                [&] { return ledger_.reopen_instance(run, options); });
}

Status SimStore::set_control(const RunId& run, const RunControl& control) {
    return send("set_control", run.text(), [&] { return ledger_.set_control(run, control); });
}

Status SimStore::void_claims() {
    return send("void_claims", "", [&] { return ledger_.void_claims(); });
}

Result<InstanceView> SimStore::instance(const RunId& run) {
    return look([&] { return ledger_.instance(run); });
}

Result<std::vector<ItemView>> SimStore::items(const RunId& run) {
    return look([&] { return ledger_.items(run); });
}

Result<std::vector<InstanceView>> SimStore::instances(const TaskId& task) {
    return look([&] { return ledger_.instances(task); });
}

Result<std::vector<InstanceView>> SimStore::open_commits() {
    return look([&] { return ledger_.open_commits(); });
}

Result<std::optional<Border>> SimStore::border(const TaskId& task, const StreamId& stream,
                                               const ShardId& shard, int64_t time_ms) {
    return look([&] { return ledger_.border(task, stream, shard, time_ms); });
}

Result<std::optional<std::pair<int64_t, Border>>> SimStore::border_before(const TaskId& task,
                                                                          const StreamId& stream,
                                                                          const ShardId& shard,
                                                                          int64_t time_ms) {
    return look([&] { return ledger_.border_before(task, stream, shard, time_ms); });
}

Result<std::map<int64_t, Border>> SimStore::borders(const TaskId& task, const StreamId& stream,
                                                    const ShardId& shard) {
    return look([&] { return ledger_.borders(task, stream, shard); });
}

}  // namespace millrace::sim
