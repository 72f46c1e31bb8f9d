#include "coordinator/item_driver.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/support/crash.h"
#include "tests/unit/support/fake_bus.h"

namespace millrace {
namespace {

using std::chrono::seconds;

struct SimShard {
    std::string id;
    std::vector<std::string> parents = {};
    bool closed = false;   // read to its end, else to the window's end
    uint64_t records = 1;  // in the window
    Duration late{0};      // how long after its parents' end it shows up in listings
    uint64_t dirty = 0;
};

// A stream whose shards are read at once by a worker, and the ledger between both.
class Stream final : public ShardLister {
  public:
    explicit Stream(std::vector<SimShard> shards) : shards_(std::move(shards)) {
        EXPECT_TRUE(store
                        .create_instance({.run = run,
                                          .task = task,
                                          .window = window,
                                          .kind = RunKind::kFirst,
                                          .job_version = "1",
                                          .encoder_version = "1",
                                          .job = "{}",
                                          .control = {}})
                        .ok());
        events.on_silence = [this] { work_one(); };
    }

    Result<std::vector<ListedShard>> list() override {
        ++listings;
        std::vector<ListedShard> listed;
        for (const SimShard& shard : shards_) {
            bool visible = true;
            std::vector<ShardId> parents;
            for (const std::string& parent : shard.parents) {
                parents.emplace_back(parent);
                const auto ended = ended_.find(parent);
                visible =
                    visible && ended != ended_.end() && clock.now() >= ended->second + shard.late;
            }
            if (visible) listed.push_back({ShardId(shard.id), parents});
        }
        return listed;
    }
    Result<KnownStarts> known_starts() override { return known; }
    void end_now(const std::string& shard) { ended_[shard] = clock.now(); }

    // One process that drives the run; it is stopped after so many polls.
    Status drive(int polls = 1'000'000, uint64_t dirty_max = 0) {
        const InstanceView view = *store.instance(run);
        std::stop_source stop;
        events.before_poll = [this, &stop, polls]() mutable {
            if (polls-- == 0) stop.request_stop();
            if (eager) work_one();
        };
        ItemDriver driver(
            {store, work, events, clock, stop.get_token(), {}}, this, view,
            {.stream = stream, .window = window, .within_borders = view.borders_recorded},
            dirty_max);
        const Status status = driver.run();
        notes = driver.notes();
        return status;
    }

    // The worker: the first item that is due is read to its end.
    void work_one() {
        const auto due = store.list_due(1);
        if (!due.ok() || due->empty()) return;
        const auto claimed =
            store.claim(due->front().item, ClaimId("c" + std::to_string(++claims_)), seconds(30));
        if (!claimed.ok()) return;
        const SimShard& shard = *std::find_if(shards_.begin(), shards_.end(), [&](const auto& s) {
            return s.id == claimed->shard.text();
        });
        if (!park.empty()) {
            (void)store.park(claimed->fence.item, claimed->fence, park);
        } else {
            if (shard.closed) ended_.emplace(shard.id, clock.now());
            Progress progress;
            progress.counts.read = shard.records;
            progress.counts.acknowledged = shard.records - shard.dirty;
            progress.counts.quarantined = progress.counts.rows_dirty = shard.dirty;
            Position end;
            end.place.iterator = "end of " + shard.id;
            end.place.last = Sequence{0, 7, 0};
            if (!store
                     .finish(claimed->fence, progress,
                             {shard.closed ? EndKind::kShardEnd : EndKind::kBorder, to_json(end)})
                     .ok()) {
                return;
            }
        }
        (void)events.publish({run, claimed->fence.item});
    }

    // What the run has made of every shard.
    std::map<std::string, std::string> outcome() {
        std::map<std::string, std::string> text;
        const std::vector<ItemView> items = *store.items(run);
        for (const ItemView& item : items) {
            std::string& one = text[item.shard.text()];
            EXPECT_TRUE(one.empty()) << "two items of shard " << item.shard.text();
            one = item.start + std::string(name_of(item.state)) +
                  (item.end ? item.end->position : "");
        }
        for (const SimShard& shard : shards_) {
            const auto borders = *store.borders(task, stream, ShardId(shard.id));
            for (const auto& [time, border] : borders) {
                text[shard.id] += "\n" + std::to_string(time) + " " + border.kind +
                                  border.position + (border.gave_records ? " gave" : "");
            }
        }
        return text;
    }

