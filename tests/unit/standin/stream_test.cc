#include "tests/standin/stream.h"

#include <gtest/gtest.h>

#include <set>

#include "common/base/fakes/fake_clock.h"
#include "common/codec/plainbuffer/reader.h"
#include "tests/standin/fill.h"
#include "tests/standin/ots_actions.h"
#include "tests/standin/ots_error.h"

namespace millrace::standin {
namespace {

constexpr int64_t kHourMs = 3600 * 1000;

struct Read {
    Action action;
    std::string bytes;
    Sequence sequence;
};

Sequence sequence_of(const std::string& record) {
    plainbuffer::Row row;
    EXPECT_TRUE(plainbuffer::read_record(record, row).ok());
    return *row.sequence;
}

class StandinStream : public testing::Test {
  protected:
    StandinStream() : clock_(real_), database_(clock_, Hostility(), 7) {
        wire::TableMeta meta;
        meta.set_table_name("t");
        auto& key = *meta.add_primary_key();
        key.set_name("pk");
        key.set_type(wire::STRING);
        table_ = std::make_shared<Table>(meta, wire::TableOptions(), now_us() - 5 * kHourMs * 1000);
        database_.enable_stream(*table_, 24, table_->created_us());
        database_.add(table_);
        spec_.table = "t";
        spec_.changes = 5000;
        spec_.keys = 200;
        spec_.mixed_text = spec_.all_types = true;
        spec_.cells = 6;
        spec_.per_ms = 5;
        spec_.from_ms = clock_.now_ms() - 4 * kHourMs;
        spec_.to_ms = clock_.now_ms() - kHourMs;
    }

    int64_t now_us() const { return clock_.now_us(); }
    const std::string& id() const { return table_->stream->options().id; }

    // Every shard listed, page by page.
    std::vector<wire::StreamShard> list() {
        std::vector<wire::StreamShard> shards;
        wire::DescribeStreamRequest request;
        request.set_stream_id(id());
        for (;;) {
            const auto page = describe_stream(database_, request);
            shards.insert(shards.end(), page.shards().begin(), page.shards().end());
            if (!page.has_next_shard_id()) return shards;
            request.set_inclusive_start_shard_id(page.next_shard_id());
        }
    }

    std::string iterator(const std::string& shard, std::optional<int64_t> us = {}) {
        wire::GetShardIteratorRequest request;
        request.set_stream_id(id());
        request.set_shard_id(shard);
        if (us) request.set_timestamp(*us);
        for (seek_calls_ = 1;; ++seek_calls_) {
            const auto answer = get_shard_iterator(database_, request);
            if (!answer.has_next_token()) return answer.shard_iterator();
            request.set_token(answer.next_token());
        }
    }

    wire::GetStreamRecordResponse page(const std::string& iterator, int limit = 0) {
        wire::GetStreamRecordRequest request;
        request.set_shard_iterator(iterator);
        if (limit) request.set_limit(limit);
        wire::GetStreamRecordResponse response;
        EXPECT_TRUE(
            response.ParseFromString(*get_stream_record(database_, served_, cache_, request).body));
        return response;
    }

    // Reads a shard until it is closed or has nothing more.
    std::vector<Read> read(const std::string& shard) {
        std::vector<Read> records;
        std::string at = iterator(shard);
        for (;;) {
            const auto answer = page(at, 50);
            gaps_ += answer.stream_records().empty() && answer.may_more_record();
            for (const auto& record : answer.stream_records())
                records.push_back({static_cast<Action>(record.action_type()), record.record(),
                                   sequence_of(record.record())});
            closed_ = !answer.has_next_shard_iterator();
            if (closed_ || (answer.stream_records().empty() && !answer.may_more_record()))
                return records;
            at = answer.next_shard_iterator();
        }
    }

