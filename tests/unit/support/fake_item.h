// A source of numbered records and a target that keeps what it was sent, for runs of one item.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/unit/support/crash.h"
#include "worker/source/source.h"
#include "worker/targets/target.h"

namespace millrace {

// What becomes of a record: of an unreadable one the target hears nothing.
enum class Fate { kTake, kDropDelete, kDropColumns, kDirty, kRefuse, kUnreadable };

struct FakeRecord {
    ChangeKind kind = ChangeKind::kPut;
    Fate fate = Fate::kTake;
    bool ties = false;  // it must be in the batch of the record before it
};

inline Sequence sequence_of(size_t record) {
    return {0, 1'000'000 + static_cast<int64_t>(record), static_cast<uint32_t>(record)};
}

class FakeSource final : public Source {
  public:
    FakeSource(const std::vector<FakeRecord>& records, size_t from, std::stop_token stop = {})
        : records_(records), at_(from), stop_(std::move(stop)) {}

    Result<bool> next(Change& change) override {
        if (stop_.stop_requested()) return Status(Code::kCancelled, "stopped by request");
        if (at_ == fail_at) return failure;
        if (at_ == idle_at && idle_) {
            const Status told = idle_(TimePoint(std::chrono::seconds(9)));
            if (!told.ok()) return told;
        }
        if (at_ == records_.size()) return false;
        change = Change{};
        change.kind = records_[at_].kind;
        change.sequence = sequence_of(at_);
        change.rows = change.kind == ChangeKind::kDelete ? 0 : 1;
        if (records_[at_].fate == Fate::kUnreadable) {
            change.unreadable = "no row";
            change.raw = "a,b\n";
            change.rows = 0;
        }
        key_ = Value::of_integer(static_cast<int64_t>(at_));
        change.key = {&key_, 1};
        ++at_;
        if (on_record) on_record(at_);
        return true;
    }
    uint64_t record_bytes() const override { return 100 + at_ % 7; }
    XXH128_hash_t record_hash() const override { return XXH3_128bits(&at_, sizeof at_); }
    std::string position() const override { return std::to_string(at_); }
    ItemEnd end() const override { return {EndKind::kBorder, std::to_string(at_)}; }

    void on_idle(Idle idle) override { idle_ = std::move(idle); }

    size_t idle_at = SIZE_MAX;  // before this record it waits for a moment
    size_t fail_at = SIZE_MAX;
    Status failure = Status(Code::kUnreachable, "no route to the source");
    std::function<void(size_t)> on_record;  // told how many were read

  private:
    const std::vector<FakeRecord>& records_;
    size_t at_;
    Value key_;  // the record's number
    Idle idle_;
    std::stop_token stop_;
};

// Cuts batches of `batch` records, and those tied to the last one; each becomes a part that lists
// its records.
class FakeTarget final : public Target {
  public:
    FakeTarget(const std::vector<FakeRecord>& records, size_t batch, Crash& crash)
        : records_(records), batch_(batch), crash_(crash) {}

    bool keyed() const override { return true; }  // it refuses records
    Status begin(const std::string& staging, const std::vector<Part>& parts) override {
        number_ = staging.empty() ? 0 : static_cast<uint32_t>(std::stoul(staging));
        EXPECT_EQ(parts.size(), number_);
        return {};
    }
    Append append(const Change& change) override {
        switch (records_[change.sequence.row_index].fate) {
            case Fate::kDropDelete:
                return {Append::Kind::kDropped, DropRule::kDeleteInRowMode, "", -1};
            case Fate::kDropColumns:
                return {Append::Kind::kDropped, DropRule::kNoConfiguredColumn, "", -1};
            case Fate::kUnreadable: ADD_FAILURE() << "it is no change"; break;
            case Fate::kDirty: return {Append::Kind::kDirty, DropRule::kNone, "unfit", 0};
            default: break;
        }
        open_.push_back(change.sequence.row_index);
        if (open_.size() < batch_) return {Append::Kind::kAdded};
        return {ripens ? Append::Kind::kRipe : Append::Kind::kFull};
    }
    bool belongs(const Change& change) const override {
        EXPECT_TRUE(open_.size() >= batch_ || was_idle_) << "asked before the batch is ripe";
        EXPECT_TRUE(change.unreadable.empty());
        return records_[change.sequence.row_index].ties;
    }
    bool may_end_early(TimePoint source_now) const override {
        EXPECT_EQ(source_now, TimePoint(std::chrono::seconds(9)));
        was_idle_ = true;
        return ends_early;
    }
    bool has_open_batch() const override { return !open_.empty(); }
    Status send(bool last) override {
        EXPECT_FALSE(in_flight_) << "two batches in flight";
        EXPECT_TRUE(last || open_.size() == batch_ || ripens || was_idle_)
            << "a batch was cut short";
        if (crash_.hit()) return Crash::status();
        sent_ = std::exchange(open_, {});
        in_flight_ = true;
        ++sends;
        return {};
    }
    Result<Delivered> acknowledge() override {
        EXPECT_TRUE(in_flight_);
        in_flight_ = false;
        ++acknowledgements;
        if (!fail_acknowledge.ok()) return fail_acknowledge;
        if (crash_.hit()) return Crash::status();
        Delivered delivered;
        delivered.changes = sent_.size();
        for (size_t i = 0; i < sent_.size(); ++i) {
            if (records_[sent_[i]].fate == Fate::kRefuse) {
                delivered.refused.push_back({i, "refused", 0, "content"});
                continue;
            }
            ++delivered.rows;
            delivered.bytes += 10;
            delivered.sum.add(std::to_string(sent_[i]));
        }
        delivered.parts.push_back({0, number_, nlohmann::json(sent_).dump()});
        delivered.staging = std::to_string(++number_);
        return delivered;
    }

    bool ripens = false;
    bool ends_early = false;
    int sends = 0, acknowledgements = 0;
    Status fail_acknowledge;

  private:
    const std::vector<FakeRecord>& records_;
    const size_t batch_;
    Crash& crash_;
    mutable bool was_idle_ = false;
    std::vector<uint32_t> open_, sent_;
    bool in_flight_ = false;
    uint32_t number_ = 0;
};

}  // namespace millrace
