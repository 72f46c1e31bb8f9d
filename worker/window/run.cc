#include "worker/window/run.h"

#include <algorithm>
#include <utility>

#include "common/base/crash_point.h"
#include "common/base/planted_bug.h"
#include "common/record/packed.h"

namespace millrace {
namespace {

// Records that go into no batch (dropped or dirty) are checkpointed this often all the same, and no
// more dirty ones are held in memory.
constexpr uint64_t kPassedOverMax = 10'000;
constexpr size_t kDirtyMax = 256;

// No target is asked about a record that the source could not read.
Append unreadable(const Change& change) {
    Append append;
    append.kind = Append::Kind::kDirty;
    append.reason = change.unreadable;
    append.column = change.unreadable_column;
    return append;
}

}  // namespace

WindowRun::WindowRun(const Claimed& claimed, WindowRunParts parts)
    : claimed_(claimed), parts_(parts), done_(claimed.progress) {
    done_.new_parts.clear();
}

Status WindowRun::run() {
    MILLRACE_TRY(parts_.target.begin(claimed_.progress.staging, claimed_.progress.new_parts));
    if (parts_.target.keyed()) {
        parts_.source.on_idle([this](TimePoint source_now) { return on_idle(source_now); });
    }
    if (Status status = read_to_the_end(); !status.ok()) return drain(status);
    MILLRACE_TRY(settle_in_flight());
    if (parts_.target.has_open_batch()) {
        MILLRACE_TRY(send(true));
        MILLRACE_TRY(settle());
    }
    return finish();
}

Status WindowRun::finish() {
    // What was dropped or refused after the last batch moves the position too.
    MILLRACE_TRY(keep_dirty(open_));
    done_.counts.add(open_.counts);
    done_.source_sum.add(open_.source_sum);
    const ItemEnd end = parts_.source.end();
    crash_point("before_finish");
    MILLRACE_TRY(parts_.store.finish(claimed_.fence, progress(end.position, {}), end));
    crash_point("after_finish");
    parts_.meter.add(open_.counts);
    return {};
}

Status WindowRun::read_to_the_end() {
    Change change;
    for (;;) {
        MILLRACE_ASSIGN(const bool more, parts_.source.next(change));
        if (!more) return {};
        MILLRACE_TRY(take(change));
    }
}

// Readers of a keyed target need not wait until the batch is full: one that cannot be sent yet ends
// before the next change that may begin another, so that it does not grow while changes keep
// coming.
Status WindowRun::on_idle(TimePoint source_now) {
    if (parts_.target.has_open_batch()) {
        if (parts_.target.may_end_early(source_now)) {
            MILLRACE_TRY(send(false));
        } else {
            ripe_ = true;
            open_.position = parts_.source.position();
        }
    }
    return settle_in_flight();
}

// What a ripe batch is sent with is its position before this change was read.
Status WindowRun::take(const Change& change) {
    // Only a ripe batch is asked. What cannot be read has no place of its own: it goes along.
    if (ripe_ && change.unreadable.empty() && !parts_.target.belongs(change)) {
        crash_point("after_encode");
        MILLRACE_TRY(send(false));
    }
    MILLRACE_TRY(put(change));
    if (ripe_) open_.position = parts_.source.position();
    return {};
}

Status WindowRun::put(const Change& change) {
    count(change);
    const Append append =
        change.unreadable.empty() ? parts_.target.append(change) : unreadable(change);
    switch (append.kind) {
        case Append::Kind::kAdded: note_added(change); break;
        case Append::Kind::kRipe:
            note_added(change);
            ripe_ = true;
            break;
        case Append::Kind::kFull:
            note_added(change);
            ripe_ = false;
            crash_point("after_encode");
            return send(false);
        case Append::Kind::kDropped:
            if (append.rule == DropRule::kDeleteInRowMode) {
                ++open_.counts.dropped_delete_in_row_mode;
            } else {
                ++open_.counts.dropped_no_configured_column;
            }
            return pass_over();
        case Append::Kind::kDirty: note_dirty(change, append); return pass_over();
    }
    return {};
}

// A long stretch of records that go into no batch must not stay in memory, out of the limits and
// without a checkpoint. Between two batches the position may move at any record: what is encoded
// next does not depend on it (P10).
Status WindowRun::pass_over() {
    if (open_.dirty.size() >= kDirtyMax) MILLRACE_TRY(keep_dirty(open_));
    if (open_.counts.read < kPassedOverMax || parts_.target.has_open_batch()) return {};
    MILLRACE_TRY(settle_in_flight());
    MILLRACE_TRY(close_batch());
    MILLRACE_TRY(checkpoint(open_, {}));
    open_ = Batch{};
    return {};
}

// Stored before the position moves (P13). A crash in between repeats lines; readers drop repeats.
Status WindowRun::keep_dirty(Batch& batch) {
    if (batch.dirty.empty()) return {};
    MILLRACE_TRY(parts_.quarantine.add_lines(claimed_.shard, batch.dirty));
    batch.dirty.clear();
    return {};
}

void WindowRun::count(const Change& change) {
    ++open_.counts.read;
    if (change.kind == ChangeKind::kPut) ++open_.counts.put;
    if (change.kind == ChangeKind::kUpdate) ++open_.counts.update;
    if (change.kind == ChangeKind::kDelete) ++open_.counts.remove;
    open_.counts.source_bytes += parts_.source.record_bytes();
    open_.source_sum.add(parts_.source.record_hash());
}

// What the quarantine tells of a change that is refused after its views have ended.
void WindowRun::note_added(const Change& change) {
    open_.sequences.push_back(change.sequence);
    if (!parts_.target.keyed()) return;
    pack(change.key, open_.keys);
    open_.key_ends.push_back(open_.keys.size());
}

// Waits for the batch in flight, then sends the open one: at most one is under way (P11).
Status WindowRun::send(bool last) {
    MILLRACE_TRY(settle_in_flight());
    MILLRACE_TRY(close_batch());
    MILLRACE_TRY(from_target(parts_.target.send(last)));
    crash_point("after_send");
    in_flight_ = std::exchange(open_, Batch{});
    has_in_flight_ = true;
    if (planted(PlantedBug::kCheckpointBeforeAcknowledgement)) {
        Progress early = progress(in_flight_.position, {});
        early.counts.add(in_flight_.counts);
        early.counts.acknowledged += in_flight_.sequences.size();
        return parts_.store.checkpoint(claimed_.fence, early);
    }
    return {};
}

// What was read for the open batch is within the limits, and its end is here.
Status WindowRun::close_batch() {
    if (!std::exchange(ripe_, false)) open_.position = parts_.source.position();
    if (parts_.limits.pass(open_.counts.read, open_.counts.source_bytes, parts_.stop)) return {};
    return Status(Code::kCancelled, "stopped by request");
}

Status WindowRun::settle() {
    has_in_flight_ = false;
    Result<Delivered> answer =
        parts_.meter.acknowledge([&] { return parts_.target.acknowledge(); });
    MILLRACE_TRY(from_target(answer.status()));
    Delivered& delivered = *answer;
    parts_.meter.add_batch();
    crash_point("after_acknowledge");
    note_refused(delivered);
    in_flight_.counts.acknowledged += delivered.changes - delivered.refused.size();
    in_flight_.counts.rows += delivered.rows;
    in_flight_.counts.output_bytes += delivered.bytes;
    done_.output_sum.add(delivered.sum);
    done_.staging = std::move(delivered.staging);
    return checkpoint(in_flight_, std::move(delivered.parts));
}

Status WindowRun::checkpoint(Batch& batch, std::vector<Part> parts) {
    MILLRACE_TRY(keep_dirty(batch));
    done_.counts.add(batch.counts);
    done_.source_sum.add(batch.source_sum);
    crash_point("before_checkpoint");
    const Progress made = progress(batch.position, std::move(parts));
    MILLRACE_TRY(
        parts_.meter.checkpoint([&] { return parts_.store.checkpoint(claimed_.fence, made); }));
    crash_point("after_checkpoint");
    parts_.meter.add(batch.counts);
    return {};
}

// A refusal is an answer; tries that were given up are none.
Status WindowRun::from_target(Status status) {
    unanswered_ = status.retryable() || status.code() == Code::kCancelled;
    return status;
}

// Lets what was sent be acknowledged before the item is given back; the open batch is dropped, for
// a batch ends only where counts and bytes say (P10).
Status WindowRun::drain(const Status& why) {
    if (planted(PlantedBug::kLastBatchDropped) && why.code() == Code::kCancelled) {
        (void)parts_.store.checkpoint(claimed_.fence, progress(parts_.source.position(), {}));
        return why;
    }
    if (why.code() != Code::kLeaseLost && has_in_flight_) {
        if (Status status = settle(); !status.ok()) {
            return why.with_context("the last batch was not acknowledged (" + status.text() + ")");
        }
    }
    return why;
}

void WindowRun::note_dirty(const Change& change, const Append& append) {
    ++open_.counts.quarantined;
    open_.counts.rows_dirty += std::max<size_t>(1, change.rows);
    open_.dirty.push_back(parts_.quarantine.line_of({.shard = claimed_.shard,
                                                     .change = &change,
                                                     .row = 0,
                                                     .reason = append.reason,
                                                     .column = append.column}));
}

std::vector<Value> WindowRun::Batch::key_of(size_t change) const {
    if (change >= key_ends.size()) return {};
    const size_t begin = change == 0 ? 0 : key_ends[change - 1];
    return unpack(keys.view().substr(begin, key_ends[change] - begin));
}

void WindowRun::note_refused(const Delivered& delivered) {
    for (const Refused& refused : delivered.refused) {
        ++in_flight_.counts.quarantined;
        ++in_flight_.counts.rows_dirty;
        const std::vector<Value> key = in_flight_.key_of(refused.change);
        in_flight_.dirty.push_back(
            parts_.quarantine.line_of_sent({.shard = claimed_.shard,
                                            .sequence = in_flight_.sequences.at(refused.change),
                                            .key = key,
                                            .reason = refused.reason,
                                            .column = refused.column,
                                            .content = refused.content}));
    }
}

Progress WindowRun::progress(const std::string& position, std::vector<Part> parts) const {
    Progress made = done_;
    made.position = position;
    made.new_parts = std::move(parts);
    return made;
}

}  // namespace millrace
