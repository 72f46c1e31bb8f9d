#include "worker/source/stream/reader.h"

#include <gtest/gtest.h>

#include "common/base/fakes/fake_random.h"
#include "tests/unit/worker/source/stream/fake_shard.h"

namespace millrace {
namespace {

using std::chrono::milliseconds;
using test::FakeShard;
using test::put_record;

constexpr int64_t kStart = 1'700'000'000'000;  // of the window, in ms
constexpr int64_t kEnd = kStart + 60'000;

class StreamSourceTest : public ::testing::Test {
  protected:
    // `at_ms` = milliseconds after the window's start.
    void add(int64_t at_ms, uint32_t epoch = 1) {
        const size_t n = shard_.records.size();
        const std::string key = "k" + std::to_string(n);
        shard_.records.push_back(
            put_record({epoch, (kStart + at_ms) * 1000, static_cast<uint32_t>(n)}, key, "value"));
    }
    std::unique_ptr<StreamSource> open(ItemStart start = {}, std::optional<Position> resume = {}) {
        StreamSourceConfig config;
        config.stream = StreamId("t_1");
        config.shard = ShardId("shard-1");
        config.window = {from_millis(kStart), from_millis(kEnd)};
        config.rows = {.mode = StreamMode::kRow,
                       .columns = {"pk", "c"},
                       .key_names = {"pk"},
                       .sequence_info = false,
                       .shard = config.shard};
        config.corrupt_retries_max = 3;
        return std::make_unique<StreamSource>(client_, clock_, stop_.get_token(), std::move(config),
                                              std::move(start), std::move(resume));
    }
    // The row indices of all records up to the end; the reader's end status in status_.
    std::vector<uint32_t> read_all(StreamSource& source) {
        std::vector<uint32_t> seen;
        Change change;
        for (;;) {
            const Result<bool> more = source.next(change);
            status_ = more.status();
            if (!more.ok() || !*more) return seen;
            seen.push_back(change.sequence.row_index);
            EXPECT_EQ(change.key[0].bytes, "k" + std::to_string(seen.back()));
            EXPECT_EQ(change.row(0)[1].bytes, "value");
        }
    }
    static std::vector<uint32_t> numbers(uint32_t from, uint32_t to) {
        std::vector<uint32_t> made;
        for (; from < to; ++from) made.push_back(from);
        return made;
    }
    static Position end_of(const StreamSource& source) {
        return *parse_position(source.end().position);
    }

