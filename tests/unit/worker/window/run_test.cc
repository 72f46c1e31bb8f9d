#include "worker/window/run.h"

#include <gtest/gtest.h>

#include <random>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/memory_file_system.h"
#include "tests/unit/support/fake_item.h"
#include "worker/window/quarantine_folder.h"

namespace millrace {
namespace {

constexpr Duration kTtl = std::chrono::seconds(30);

// One run with one item in a ledger, and what surrounds its WindowRun.
class Item {
  public:
    Item(std::vector<FakeRecord> all, size_t batch) : records(std::move(all)), batch_(batch) {
        EXPECT_TRUE(store
                        .create_instance({.run = run_,
                                          .task = TaskId("task"),
                                          .window = {from_millis(0), from_millis(100)},
                                          .kind = RunKind::kFirst,
                                          .job_version = "1",
                                          .encoder_version = "1",
                                          .job = "{}",
                                          .control = {}})
                        .ok());
        const NewItem item{item_, ShardId("shard"), "{}"};
        EXPECT_TRUE(store.add_items(run_, std::span(&item, 1)).ok());
    }

    Claimed claim() {
        const auto claimed = store.claim(item_, ClaimId("c" + std::to_string(++claims_)), kTtl);
        EXPECT_TRUE(claimed.ok()) << claimed.status().text();
        return claimed.ok() ? *claimed : Claimed{};
    }
    static size_t position_of(const Claimed& claimed) {
        return claimed.has_progress ? std::stoul(claimed.progress.position) : 0;
    }
    // A process that claims the item and runs it.
    Status work() {
        const Claimed claimed = claim();
        FakeSource source(records, position_of(claimed), stop.get_token());
        FakeTarget target(records, batch_, crash);
        return work(claimed, source, target);
    }
    Status work(const Claimed& claimed, FakeSource& source, FakeTarget& target) {
        Limits limits(clock, {});
        WindowRun run(claimed,
                      {store, source, target, limits, quarantine, meter, stop.get_token()});
        Status status = run.run();
        unanswered = run.unanswered();
        return status;
    }
    ItemView view() {
        const auto items = store.items(run_);
        EXPECT_TRUE(items.ok());
        return items->front();
    }
    // Dirty records in the quarantine, by number.
    std::vector<size_t> quarantined() {
        const auto lines = read_quarantine(files, quarantine_path("/state", run_));
        EXPECT_TRUE(lines.ok());
        std::vector<size_t> records_there;
        for (const QuarantineLine& line : *lines) records_there.push_back(line.sequence.row_index);
        std::sort(records_there.begin(), records_there.end());
        return records_there;
    }

    const std::vector<FakeRecord> records;
    FakeClock clock;
    Crash crash;
    CrashingStore store{clock, crash};
    MemoryFileSystem files;
    QuarantineFolder folder{files, "/state"};
    Quarantine quarantine{folder, RunId("run"), {"a"}, {"k"}};
    Meter meter;
    std::stop_source stop;
    bool unanswered = false;

