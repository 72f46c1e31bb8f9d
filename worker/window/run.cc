#include "worker/window/run.h"

#include <algorithm>

#include "common/base/crash_point.h"

namespace millrace {

WindowRun::WindowRun(const Claimed& claimed, WindowRunParts parts)
    : claimed_(claimed), parts_(parts), done_(claimed.progress) {
    done_.new_parts.clear();
}

Status WindowRun::run() {
    MILLRACE_TRY(parts_.target.begin(claimed_.progress.staging, claimed_.progress.new_parts));
    if (Status status = read_to_the_end(); !status.ok()) return drain(status);
    if (has_in_flight_) MILLRACE_TRY(settle());
    if (parts_.target.has_open_batch()) {
        MILLRACE_TRY(send(true));
        MILLRACE_TRY(settle());
    }
    // What was dropped or refused after the last batch moves the position too.
    done_.counts.add(open_.counts);
    done_.source_sum.add(open_.source_sum);
    if (!open_.dirty.empty()) MILLRACE_TRY(parts_.quarantine.add_lines(open_.dirty));
    const ItemEnd end = parts_.source.end();
    crash_point("before_finish");
    MILLRACE_TRY(parts_.store.finish(claimed_.fence, progress(end.position, {}), end));
    crash_point("after_finish");
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

Status WindowRun::take(const Change& change) {
    count(change);
    const Append append = parts_.target.append(change);
    switch (append.kind) {
        case Append::Kind::kAdded: open_.sequences.push_back(change.sequence); break;
        case Append::Kind::kFull:
            open_.sequences.push_back(change.sequence);
            crash_point("after_encode");
            return send(false);
        case Append::Kind::kDropped:
            if (append.rule == DropRule::kDeleteInRowMode) {
                ++open_.counts.dropped_delete_in_row_mode;
            } else {
                ++open_.counts.dropped_no_configured_column;
            }
            break;
        case Append::Kind::kDirty: note_dirty(change, append); break;
    }
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

// Waits for the batch in flight, then sends the open one: at most one is under way (P11).
Status WindowRun::send(bool last) {
    if (has_in_flight_) MILLRACE_TRY(settle());
    open_.position = parts_.source.position();
    if (!parts_.limits.pass(open_.counts.read, open_.counts.source_bytes, parts_.stop)) {
        return Status(Code::kCancelled, "stopped by request");
    }
    MILLRACE_TRY(parts_.target.send(last));
    crash_point("after_send");
    in_flight_ = std::exchange(open_, Batch{});
    has_in_flight_ = true;
    return {};
}

Status WindowRun::settle() {
    has_in_flight_ = false;
    MILLRACE_ASSIGN(Delivered delivered, parts_.target.acknowledge());
    crash_point("after_acknowledge");
    note_refused(delivered);
    // Stored before the position moves (P13). A crash in between repeats lines; readers drop
    // repeats.
    if (!in_flight_.dirty.empty()) MILLRACE_TRY(parts_.quarantine.add_lines(in_flight_.dirty));
    in_flight_.counts.acknowledged += delivered.changes - delivered.refused.size();
    in_flight_.counts.rows += delivered.rows;
    in_flight_.counts.output_bytes += delivered.bytes;
    done_.counts.add(in_flight_.counts);
    done_.source_sum.add(in_flight_.source_sum);
    done_.output_sum.add(delivered.sum);
    done_.staging = std::move(delivered.staging);
    crash_point("before_checkpoint");
    MILLRACE_TRY(parts_.store.checkpoint(
        claimed_.fence, progress(in_flight_.position, std::move(delivered.parts))));
    crash_point("after_checkpoint");
    parts_.meter.records += in_flight_.counts.read;
    parts_.meter.bytes += in_flight_.counts.source_bytes;
    return {};
}

// Lets what was sent be acknowledged before the item is given back; the open batch is dropped, for
// a batch ends only where counts and bytes say (P10).
Status WindowRun::drain(const Status& why) {
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

void WindowRun::note_refused(const Delivered& delivered) {
    for (const Refused& refused : delivered.refused) {
        ++in_flight_.counts.quarantined;
        ++in_flight_.counts.rows_dirty;
        in_flight_.dirty.push_back(
            parts_.quarantine.line_of_sent(claimed_.shard, in_flight_.sequences.at(refused.change),
                                           refused.reason, refused.column, refused.content));
    }
}

Progress WindowRun::progress(const std::string& position, std::vector<Part> parts) const {
    Progress made = done_;
    made.position = position;
    made.new_parts = std::move(parts);
    return made;
}

}  // namespace millrace