    FakeClock real_;
    ServerClock clock_;
    Database database_;
    std::shared_ptr<Table> table_;
    ServedRecords served_;
    AnswerCache cache_{1 << 20};
    FillSpec spec_;
    int seek_calls_ = 0, gaps_ = 0;
    bool closed_ = false;
};

TEST_F(StandinStream, GivesEveryRecordOnceInOrderWhateverThePages) {
    fill(database_, spec_);
    const std::string shard = list().at(0).shard_id();
    const auto hostile = read(shard);
    EXPECT_EQ(hostile.size(), 5000u);
    EXPECT_GT(gaps_, 10);
    EXPECT_FALSE(closed_);
    std::set<int64_t> millis;
    for (size_t i = 1; i < hostile.size(); ++i) {
        ASSERT_LT(hostile[i - 1].sequence, hostile[i].sequence);
        millis.insert(hostile[i].sequence.timestamp_us / 1000);
    }
    EXPECT_LE(millis.size(), 1000u);  // five in each millisecond
    database_.set_hostility(Hostility::calm());
    const auto calm = read(shard);
    ASSERT_EQ(calm.size(), hostile.size());
    for (size_t i = 0; i < calm.size(); ++i) ASSERT_EQ(calm[i].bytes, hostile[i].bytes);
    EXPECT_EQ(served_.json().at(shard).at("total"), 10000);
    EXPECT_EQ(served_.json().at(shard).at("distinct"), 5000);
}

TEST_F(StandinStream, AnIteratorAlwaysGivesTheSameRecords) {
    fill(database_, spec_);
    std::string at = iterator(list().at(0).shard_id());
    for (int i = 0; i < 5; ++i) {
        const auto first = page(at), again = page(at);
        EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
        EXPECT_LE(page(at, 2).stream_records_size(), 2);
        at = first.next_shard_iterator();
    }
    at[at.size() / 2] = at[at.size() / 2] == 'A' ? 'B' : 'A';
    EXPECT_THROW(page(at), OtsError);
}

TEST_F(StandinStream, SeeksToTheFirstRecordOfATime) {
    spec_.epoch_steps = 4;
    spec_.back_ms = 90000;
    fill(database_, spec_);
    const std::string shard = list().at(0).shard_id();
    const auto all = read(shard);
    EXPECT_EQ(all.back().sequence.epoch, 3u);
    for (const int64_t ms : {spec_.from_ms, spec_.from_ms + kHourMs, spec_.to_ms - 300000}) {
        size_t first = 0;
        while (all[first].sequence.timestamp_us < ms * 1000) ++first;
        std::string at = iterator(shard, ms * 1000);
        EXPECT_GT(seek_calls_, 1);
        while (page(at).stream_records().empty()) at = page(at).next_shard_iterator();
        EXPECT_EQ(page(at).stream_records(0).record(), all[first].bytes);
    }
    EXPECT_TRUE(page(iterator(shard, now_us())).stream_records().empty());
}

// The model of a reader: parents before children, changes applied in order.
TEST_F(StandinStream, RowsAgreeWithTheChangesOverSplitsAndMerges) {
    spec_.split_at_ms = {spec_.from_ms + kHourMs, spec_.from_ms + 2 * kHourMs};
    spec_.update = 60;
    fill(database_, spec_);
    {
        const auto open = table_->stream->open_shards();
        ASSERT_EQ(open.size(), 3u);
        table_->stream->merge(open[1]->id, open[2]->id, now_us() - 3000000, now_us() - 3000000);
    }
    RowChange live{Action::kUpdate, {Datum::of(std::string("k00000199"))}, {}};
    live.cells.push_back({"c0", CellOp::kPut, Datum::of(std::string("live")), CellChange::kNoTime});
    table_->write(live, now_us(), database_.hostility());

    Rows rows;
    size_t count = 0;
    std::set<std::string> done;
    auto shards = list();
    EXPECT_EQ(shards.size(), 6u);
    while (done.size() < shards.size())
        for (const auto& shard : shards) {
            const bool ready =
                !done.contains(shard.shard_id()) &&
                (!shard.has_parent_id() || done.contains(shard.parent_id())) &&
                (!shard.has_parent_sibling_id() || done.contains(shard.parent_sibling_id()));
            if (!ready) continue;
            done.insert(shard.shard_id());
            for (const Read& record : read(shard.shard_id())) {
                WireRow row = decode_row(record.bytes);
                apply(rows, {record.action, table_->key_of(row.key, false), std::move(row.cells)},
                      1);
                ++count;
            }
        }
    EXPECT_EQ(count, 5001u);
    EXPECT_EQ(rows, table_->rows());
    EXPECT_EQ(rows.rbegin()->second.at("c0").begin()->second.bytes, "live");
}

TEST_F(StandinStream, ClosesSplitShardsAndListsTheirChildrenLate) {
    fill(database_, spec_);
    const std::string parent = list().at(0).shard_id();
    table_->stream->split(parent, Datum::of(std::string("k00000100")), now_us(),
                          now_us() + 2000000);
    EXPECT_EQ(list().size(), 1u);
    EXPECT_EQ(read(parent).size(), 5000u);
    EXPECT_TRUE(closed_);
    real_.advance(std::chrono::seconds(2));
    const auto shards = list();
    ASSERT_EQ(shards.size(), 3u);
    for (const auto& shard : shards)
        EXPECT_EQ(shard.parent_id(), shard.shard_id() == parent ? "" : parent);
}

TEST_F(StandinStream, LosesWhatIsOlderThanItsRetention) {
    fill(database_, spec_);
    const std::string shard = list().at(0).shard_id(), oldest = iterator(shard);
    const size_t before = read(shard).size();
    table_->stream->trim((spec_.from_ms + kHourMs) * 1000);
    EXPECT_THROW(page(oldest), OtsError);
    const auto rest = read(shard);
    EXPECT_LT(rest.size(), before);
    EXPECT_GE(rest.front().sequence.timestamp_us, (spec_.from_ms + kHourMs) * 1000);
    table_->stream->split(shard, Datum::of(std::string("k00000100")), now_us(), now_us());
    real_.advance(std::chrono::hours(25));
    EXPECT_EQ(list().size(), 2u);  // the parent is gone, its children stay
}

TEST_F(StandinStream, RaisesTheEpochWhenTimeGoesBack) {
    RowChange change{Action::kDelete, {Datum::of(std::string("a"))}, {}};
    Hostility hostility;
    table_->write(change, now_us(), hostility);
    table_->write(change, now_us(), hostility);
    hostility.stream_shift_ms = 90000;
    table_->write(change, now_us(), hostility);
    const auto records = read(list().at(0).shard_id());
    ASSERT_EQ(records.size(), 3u);
    EXPECT_EQ(records[1].sequence.timestamp_us, records[0].sequence.timestamp_us);
    EXPECT_EQ(records[1].sequence.row_index, 1u);
    EXPECT_EQ(records[2].sequence.epoch, 1u);
    EXPECT_LT(records[2].sequence.timestamp_us, records[0].sequence.timestamp_us);
}

}  // namespace
}  // namespace millrace::standin