  private:
    const size_t batch_;
    const RunId run_{"run"};
    const ItemId item_{"run/0"};
    int claims_ = 0;
};

std::vector<FakeRecord> taken(size_t count) {
    return std::vector<FakeRecord>(count);
}

std::vector<FakeRecord> random_records(std::mt19937_64& random) {
    std::vector<FakeRecord> records(random() % 60);
    for (FakeRecord& record : records) {
        record.kind = static_cast<ChangeKind>(random() % 3);
        if (random() % 3 == 0) record.fate = static_cast<Fate>(random() % 6);
    }
    return records;
}

TEST(WindowRunTest, AnItemWithoutRecordsIsWritten) {
    Item item({}, 3);
    ASSERT_TRUE(item.work().ok());
    EXPECT_EQ(item.view().state, ItemState::kWritten);
    EXPECT_EQ(item.view().progress.counts, Counts{});
    EXPECT_TRUE(item.view().progress.new_parts.empty());
}

TEST(WindowRunTest, WhatIsDroppedAfterTheLastBatchIsCountedAndMovesTheEnd) {
    auto records = taken(5);
    records[3].fate = Fate::kDropDelete;
    records[4].fate = Fate::kDirty;
    Item item(records, 3);
    ASSERT_TRUE(item.work().ok());
    const ItemView view = item.view();
    EXPECT_EQ(view.end->position, "5");
    EXPECT_EQ(view.progress.counts.read, 5u);
    EXPECT_EQ(view.progress.counts.dropped_delete_in_row_mode, 1u);
    EXPECT_EQ(view.progress.counts.quarantined, 1u);
    EXPECT_EQ(item.quarantined(), std::vector<size_t>{4});
    EXPECT_EQ(item.meter.records(), 5u);
}

TEST(WindowRunTest, AnItemOfWhichNothingIsTakenSendsNothing) {
    std::vector<FakeRecord> records(7, {ChangeKind::kDelete, Fate::kDropDelete});
    Item item(records, 3);
    const Claimed claimed = item.claim();
    FakeSource source(item.records, 0);
    FakeTarget target(item.records, 3, item.crash);
    ASSERT_TRUE(item.work(claimed, source, target).ok());
    EXPECT_EQ(target.sends, 0);
    EXPECT_TRUE(item.view().progress.counts.balanced());
}

TEST(WindowRunTest, OneBatchIsInFlightWhileTheNextIsEncoded) {
    Item item(taken(9), 3);
    const Claimed claimed = item.claim();
    FakeSource source(item.records, 0);
    FakeTarget target(item.records, 3, item.crash);
    std::vector<int> unacknowledged;
    source.on_record = [&](size_t) {
        unacknowledged.push_back(target.sends - target.acknowledgements);
    };
    ASSERT_TRUE(item.work(claimed, source, target).ok());
    EXPECT_EQ(unacknowledged, (std::vector<int>{0, 0, 0, 1, 1, 1, 1, 1, 1}));
}

// A ripe batch takes what belongs to it, and its checkpoint lies before the first change that does
// not.
TEST(WindowRunTest, ARipeBatchEndsBeforeTheFirstChangeThatDoesNotBelongToIt) {
    auto records = taken(12);
    records[3].ties = records[5].ties = true;
    records[4].ties = true;
    records[4].fate = Fate::kDirty;
    records[6].fate = Fate::kDropColumns;
    Item item(records, 3);
    const Claimed claimed = item.claim();
    FakeSource source(item.records, 0);
    FakeTarget target(item.records, 3, item.crash);
    target.ripens = true;
    std::vector<std::string> positions;
    source.on_record = [&](size_t) {
        const std::string position = item.view().progress.position;
        if (positions.empty() || positions.back() != position) positions.push_back(position);
    };
    ASSERT_TRUE(item.work(claimed, source, target).ok());
    const ItemView view = item.view();
    EXPECT_EQ(positions, (std::vector<std::string>{"", "6"}));
    ASSERT_EQ(view.progress.new_parts.size(), 3u);
    EXPECT_EQ(view.progress.new_parts[0].data, "[0,1,2,3,5]");
    EXPECT_EQ(view.progress.new_parts[1].data, "[7,8,9]");
    EXPECT_EQ(view.progress.new_parts[2].data, "[10,11]");
    EXPECT_EQ(view.progress.counts.read, 12u);
    EXPECT_TRUE(view.progress.counts.balanced());
    EXPECT_EQ(item.quarantined(), std::vector<size_t>{4});
}

TEST(WindowRunTest, TheLedgerHoldsOnlyWhatWasAcknowledged) {
    Item item(taken(9), 3);
    const Claimed claimed = item.claim();
    FakeSource source(item.records, 0);
    FakeTarget target(item.records, 3, item.crash);
    source.on_record = [&](size_t) {
        const Counts counts = item.view().progress.counts;
        EXPECT_EQ(counts.read, static_cast<uint64_t>(target.acknowledgements) * 3);
        EXPECT_EQ(counts.acknowledged, counts.read);
    };
    ASSERT_TRUE(item.work(claimed, source, target).ok());
}

TEST(WindowRunTest, ARecordThatTheSourceCannotReadIsQuarantinedUnseenByTheTarget) {
    auto records = taken(7);
    records[2].fate = records[3].fate = records[6].fate = Fate::kUnreadable;
    Item item(records, 2);
    const Claimed claimed = item.claim();
    FakeSource source(item.records, 0);
    FakeTarget target(item.records, 2, item.crash);
    target.ripens = true;
    ASSERT_TRUE(item.work(claimed, source, target).ok());
    const Counts counts = item.view().progress.counts;
    EXPECT_EQ(counts.read, 7u);
    EXPECT_EQ(counts.quarantined, 3u);
    EXPECT_EQ(counts.rows_dirty, 3u);
    EXPECT_TRUE(counts.balanced());
    EXPECT_EQ(item.quarantined(), (std::vector<size_t>{2, 3, 6}));
    const auto lines = read_quarantine(item.files, quarantine_path("/state", RunId("run")));
    EXPECT_EQ(lines->front().reason, "no row");
    EXPECT_NE(lines->front().json.find(R"("record":"a,b\n")"), std::string::npos);
}

TEST(WindowRunTest, ALongStretchWithoutABatchIsCheckpointedAndItsDirtyRecordsLeaveMemory) {
    std::vector<FakeRecord> records(25'000, {ChangeKind::kPut, Fate::kDropColumns});
    for (size_t i = 0; i < 300; ++i) records[i].fate = Fate::kDirty;
    Item item(records, 3);
    const Claimed claimed = item.claim();
    FakeSource source(item.records, 0);
    FakeTarget target(item.records, 3, item.crash);
    std::vector<std::string> positions;
    source.on_record = [&](size_t read) {
        if (read == 260) {
            EXPECT_GE(item.quarantined().size(), 256u);
        }
        const std::string position = item.view().progress.position;
        if (positions.empty() || positions.back() != position) positions.push_back(position);
    };
    ASSERT_TRUE(item.work(claimed, source, target).ok());
    EXPECT_EQ(positions, (std::vector<std::string>{"", "10000", "20000"}));
    EXPECT_EQ(item.view().progress.counts.read, 25'000u);
    EXPECT_EQ(item.view().progress.counts.quarantined, 300u);
}

TEST(WindowRunTest, WhileTheSourceWaitsWhatWasReadIsWrittenAndCheckpointed) {
    Item item(taken(7), 5);
    const Claimed claimed = item.claim();
    FakeSource source(item.records, 0);
    source.idle_at = 2;
    FakeTarget target(item.records, 5, item.crash);
    target.ends_early = true;
    std::string position_after;
    source.on_record = [&](size_t read) {
        if (read == 3) position_after = item.view().progress.position;
    };
    ASSERT_TRUE(item.work(claimed, source, target).ok());
    EXPECT_EQ(position_after, "2");
    EXPECT_EQ(item.view().progress.new_parts.front().data, "[0,1]");
    EXPECT_EQ(item.view().progress.counts.acknowledged, 7u);
}

// While changes keep coming there is no better moment, and a batch may take long to be full.
TEST(WindowRunTest,
     ABatchThatCannotBeSentWhileTheSourceWaitsEndsBeforeTheNextChangeThatMayBeApart) {
    for (const bool ties : {true, false}) {
        std::vector<FakeRecord> records = taken(7);
        records[2].ties = ties;
        Item item(records, 5);
        const Claimed claimed = item.claim();
        FakeSource source(item.records, 0);
        source.idle_at = 2;
        FakeTarget target(item.records, 5, item.crash);
        ASSERT_TRUE(item.work(claimed, source, target).ok());
        EXPECT_EQ(item.view().progress.new_parts.front().data, ties ? "[0,1,2]" : "[0,1]");
        EXPECT_EQ(item.view().progress.counts.acknowledged, 7u);
    }
}

TEST(WindowRunTest, AStopLetsTheBatchInFlightArriveAndDropsTheOpenOne) {
    Item item(taken(20), 3);
    const Claimed claimed = item.claim();
    FakeSource source(item.records, 0, item.stop.get_token());
    FakeTarget target(item.records, 3, item.crash);
    source.on_record = [&](size_t read) {
        if (read == 8) item.stop.request_stop();
    };
    EXPECT_EQ(item.work(claimed, source, target).code(), Code::kCancelled);
    EXPECT_EQ(target.sends, 2);
    EXPECT_EQ(item.view().progress.position, "6");
    EXPECT_EQ(item.view().progress.new_parts.size(), 2u);
}

// What was sent may take effect when somebody else has the item already.
TEST(WindowRunTest, ARequestThatWasGivenUpMayStillBeUnderWay) {
    const std::vector<std::pair<Code, bool>> cases = {{Code::kUnknownOutcome, true},
                                                      {Code::kUnreachable, true},
                                                      {Code::kCancelled, true},
                                                      {Code::kDirtyRecord, false},
                                                      {Code::kFatal, false}};
    for (const auto& [code, unanswered] : cases) {
        SCOPED_TRACE(name_of(code));
        Item item(taken(20), 3);
        const Claimed claimed = item.claim();
        FakeSource source(item.records, 0);
        FakeTarget target(item.records, 3, item.crash);
        target.fail_acknowledge = Status(code, "no word");
        EXPECT_EQ(item.work(claimed, source, target).code(), code);
        EXPECT_EQ(item.unanswered, unanswered);
    }
    Item item(taken(20), 3);
    const Claimed claimed = item.claim();
    FakeSource source(item.records, 0);
    source.fail_at = 10;
    FakeTarget target(item.records, 3, item.crash);
    EXPECT_EQ(item.work(claimed, source, target).code(), Code::kUnreachable);
    EXPECT_FALSE(item.unanswered) << "the source is only read";
}

TEST(WindowRunTest, AFailingSourceKeepsWhatWasSentBefore) {
    Item item(taken(20), 3);
    const Claimed claimed = item.claim();
    FakeSource source(item.records, 0);
    source.fail_at = 10;
    FakeTarget target(item.records, 3, item.crash);
    EXPECT_EQ(item.work(claimed, source, target).code(), Code::kUnreachable);
    EXPECT_EQ(item.view().progress.position, "9");
}

TEST(WindowRunTest, ALostLeaseTouchesNothing) {
    auto records = taken(20);
    records[4].fate = Fate::kDirty;
    Item item(records, 3);
    const Claimed claimed = item.claim();
    FakeSource source(item.records, 0);
    source.fail_at = 6;
    source.failure = Status(Code::kLeaseLost, "the lease of this item has expired");
    FakeTarget target(item.records, 3, item.crash);
    EXPECT_EQ(item.work(claimed, source, target).code(), Code::kLeaseLost);
    EXPECT_EQ(target.acknowledgements, 0);
    EXPECT_FALSE(item.view().has_progress);
    EXPECT_TRUE(item.quarantined().empty());
}

TEST(WindowRunTest, AnOwnerThatWasReplacedWritesNoPosition) {
    Item item(taken(9), 3);
    const Claimed old = item.claim();
    item.clock.advance(kTtl);
    const Claimed now = item.claim();
    FakeSource source(item.records, 0);
    FakeTarget target(item.records, 3, item.crash);
    EXPECT_EQ(item.work(old, source, target).code(), Code::kLeaseLost);
    EXPECT_FALSE(item.view().has_progress);
    EXPECT_EQ(item.view().epoch, now.fence.epoch);
}

TEST(WindowRunTest, ARecordRefusedByTheTargetIsKeptBeforeThePositionMoves) {
    auto records = taken(4);
    records[1].fate = Fate::kRefuse;
    Item item(records, 2);
    item.files.set_bytes_max(0);  // the quarantine cannot be written
    EXPECT_FALSE(item.work().ok());
    EXPECT_FALSE(item.view().has_progress);
    item.files.set_bytes_max(SIZE_MAX);
    item.clock.advance(kTtl);
    ASSERT_TRUE(item.work().ok());
    EXPECT_EQ(item.quarantined(), std::vector<size_t>{1});
    EXPECT_EQ(item.view().progress.counts.acknowledged, 3u);
    EXPECT_EQ(item.view().progress.counts.rows_dirty, 1u);
    // Its key is known though its views had ended.
    const auto lines = read_quarantine(item.files, quarantine_path("/state", RunId("run")));
    EXPECT_NE(lines->at(0).json.find(R"("key":[{"position":0,"column":"k","value":1}])"),
              std::string::npos)
        << lines->at(0).json;
}

// Wherever processes die, the ledger ends up as after a run that nothing disturbed.
TEST(WindowRunTest, AnyNumberOfCrashesGivesTheSameCountsSumsAndParts) {
    for (uint64_t seed = 1; seed <= 400; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937_64 random(seed);
        const auto records = random_records(random);
        const size_t batch = 1 + random() % 7;
        Item calm(records, batch);
        ASSERT_TRUE(calm.work().ok());

        Item stormy(records, batch);
        std::vector<size_t> dirty;
        for (int process = 0;; ++process) {
            ASSERT_LT(process, 1000);
            stormy.crash.after(static_cast<int>(random() % 12));
            if (stormy.work().ok()) break;
            stormy.crash.never();
            const Counts counts = stormy.view().progress.counts;
            EXPECT_TRUE(counts.balanced());
            EXPECT_GE(stormy.quarantined().size(), counts.quarantined);
            if (stormy.view().state == ItemState::kWritten) break;
            // Its successor makes progress or a person reopens the run: attempts are not the point.
            EXPECT_TRUE(
                stormy.store.reopen_instance(RunId("run"), {"1", "1", "{}", {}, false}).ok());
            stormy.clock.advance(kTtl);
        }
        const ItemView one = calm.view(), other = stormy.view();
        EXPECT_EQ(one.progress, other.progress);
        EXPECT_EQ(one.end, other.end);
        EXPECT_EQ(calm.quarantined(), stormy.quarantined());
    }
}

}  // namespace
}  // namespace millrace
