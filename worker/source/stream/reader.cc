#include "worker/source/stream/reader.h"

#include <algorithm>

#include "common/base/check.h"
#include "common/base/crash_point.h"
#include "common/base/log.h"
#include "common/base/planted_bug.h"
#include "common/codec/plainbuffer/reader.h"

namespace millrace {
namespace {

constexpr std::string_view kTrimmed = "OTSTrimmedDataAccess";
constexpr int kEmptyPagesMax = 100;  // followed only to tell a time to a person

int64_t millis_of(const Sequence& sequence) {
    return sequence.timestamp_us / 1000;
}

}  // namespace

StreamSource::StreamSource(tablestore::Client& client, Clock& clock, std::stop_token stop,
                           StreamSourceConfig config, ItemStart start,
                           std::optional<Position> resume)
    : client_(client),
      clock_(clock),
      stop_(std::move(stop)),
      config_(std::move(config)),
      start_(std::move(start)),
      shaper_(config_.rows),
      fetch_(client),
      place_(start_.place),
      skip_to_window_(start_.skip_to_window),
      hash_(config_.shard) {
    if (!resume) return;
    place_ = resume->place;
    began_ = resume->began;
    losses_ = resume->losses;
    // Once the start is found nothing is dropped by its time (P1).
    if (began_) skip_to_window_ = false;
}

Result<bool> StreamSource::next(Change& change) {
    if (end_) return false;
    if (!opened_) MILLRACE_TRY(open(place_));
    if (start_.end_after && place_.last && *place_.last >= *start_.end_after) {
        end_here(EndKind::kBorder);
        return false;
    }
    for (;;) {
        if (stop_.stop_requested()) return Status(Code::kCancelled, "stopped by request");
        if (!has_page_ || index_ == page_.records.size()) {
            MILLRACE_ASSIGN(const bool more, next_page());
            if (!more) return false;
            continue;
        }
        if (Status status = decode(page_.records[index_]); !status.ok()) {
            MILLRACE_TRY(on_corrupt(status));
            continue;
        }
        const Sequence sequence = *row_.sequence;
        if (known_left_ > 0) {
            MILLRACE_TRY(step_over_known());
            continue;
        }
        const Verdict verdict = judge(sequence);
        if (verdict == Verdict::kEnd) {
            end_here(EndKind::kBorder);
            return false;
        }
        if (verdict == Verdict::kTake && !began_) began_ = place_;
        note_loss_end(sequence);
        order(sequence, change);
        advance(sequence);
        if (verdict == Verdict::kSkip) continue;
        skip_to_window_ = false;
        change.sequence = sequence;
        shaper_.shape(row_, kind_, change);
        return true;
    }
}

Status StreamSource::open(const ShardPlace& place) {
    opened_ = true;
    std::string iterator = place.iterator;
    if (iterator.empty()) {
        MILLRACE_ASSIGN(iterator,
                        client_.shard_iterator(config_.stream, config_.shard, start_.seek_us));
    }
    known_left_ = place.skip;
    has_page_ = false;
    page_iterator_ = iterator;
    if (fetching_) {  // ahead of a place that we go back from
        const auto ahead = fetch_.finish();
        if (!ahead.ok()) log::debug("page_ahead_dropped", {{"reason", ahead.status().text()}});
    }
    fetch_.start(page_iterator_, std::nullopt, std::move(page_));
    fetching_ = true;
    return {};
}

// False at the item's end.
Result<bool> StreamSource::next_page() {
    if (has_page_) {
        if (!page_.next_iterator) {
            if (known_left_ > 0) return on_missing();
            end_here(EndKind::kShardEnd);
            return false;
        }
        page_iterator_ = *page_.next_iterator;
        if (!fetching_) fetch_.start(page_iterator_, std::nullopt, std::move(page_));
        fetching_ = true;
    }
    Result<tablestore::StreamPage> page = fetch_.finish();
    fetching_ = false;
    if (!page.ok()) {
        MILLRACE_TRY(on_fetch_failed(page.status()));
        return true;
    }
    spare_ = std::move(page_);
    page_ = *std::move(page);
    has_page_ = true;
    index_ = 0;
    crash_point("after_read");
    if (known_left_ == 0) {
        place_.iterator = page_iterator_;
        place_.skip = 0;
    }
    if (page_.records.empty()) return on_empty_page();
    idle_pause_ = Duration(0);
    if (page_.next_iterator) {
        fetch_.start(*page_.next_iterator, std::nullopt, std::move(spare_));
        fetching_ = true;
    }
    return true;
}

// P3: an empty answer with more to come is followed at once; one without it ends the item when the
// source's clock has passed the window's end by closeSkew.
Result<bool> StreamSource::on_empty_page() {
    if (!page_.next_iterator || page_.may_more_record) return true;
    if (page_.server_time > config_.window.end + config_.close_skew) {
        if (known_left_ > 0) return on_missing();
        place_.iterator = *page_.next_iterator;
        end_here(EndKind::kBorder);
        return false;
    }
    if (idle_) MILLRACE_TRY(idle_(page_.server_time));
    idle_pause_ =
        std::min(config_.idle_pause_max, std::max(config_.idle_pause_first, idle_pause_ * 2));
    if (!clock_.sleep(idle_pause_, stop_)) return Status(Code::kCancelled, "stopped by request");
    return true;
}

Status StreamSource::on_fetch_failed(const Status& status) {
    if (status.service_code() != kTrimmed) return status;
    const int64_t from = place_.last ? millis_of(*place_.last) : to_millis(config_.window.start);
    if (!start_.accept_loss) {
        const Result<int64_t> oldest = oldest_time();
        const std::string to = oldest.ok() ? to_iso8601(from_millis(*oldest)) : "an unknown time";
        return status.with_context(
            "shard " + config_.shard.text() + ": possible loss from " +
            to_iso8601(from_millis(from)) + " to " + to +
            ": the stream has forgotten these records; --accept-loss goes on behind them");
    }
    // Even the oldest record was forgotten before it could be read: not for ever.
    if (loss_open_) return on_corrupt(status);
    losses_.push_back({from, from});
    loss_open_ = true;
    start_.seek_us.reset();
    place_.iterator.clear();
    place_.skip = 0;
    return open(place_);
}

// The time in ms of the oldest record that the shard still has.
Result<int64_t> StreamSource::oldest_time() {
    MILLRACE_ASSIGN(const std::string iterator,
                    client_.shard_iterator(config_.stream, config_.shard, std::nullopt));
    tablestore::StreamFetch fetch(client_);
    tablestore::StreamPage page;
    page.next_iterator = iterator;
    page.may_more_record = true;
    for (int i = 0; i < kEmptyPagesMax && page.records.empty(); ++i) {
        if (!page.next_iterator || !page.may_more_record) break;
        fetch.start(*page.next_iterator, 1, {});
        MILLRACE_ASSIGN(page, fetch.finish());
    }
    if (page.records.empty()) return fatal_error("the shard is empty");
    plainbuffer::Row row;
    MILLRACE_TRY(plainbuffer::read_record(page.records.front().record, row));
    return millis_of(*row.sequence);
}

void StreamSource::note_loss_end(const Sequence& sequence) {
    if (!loss_open_) return;
    losses_.back().to_ms = millis_of(sequence);
    loss_open_ = false;
}

// Records before the place we went on from: pages may be cut differently when they are read again.
Status StreamSource::step_over_known() {
    if (--known_left_ == 0) {
        if (place_.last && *place_.last != *row_.sequence) {
            return Status(Code::kCorrupt, "shard " + config_.shard.text() +
                                              ": the same iterator gave other records than before");
        }
        ++index_;
        place_.iterator = page_iterator_;
        place_.skip = index_;
        return {};
    }
    ++index_;
    return {};
}

StreamSource::Verdict StreamSource::judge(const Sequence& sequence) {
    if (start_.end_after) {
        if (sequence > *start_.end_after) return Verdict::kEnd;
    } else if (millis_of(sequence) >=
               to_millis(config_.window.end) + (planted(PlantedBug::kInclusiveEnd) ? 1 : 0)) {
        return Verdict::kEnd;
    }
    const bool skip = skip_to_window_ || planted(PlantedBug::kFilterAfterKnownStart);
    if (skip && millis_of(sequence) < to_millis(config_.window.start)) return Verdict::kSkip;
    return Verdict::kTake;
}

Status StreamSource::decode(const tablestore::StreamRecordView& view) {
    record_ = view.record;
    MILLRACE_TRY(plainbuffer::read_record(record_, row_));
    if (!row_.sequence) return Status(Code::kCorrupt, "a stream record has no sequence");
    switch (view.action) {
        case tablestore::wire::PUT_ROW: kind_ = ChangeKind::kPut; return {};
        case tablestore::wire::UPDATE_ROW: kind_ = ChangeKind::kUpdate; return {};
        case tablestore::wire::DELETE_ROW: kind_ = ChangeKind::kDelete; return {};
    }
    return Status(Code::kCorrupt, "a stream record has an unknown action");
}

// Damaged bytes never reach the target: the page is asked for again, from the place we are at.
Status StreamSource::on_corrupt(const Status& status) {
    if (++corrupt_retries_ > config_.corrupt_retries_max) {
        return status.with_context("shard " + config_.shard.text() + ": again and again");
    }
    idle_pause_ =
        std::min(config_.idle_pause_max, std::max(config_.idle_pause_first, idle_pause_ * 2));
    if (!clock_.sleep(idle_pause_, stop_)) return Status(Code::kCancelled, "stopped by request");
    return open(place_);
}

// Fewer records than were read before.
Result<bool> StreamSource::on_missing() {
    MILLRACE_TRY(on_corrupt(Status(Code::kCorrupt, "records that were read before are missing")));
    return true;
}

void StreamSource::advance(const Sequence& sequence) {
    ++index_;
    corrupt_retries_ = 0;
    place_.last = sequence;
    if (index_ == page_.records.size() && page_.next_iterator) {
        place_.iterator = *page_.next_iterator;
        place_.skip = 0;
    } else {
        place_.iterator = page_iterator_;
        place_.skip = index_;
    }
}

// When the epoch rises the source's clock went back: what follows is shifted behind what came
// before.
void StreamSource::order(const Sequence& sequence, Change& change) {
    TimeLine& line = place_.line;
    if (sequence.epoch > line.epoch) {
        if (sequence.timestamp_us + line.shift_us <= line.floor_us) {
            line.shift_us = line.floor_us + 1 - sequence.timestamp_us;
        }
        line.epoch = sequence.epoch;
    }
    change.ordered_us = sequence.timestamp_us + line.shift_us;
    line.floor_us = std::max(line.floor_us, change.ordered_us);
}

void StreamSource::end_here(EndKind kind) {
    if (start_.recorded) {
        kind = start_.recorded->shard_end ? EndKind::kShardEnd : EndKind::kBorder;
        place_ = start_.recorded->place;
        if (start_.recorded->began) began_ = start_.recorded->began;
    }
    if (!began_) began_ = place_;
    // Nothing came behind the hole: whatever the window had may be lost.
    if (std::exchange(loss_open_, false)) losses_.back().to_ms = to_millis(config_.window.end);
    end_ = ItemEnd{kind, {}};
    end_->position = position();
}

XXH128_hash_t StreamSource::record_hash() const {
    return hash_.of(*row_.sequence, kind_, record_);
}

std::string StreamSource::position() const {
    return to_json(Position{place_, began_, losses_});
}

ItemEnd StreamSource::end() const {
    MILLRACE_CHECK(end_.has_value());
    return *end_;
}

}  // namespace millrace