    const RunId run{"run"};
    const TaskId task{"task"};
    const StreamId stream{"stream"};
    const Window window{from_millis(1'000'000), from_millis(1'300'000)};
    FakeClock clock;
    Crash crash;
    CrashingStore store{clock, crash};
    FakeBus work{clock}, events{clock};
    KnownStarts known;
    std::vector<std::string> notes;
    std::string park;    // reason for which the worker parks every item
    bool eager = false;  // the worker works between any two looks of the driver
    int listings = 0;

  private:
    std::vector<SimShard> shards_;
    std::map<std::string, TimePoint> ended_;
    int claims_ = 0;
};

std::vector<SimShard> family() {
    return {{"a", {}, true},
            {"b", {}, false, 0},
            {"c", {"a"}, true, 0, seconds(2)},
            {"d", {"a"}, true, 5, seconds(45)},
            {"e", {"c", "d"}, false, 2, seconds(3)}};
}

TEST(ItemDriverTest, ShardsAreReadParentsFirstUntilTheBordersAreRecorded) {
    Stream stream(family());
    ASSERT_TRUE(stream.drive().ok());
    const auto items = *stream.store.items(stream.run);
    ASSERT_EQ(items.size(), 5u);
    EXPECT_EQ(items.back().shard.text(), "e");
    EXPECT_TRUE(stream.store.instance(stream.run)->borders_recorded);
    EXPECT_TRUE(stream.notes.empty());
}

TEST(ItemDriverTest, ShardsOfOneListingGoToTheLedgerInOneCall) {
    std::vector<SimShard> many;
    for (int i = 0; i < 50; ++i) many.push_back({std::to_string(i)});
    Stream stream(many);
    stream.crash.after(2);  // one verb gets through
    EXPECT_FALSE(stream.drive().ok());
    stream.crash.never();
    EXPECT_EQ(stream.store.items(stream.run)->size(), 50u);
}

// However often its process is stopped or dies, a run has the same items and the same borders.
TEST(ItemDriverTest, ADriverThatIsMadeAgainAtAnyPointEndsTheSame) {
    Stream calm(family());
    ASSERT_TRUE(calm.drive().ok());
    for (uint64_t seed = 1; seed <= 200; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937_64 random(seed);
        Stream stormy(family());
        stormy.eager = random() % 2 == 0;
        Status status;
        for (int process = 0; process < 500; ++process) {
            stormy.crash.after(static_cast<int>(random() % 12));
            status = stormy.drive(static_cast<int>(random() % 6));
            stormy.crash.never();
            if (status.ok()) break;
            ASSERT_TRUE(stormy.store.void_claims().ok());
            ASSERT_TRUE(stormy.store.reopen_instance(stormy.run, {"1", "1", "{}", {}, false}).ok());
        }
        ASSERT_TRUE(status.ok()) << status.text();
        EXPECT_EQ(stormy.outcome(), calm.outcome());
    }
}

// Their parent ended in a former process; without the wait the window would be closed without them.
TEST(ItemDriverTest, ChildrenThatAreLateAreAwaitedAfterARestartToo) {
    Stream stream({{"a", {}, true},
                   {"b", {"a"}, false, 1, seconds(50)},
                   {"c", {"a"}, false, 1, seconds(50)}});
    while (stream.outcome()["a"].find("WRITTEN") == std::string::npos) {
        ASSERT_EQ(stream.drive(1).code(), Code::kCancelled);
    }
    ASSERT_TRUE(stream.drive().ok());
    EXPECT_EQ(stream.store.items(stream.run)->size(), 3u);
}

TEST(ItemDriverTest, ChildrenThatNeverShowUpAreNoted) {
    Stream stream({{"a", {}, true}});
    ASSERT_TRUE(stream.drive().ok());
    ASSERT_EQ(stream.notes.size(), 1u);
    EXPECT_GE(stream.clock.advanced(), seconds(60));
    EXPECT_LT(stream.clock.advanced(), seconds(90));
}

TEST(ItemDriverTest, DoorbellsAreNotRungAgainAfterEveryEvent) {
    std::vector<SimShard> shards;
    for (int i = 0; i < 200; ++i) shards.push_back({"s" + std::to_string(i)});
    Stream stream(shards);
    stream.eager = true;
    ASSERT_TRUE(stream.drive().ok());
    EXPECT_LE(stream.work.published.size(), 400u);
}

TEST(ItemDriverTest, ALostDoorbellIsRungAgain) {
    Stream stream({{"a"}});
    stream.events.on_silence = nullptr;
    stream.events.before_poll = nullptr;
    int silences = 0;
    stream.events.on_silence = [&] {
        stream.work.waiting.clear();
        if (++silences == 3) stream.work_one();
    };
    ASSERT_TRUE(stream.drive().ok());
    EXPECT_GE(stream.work.published.size(), 3u);
}

TEST(ItemDriverTest, AParkedItemEndsTheRunWithItsReason) {
    Stream stream({{"a"}, {"b"}});
    stream.park = "possible loss";
    const Status status = stream.drive();
    EXPECT_EQ(status.code(), Code::kFatal);
    EXPECT_NE(status.text().find("shard a: possible loss"), std::string::npos) << status.text();
    // A person runs it again.
    stream.park.clear();
    ASSERT_TRUE(stream.store.reopen_instance(stream.run, {"1", "1", "{}", {}, false}).ok());
    EXPECT_TRUE(stream.drive().ok());
}

TEST(ItemDriverTest, TooManyDirtyRecordsEndTheRunEarly) {
    Stream stream({{"a", {}, false, 5, {}, 3}, {"b", {}, false, 5, {}, 3}});
    EXPECT_EQ(stream.drive(1'000'000, 2).code(), Code::kDirtyRecord);
    EXPECT_EQ(stream.store.items(stream.run)->back().state, ItemState::kReady);
    EXPECT_TRUE(stream.drive(1'000'000, 6).ok());
}

TEST(ItemDriverTest, ARunWithinItsBordersListsNothing) {
    Stream stream(family());
    ASSERT_TRUE(stream.drive().ok());
    const auto before = stream.outcome();
    const auto items = *stream.store.items(stream.run);
    ASSERT_TRUE(
        stream.store
            .end_commit(stream.run, {CommitStep::kRestage, {}, {items[0].item, items[3].item}})
            .ok());
    stream.listings = 0;
    ASSERT_TRUE(stream.drive().ok());
    EXPECT_EQ(stream.listings, 0);
    EXPECT_EQ(stream.outcome(), before);
}

TEST(ItemDriverTest, StartsOfTheStatusTableAreUsed) {
    Stream stream({{"a"}});
    stream.known.starts[ShardId("a")].place.iterator = "where DataX stopped";
    ASSERT_TRUE(stream.drive().ok());
    const auto start = parse_item_start(stream.store.items(stream.run)->front().start);
    EXPECT_EQ(start->place.iterator, "where DataX stopped");
}

TEST(ItemDriverTest, AShardThatDataxReadToItsEndIsNotReadAgain) {
    Stream stream({{"a"}, {"b", {"a"}}});
    stream.known.ended.insert(ShardId("a"));
    stream.known.starts[ShardId("b")].place.iterator = "where DataX stopped";
    stream.end_now("a");  // long ago, so that its child is listed
    ASSERT_TRUE(stream.drive().ok());
    const auto items = *stream.store.items(stream.run);
    ASSERT_EQ(items.size(), 1u);
    EXPECT_EQ(parse_item_start(items[0].start)->place.iterator, "where DataX stopped");
    // The ledger knows it from now on.
    const auto borders = stream.store.borders(stream.task, stream.stream, ShardId("a"));
    ASSERT_EQ(borders->size(), 1u);
    EXPECT_EQ(borders->begin()->second.kind, "shard_end");
}

}  // namespace
}  // namespace millrace