    FakeClock clock_{TimePoint(milliseconds(kEnd + 55'000))};
    FakeRandom random_;
    FakeShard shard_{clock_};
    std::stop_source stop_;
    CallContext context_{shard_.http(), clock_, random_, stop_.get_token(), {}};
    tablestore::Client client_{context_, FakeShard::config()};
    Status status_;
};

TEST_F(StreamSourceTest, ReadsUpToTheFirstRecordAtTheWindowsEnd) {
    for (const int64_t at : {0, 10, 10, 59'999, 60'000}) add(at);
    add(20, 2);  // the source's clock went back
    const auto source = open();
    EXPECT_EQ(read_all(*source), numbers(0, 4));
    EXPECT_TRUE(status_.ok());
    EXPECT_EQ(source->end().kind, EndKind::kBorder);
    const Position end = end_of(*source);
    EXPECT_EQ(end.place.last->row_index, 3u);
    ASSERT_TRUE(end.began.has_value());
    EXPECT_FALSE(end.began->last.has_value());

    // The next window goes on exactly there: nothing is dropped by its time.
    const auto next = open({.place = end.place, .end_after = Sequence{9, 0, 0}});
    EXPECT_EQ(read_all(*next), numbers(4, 6));
}

TEST_F(StreamSourceTest, AClosedShardEndsWithItsLastRecord) {
    shard_.closed = true;
    for (int i = 0; i < 9; ++i) add(i);
    const auto source = open();
    EXPECT_EQ(read_all(*source), numbers(0, 9));
    EXPECT_EQ(source->end().kind, EndKind::kShardEnd);
}

TEST_F(StreamSourceTest, EmptyPagesWithMoreToComeAreFollowedAtOnce) {
    shard_.closed = true;
    shard_.empty_pages = 3;
    for (int i = 0; i < 9; ++i) add(i);
    const Duration before = clock_.advanced();
    EXPECT_EQ(read_all(*open()), numbers(0, 9));
    EXPECT_EQ(clock_.advanced(), before);
}

TEST_F(StreamSourceTest, AnIdleShardEndsWhenTheSourcesClockIsFarBehindTheWindow) {
    add(5);
    const auto source = open();
    EXPECT_EQ(read_all(*source), numbers(0, 1));
    EXPECT_EQ(source->end().kind, EndKind::kBorder);
    EXPECT_GT(clock_.now(), TimePoint(milliseconds(kEnd + 60'000)));
    EXPECT_LT(clock_.now(), TimePoint(milliseconds(kEnd + 62'000)));
    EXPECT_LT(shard_.requests, 20) << "the pauses grow";
}

TEST_F(StreamSourceTest, GoesOnExactlyBehindEveryCheckpoint) {
    shard_.closed = true;
    for (int i = 0; i < 25; ++i) add(i);
    for (uint32_t taken = 1; taken <= 25; ++taken) {
        const auto first = open();
        Change change;
        for (uint32_t i = 0; i < taken; ++i) ASSERT_TRUE(*first->next(change));
        const auto second = open({}, *parse_position(first->position()));
        ASSERT_EQ(read_all(*second), numbers(taken, 25)) << "after " << taken;
        ASSERT_EQ(end_of(*second).began, ShardPlace({.iterator = "i0"}));
    }
}

TEST_F(StreamSourceTest, OtherRecordsBehindTheSameIteratorAreCorrupt) {
    shard_.page_max = 100;
    for (int i = 0; i < 9; ++i) add(i);
    Position resume;
    resume.place = {.iterator = "i0", .skip = 4, .last = Sequence{1, 4711, 3}};
    EXPECT_TRUE(read_all(*open({}, resume)).empty());
    EXPECT_EQ(status_.code(), Code::kCorrupt);
}

TEST_F(StreamSourceTest, ACheckpointBehindTheRecordsThereAreIsCorrupt) {
    for (const bool closed : {true, false}) {
        shard_.closed = closed;
        shard_.records.clear();
        for (int i = 0; i < 3; ++i) add(i);
        Position resume;
        resume.place = {.iterator = "i0", .skip = 5, .last = Sequence{1, 4711, 3}};
        EXPECT_TRUE(read_all(*open({}, resume)).empty());
        EXPECT_EQ(status_.code(), Code::kCorrupt) << "closed: " << closed;
    }
}

TEST_F(StreamSourceTest, SkipsToTheWindowOnceAndThenDropsNothingByTime) {
    for (const int64_t at : {-500, -20, 0}) add(at);
    for (const int64_t at : {-10, 30, 60'000}) add(at, 2);
    const auto source = open({.skip_to_window = true});
    EXPECT_EQ(read_all(*source), numbers(2, 5));
    const Position end = end_of(*source);
    EXPECT_EQ(end.began->last->row_index, 1u);

    // From a checkpoint inside of the window nothing is skipped again.
    const auto first = open({.skip_to_window = true});
    Change change;
    ASSERT_TRUE(*first->next(change));
    const auto second = open({.skip_to_window = true}, *parse_position(first->position()));
    EXPECT_EQ(read_all(*second), numbers(3, 5));
}

TEST_F(StreamSourceTest, ARecordedBorderEndsTheItemWhateverTheTimes) {
    for (const int64_t at : {0, 70'000}) add(at);
    for (const int64_t at : {10, 20, 21}) add(at, 2);
    ItemStart start;
    start.end_after = shard_.records[3].sequence;
    const auto source = open(start);
    EXPECT_EQ(read_all(*source), numbers(0, 4));
    EXPECT_EQ(source->end().kind, EndKind::kBorder);
    EXPECT_EQ(end_of(*source).place.last, shard_.records[3].sequence);
}

// Pages may be cut otherwise, and nothing behind the last record is asked for any more.
TEST_F(StreamSourceTest, WithinRecordedBordersTheEndIsToldAsTheFirstTime) {
    shard_.closed = true;
    for (int i = 0; i < 9; ++i) add(i);
    const auto first = open({.skip_to_window = true});
    EXPECT_EQ(read_all(*first), numbers(0, 9));
    ASSERT_EQ(first->end().kind, EndKind::kShardEnd);
    ItemStart start{.skip_to_window = true};
    start.end_within(end_of(*first), true);
    const ItemStart kept = *parse_item_start(to_json(start));
    EXPECT_EQ(kept, start);
    for (const bool closed : {true, false}) {
        shard_.closed = closed;  // behind a border the shard may be open again in a test only
        const auto again = open(kept);
        EXPECT_EQ(read_all(*again), numbers(0, 9));
        EXPECT_EQ(again->end(), first->end());
    }
    // A checkpoint at the last record: the item has ended before anything is asked.
    Position last{end_of(*first).place, {}, {}};
    last.place.iterator = "i8";
    last.place.skip = 1;
    const auto resumed = open(kept, last);
    EXPECT_TRUE(read_all(*resumed).empty());
    EXPECT_EQ(resumed->end(), first->end());
}

TEST_F(StreamSourceTest, SeeksByTimeOnlyFromTheShardsBeginning) {
    shard_.closed = true;
    for (int i = 0; i < 9; ++i) add(i * 100);
    EXPECT_EQ(read_all(*open({.seek_us = (kStart + 400) * 1000})), numbers(4, 9));
    EXPECT_EQ(shard_.seek_us, (kStart + 400) * 1000);
    shard_.seek_us.reset();
    ItemStart start{.seek_us = (kStart + 400) * 1000};
    start.place.iterator = "i7";
    EXPECT_EQ(read_all(*open(start)), numbers(7, 9));
    EXPECT_FALSE(shard_.seek_us.has_value());
}

TEST_F(StreamSourceTest, DamagedRecordsAreAskedForAgainAndNeverGivenOut) {
    shard_.closed = true;
    for (int i = 0; i < 25; ++i) add(i);
    for (const bool resigned : {true, false}) {
        shard_.resign_damage = resigned;  // else the MD5 shows it, and the client asks again
        shard_.damage_next = 2;
        EXPECT_EQ(read_all(*open()), numbers(0, 25));
        EXPECT_TRUE(status_.ok()) << status_.text();

        shard_.damage_next = 1000;
        EXPECT_TRUE(read_all(*open()).empty());
        EXPECT_EQ(status_.code(), Code::kCorrupt);
        EXPECT_EQ(status_.text().find("value"), std::string::npos) << "no contents in texts";
    }
}

TEST_F(StreamSourceTest, TimeNeverFallsWhenTheEpochRises) {
    add(1000, 1);
    add(400, 2);  // the clock went back
    add(500, 2);
    add(2000, 3);  // the clock went back, but not behind what was seen
    shard_.closed = true;
    const auto source = open();
    std::vector<int64_t> ordered;
    Change change;
    while (*source->next(change)) ordered.push_back(change.ordered_us - kStart * 1000);
    const int64_t shift = 600'001;  // 1000 ms + 1 us - 400 ms
    EXPECT_EQ(ordered,
              (std::vector<int64_t>{1'000'000, 1'000'001, 500'000 + shift, 2'000'000 + shift}));
    // A child inherits the line through its start.
    const TimeLine line = end_of(*source).place.line;
    EXPECT_EQ(line, (TimeLine{3, shift, kStart * 1000 + 2'000'000 + shift}));
    shard_.records.clear();
    add(100, 4);
    const auto child = open({.place = {.line = line}});
    ASSERT_TRUE(*child->next(change));
    EXPECT_EQ(change.ordered_us, line.floor_us + 1);
}

TEST_F(StreamSourceTest, ForgottenRecordsFailUnlessTheLossIsAccepted) {
    shard_.closed = true;
    for (int i = 0; i < 9; ++i) add(i * 1000);
    const auto first = open();
    Change change;
    ASSERT_TRUE(*first->next(change));
    const Position resume = *parse_position(first->position());
    shard_.trimmed = 5;

    Position at_two = resume;
    at_two.place.iterator = "i1";
    at_two.place.skip = 0;
    EXPECT_TRUE(read_all(*open({}, at_two)).empty());
    EXPECT_EQ(status_.service_code(), "OTSTrimmedDataAccess");
    EXPECT_NE(status_.text().find("possible loss from"), std::string::npos) << status_.text();
    EXPECT_NE(status_.text().find(to_iso8601(from_millis(kStart + 5000))), std::string::npos);

    const auto again = open({.accept_loss = true}, at_two);
    EXPECT_EQ(read_all(*again), numbers(5, 9));
    EXPECT_TRUE(status_.ok()) << status_.text();
    EXPECT_EQ(end_of(*again).losses, (std::vector<Loss>{{kStart, kStart + 5000}}));
}

TEST_F(StreamSourceTest, HashAndSizeAreOfTheRecordAsItCame) {
    add(7);
    const auto source = open();
    Change change;
    ASSERT_TRUE(*source->next(change));
    const std::string& bytes = shard_.records[0].bytes;
    EXPECT_EQ(source->record_bytes(), bytes.size());
    Buffer plain;
    const auto put = [&](auto number) {
        plain.append({reinterpret_cast<const char*>(&number), sizeof number});
    };
    put(uint16_t{7});
    plain.append("shard-1");
    put(uint32_t{1});
    put(int64_t{(kStart + 7) * 1000});
    put(uint32_t{0});
    put(uint8_t{1});  // PUT_ROW
    plain.append(bytes);
    const XXH128_hash_t expected = XXH3_128bits(plain.data(), plain.size());
    EXPECT_TRUE(XXH128_isEqual(source->record_hash(), expected));
}

TEST_F(StreamSourceTest, StopsWhenAsked) {
    add(1);
    const auto source = open();
    Change change;
    ASSERT_TRUE(*source->next(change));
    stop_.request_stop();
    EXPECT_EQ(source->next(change).status().code(), Code::kCancelled);
}

}  // namespace
}  // namespace millrace
