// What the ledger of a cluster does beside the verbs of a ledger: packages, ceiling, fencing, runs
// that start over.
#include "coordinator/catalog/cluster_store.h"

#include <gmock/gmock.h>

#include "tests/unit/coordinator/catalog/cluster.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ClusterStoreTest : public ::testing::Test {
  protected:
    Status create(const std::string& run, int64_t start = 0, int items = 1) {
        NewInstance instance;
        instance.run = RunId(run);
        instance.task = TaskId("task");
        instance.window = {from_millis(start), from_millis(start + 100)};
        instance.job_version = "job1";
        instance.control.concurrent = 100'000;
        MILLRACE_TRY(cluster_.create_instance(instance).status());
        std::vector<NewItem> added;
        for (int i = 0; i < items; ++i) {
            added.push_back({ItemId(run + "/" + std::to_string(i)), ShardId("s"), "start"});
        }
        return cluster_.add_items(RunId(run), added);
    }
    Result<Claimed> claim(const std::string& item, const std::string& id) {
        return cluster_.claim(ItemId(item), ClaimId(id), Cluster::kTtl);
    }
    void write(const std::string& item) {
        const auto claimed = claim(item, "writes " + item + std::to_string(++claims_));
        ASSERT_TRUE(claimed.ok()) << claimed.status().text();
        Progress progress;
        progress.new_parts = {{0, 1, "x"}};
        ASSERT_TRUE(cluster_.finish(claimed->fence, progress, {EndKind::kBorder, "end"}).ok());
    }
    void committing() {
        ASSERT_TRUE(create("r1", 0, 2).ok());
        ASSERT_TRUE(cluster_.set_staging(RunId("r1"), "session").ok());
        ASSERT_NO_FATAL_FAILURE(write("r1/0"));
        ASSERT_NO_FATAL_FAILURE(write("r1/1"));
        ShardBorders one{StreamId("stream"), ShardId("s"), {}};
        one.borders[0] = {"border", "begin", false};
        ASSERT_TRUE(cluster_.record_borders(RunId("r1"), std::span(&one, 1)).ok());
        ASSERT_TRUE(cluster_.begin_commit(RunId("r1"), "intent").ok());
    }
    MemoryLiveStore worker() { return MemoryLiveStore(cluster_.server); }

    FakeClock clock_;
    Cluster cluster_{clock_};
    int claims_ = 0;
};

TEST_F(ClusterStoreTest, PackagesArePutBeforeTheirRunAndReachWorkersWithIt) {
    ASSERT_TRUE(cluster_.store().put_package(RunId("r2"), "second").ok());
    ASSERT_TRUE(cluster_.store().put_package(RunId("r1"), "first").ok());
    ASSERT_TRUE(cluster_.store().put_package(RunId("r3"), "third").ok());
    EXPECT_THAT(*cluster_.store().pending(), ElementsAre(RunId("r2"), RunId("r1"), RunId("r3")));
    ASSERT_TRUE(create("r1").ok());
    EXPECT_EQ(*worker().package(RunId("r1")), "first");
    ASSERT_TRUE(cluster_.store().drop_package(RunId("r3")).ok());
    cluster_.begin_anew();
    EXPECT_THAT(*cluster_.store().pending(), ElementsAre(RunId("r2")));
    EXPECT_EQ(*cluster_.store().package(RunId("r1")), "first");
    EXPECT_EQ(cluster_.store().package(RunId("r3")).status().code(), Code::kNotFound);
    ASSERT_TRUE(cluster_.store().put_package(RunId("r1"), "another").ok());
    EXPECT_EQ(*worker().package(RunId("r1")), "another");
    cluster_.server.lose();
    cluster_.begin_anew();
    EXPECT_EQ(*worker().package(RunId("r1")), "another");
    EXPECT_EQ(worker().package(RunId("r2")).status().code(), Code::kNotFound);
}

TEST_F(ClusterStoreTest, TheNewestRunsComeFirst) {
    ASSERT_TRUE(create("r1", 0).ok());
    ASSERT_TRUE(create("r2", 100).ok());
    ASSERT_TRUE(create("r3", 200).ok());
    ASSERT_TRUE(cluster_.close_instance(RunId("r2"), InstanceState::kFailed, "x").ok());
    const auto runs = [&](size_t max, bool unfinished) {
        std::vector<std::string> ids;
        const auto views = cluster_.store().newest(max, unfinished);
        for (const InstanceView& view : *views) ids.push_back(view.run.text());
        return ids;
    };
    EXPECT_THAT(runs(9, false), ElementsAre("r3", "r2", "r1"));
    EXPECT_THAT(runs(1, false), ElementsAre("r3"));
    EXPECT_THAT(runs(9, true), ElementsAre("r3", "r1"));
    cluster_.begin_anew();
    EXPECT_THAT(runs(9, true), ElementsAre("r3", "r1"));
    EXPECT_THAT(runs(0, false), IsEmpty());
}

TEST_F(ClusterStoreTest, EpochsStayBelowACeilingThatTheCatalogKnows) {
    ASSERT_TRUE(create("r1").ok());
    const auto draw = [&](int times) {
        Status status;
        for (int i = 0; i < times && status.ok(); ++i) {
            const auto claimed = claim("r1/0", "c" + std::to_string(i) + std::to_string(times));
            status = claimed.status();
            if (status.ok()) status = cluster_.release(claimed->fence, false);
        }
        return status;
    };
    ASSERT_TRUE(draw(5'001).ok());
    const size_t records = cluster_.catalog.records().size();
    ASSERT_TRUE(cluster_.store().tend().ok());
    ASSERT_TRUE(cluster_.store().tend().ok());
    EXPECT_EQ(cluster_.catalog.records().size(), records + 1);
    ASSERT_TRUE(draw(14'999).ok());
    EXPECT_EQ(draw(2).code(), Code::kLedgerLost);
    ASSERT_TRUE(cluster_.store().tend().ok());
    ASSERT_TRUE(draw(2).ok());
    // Nothing below the ceiling is drawn again after a loss.
    cluster_.server.lose();
    cluster_.begin_anew();
    EXPECT_EQ(claim("r1/0", "last")->fence.epoch, Epoch(30'001));
}

TEST_F(ClusterStoreTest, ACoordinatorThatWasTakenOverFromIsFencedForGood) {
    ASSERT_TRUE(create("r1").ok());
    const auto old = std::move(cluster_.coordinator);
    cluster_.begin_anew();
    EXPECT_EQ(old->store().set_control(RunId("r1"), {}).code(), Code::kFenced);
    EXPECT_EQ(old->store().tend().code(), Code::kFenced);
    EXPECT_EQ(old->store().take_over({}).code(), Code::kFenced);
    EXPECT_TRUE(cluster_.set_control(RunId("r1"), {}).ok());
}

TEST_F(ClusterStoreTest, ALiveStoreOfALaterCoordinatorFencesToo) {
    ASSERT_TRUE(create("r1").ok());
    MemoryLiveStore other(cluster_.server, Token(9));
    ASSERT_TRUE(other.take_over(Token(1), Token(9)).ok());
    EXPECT_EQ(cluster_.set_control(RunId("r1"), {}).code(), Code::kFenced);
    EXPECT_TRUE(worker().list_due(1).ok());
}

TEST_F(ClusterStoreTest, AnAppendOfUnknownOutcomeIsLookedUpByATakeOver) {
    for (const bool applied : {false, true}) {
        const std::string run = applied ? "r2" : "r1";
        ASSERT_TRUE(create(run, applied ? 100 : 0).ok());
        RunControl control;
        control.paused = true;
        cluster_.catalog.fail_next_append(Status(Code::kUnknownOutcome, "time-out"), applied);
        EXPECT_EQ(cluster_.set_control(RunId(run), control).code(), Code::kLedgerLost);
        EXPECT_EQ(cluster_.set_control(RunId(run), control).code(), Code::kLedgerLost);
        EXPECT_EQ(cluster_.instance(RunId(run)).status().code(), Code::kLedgerLost);
        ASSERT_TRUE(cluster_.store().take_over({}).ok());
        EXPECT_EQ(cluster_.instance(RunId(run))->control.paused, applied);
        EXPECT_EQ(worker().instance(RunId(run))->control.paused, applied);
    }
}

TEST_F(ClusterStoreTest, ARunWhoseScriptHasChangedStartsOverWhenTheLeasesHaveRunOut) {
    ASSERT_TRUE(create("r1", 0, 2).ok());
    ASSERT_TRUE(cluster_.set_staging(RunId("r1"), "session").ok());
    const Fence held = claim("r1/0", "a")->fence;
    Progress progress;
    progress.position = "p";
    progress.new_parts = {{0, 1, "x"}};
    ASSERT_TRUE(cluster_.checkpoint(held, progress).ok());
    const Duration before = cluster_.waits.advanced();
    ReopenOptions options{"job2", "", "", {}, false};
    EXPECT_EQ(cluster_.reopen_instance(RunId("r1"), options).code(), Code::kFatal);
    options.restart = true;
    options.control.concurrent = 2;
    ASSERT_TRUE(cluster_.reopen_instance(RunId("r1"), options).ok());
    EXPECT_EQ(cluster_.waits.advanced() - before, Cluster::kTtl);
    EXPECT_EQ(cluster_.renew(held, Cluster::kTtl).status().code(), Code::kLeaseLost);
    EXPECT_EQ(cluster_.instance(RunId("r1"))->job_version, "job2");
    EXPECT_EQ(cluster_.instance(RunId("r1"))->staging, "");
    const auto again = claim("r1/0", "a");
    ASSERT_TRUE(again.ok());
    EXPECT_GT(again->fence.epoch, held.epoch);
    EXPECT_FALSE(again->has_progress);
    EXPECT_THAT(again->progress.new_parts, IsEmpty());
    EXPECT_EQ(cluster_.reserve_of_run(again->fence, 1)->first, 1U);
}

// A clock whose sleeper is met by others.
class MeetingClock final : public Clock {
  public:
    TimePoint now() const override { return clock_.now(); }
    MonoTime monotonic() const override { return clock_.monotonic(); }
    bool sleep(Duration duration, std::stop_token stop) override {
        if (meanwhile) std::exchange(meanwhile, {})();
        return clock_.sleep(duration, stop);
    }
    std::function<void()> meanwhile;

  private:
    FakeClock clock_;
};

TEST_F(ClusterStoreTest, OtherVerbsGoOnWhileARunWaitsForItsLeases) {
    MeetingClock waits;
    Coordinator other(cluster_.catalog, cluster_.server, waits, Cluster::kTtl);
    ASSERT_TRUE(other.store().take_over({}).ok());
    cluster_.coordinator->fate().dead = true;
    const NewInstance one{.run = RunId("r1"), .task = TaskId("task"), .job_version = "job1"};
    ASSERT_TRUE(other.store().create_instance(one).ok());
    const NewItem item{ItemId("r1/0"), ShardId("s"), "start"};
    ASSERT_TRUE(other.store().add_items(RunId("r1"), std::span(&item, 1)).ok());
    RunControl control;
    control.concurrent = 7;
    waits.meanwhile = [&] {
        EXPECT_TRUE(other.store().tend().ok());
        EXPECT_TRUE(other.store().set_control(RunId("r1"), control).ok());
        EXPECT_FALSE(other.store().claim(ItemId("r1/0"), ClaimId("a"), Cluster::kTtl).ok());
    };
    ASSERT_TRUE(other.store().reopen_instance(RunId("r1"), {"job2", "", "", {}, true}).ok());
    EXPECT_EQ(worker().instance(RunId("r1"))->control.concurrent, 7);
    // A take-over meanwhile does the rest, and is not undone.
    waits.meanwhile = [&] {
        ASSERT_TRUE(other.store().take_over({}).ok());
        EXPECT_TRUE(other.store().claim(ItemId("r1/0"), ClaimId("b"), Cluster::kTtl).ok());
    };
    ASSERT_TRUE(other.store().reopen_instance(RunId("r1"), {"job3", "", "", {}, true}).ok());
    EXPECT_EQ(worker().items(RunId("r1"))->front().state, ItemState::kClaimed);
}

TEST_F(ClusterStoreTest, ARunThatBecomesAnImageRunStartsOver) {
    ASSERT_TRUE(create("r1", 0).ok());
    const Fence held = claim("r1/0", "a")->fence;
    ASSERT_TRUE(cluster_.close_instance(RunId("r1"), InstanceState::kFailed, "x").ok());
    ASSERT_TRUE(create("r2", 100).ok());
    ASSERT_TRUE(cluster_.reopen_instance(RunId("r1"), {"job1", "", "", {}, false}).ok());
    EXPECT_TRUE(cluster_.instance(RunId("r1"))->by_image);
    EXPECT_TRUE(claim("r1/0", "b")->by_image);
    EXPECT_EQ(cluster_.renew(held, Cluster::kTtl).status().code(), Code::kLeaseLost);
}

TEST_F(ClusterStoreTest, ARestageThatTheLiveStoreDidNotSeeIsDoneByTheTakeOver) {
    ASSERT_NO_FATAL_FAILURE(committing());
    cluster_.coordinator->fate().calls_left = 1;  // the catalog's write gets through
    EXPECT_EQ(cluster_.end_commit(RunId("r1"), {CommitStep::kRestage, {}, {ItemId("r1/1")}}).code(),
              Code::kLedgerLost);
    cluster_.begin_anew();
    EXPECT_EQ(cluster_.instance(RunId("r1"))->state, InstanceState::kRunning);
    const auto items = cluster_.items(RunId("r1"));
    EXPECT_EQ((*items)[0].state, ItemState::kWritten);
    EXPECT_EQ((*items)[1].state, ItemState::kReady);
    EXPECT_FALSE((*items)[1].has_progress);
    // What was written again since then stays.
    ASSERT_NO_FATAL_FAILURE(write("r1/1"));
    cluster_.begin_anew();
    EXPECT_EQ((*cluster_.items(RunId("r1")))[1].state, ItemState::kWritten);
}

TEST_F(ClusterStoreTest, ARestagedRunThatWasLostStartsAgainWithinItsBorders) {
    ASSERT_NO_FATAL_FAILURE(committing());
    ASSERT_TRUE(
        cluster_.end_commit(RunId("r1"), {CommitStep::kRestage, {}, {ItemId("r1/1")}}).ok());
    cluster_.server.lose();
    cluster_.begin_anew();
    EXPECT_EQ(cluster_.instance(RunId("r1"))->staging, "");
    EXPECT_EQ(cluster_.instance(RunId("r1"))->intent, "intent");
    for (const std::string item : {"r1/0", "r1/1"}) {
        const auto claimed = claim(item, "again");
        ASSERT_TRUE(claimed.ok()) << claimed.status().text();
        EXPECT_FALSE(claimed->has_progress);
        EXPECT_EQ(claimed->recorded_end, (ItemEnd{EndKind::kBorder, "end"}));
    }
}

TEST_F(ClusterStoreTest, ACommittingRunKeepsItsIntentAndItsItemsInALoss) {
    ASSERT_NO_FATAL_FAILURE(committing());
    cluster_.server.lose();
    cluster_.begin_anew();
    EXPECT_EQ(cluster_.instance(RunId("r1"))->state, InstanceState::kCommitting);
    EXPECT_EQ(cluster_.instance(RunId("r1"))->intent, "intent");
    EXPECT_EQ(worker().instance(RunId("r1"))->state, InstanceState::kCommitting);
    const auto items = worker().items(RunId("r1"));
    for (const ItemView& item : *items) {
        EXPECT_EQ(item.state, ItemState::kWritten);
        EXPECT_EQ(item.progress.new_parts.size(), 1U);
    }
}

// Its items have lost what they waited for: a child may write before its parent does once more.
TEST_F(ClusterStoreTest, AfterALossRowsAreWrittenAsTheyAreNow) {
    ASSERT_TRUE(create("r1", 0, 2).ok());
    EXPECT_FALSE(claim("r1/0", "a")->by_image);
    cluster_.server.lose();
    cluster_.begin_anew();
    EXPECT_TRUE(cluster_.instance(RunId("r1"))->by_image);
    for (const char* item : {"r1/0", "r1/1"}) EXPECT_TRUE(claim(item, "b")->by_image) << item;
}

TEST_F(ClusterStoreTest, AFailedRunIsReopenedAlsoAfterALoss) {
    ASSERT_TRUE(create("r1").ok());
    const Fence held = claim("r1/0", "a")->fence;
    ASSERT_TRUE(cluster_.close_instance(RunId("r1"), InstanceState::kFailed, "x").ok());
    cluster_.server.lose();
    cluster_.begin_anew();
    EXPECT_EQ(cluster_.items(RunId("r1"))->size(), 1U);
    EXPECT_EQ(cluster_.instance(RunId("r1"))->state, InstanceState::kFailed);
    EXPECT_EQ(claim("r1/0", "b").status().code(), Code::kNotFound);
    ASSERT_TRUE(cluster_.close_instance(RunId("r1"), InstanceState::kFailed, "x").ok());
    ASSERT_TRUE(cluster_.reopen_instance(RunId("r1"), {"job1", "", "", {}, false}).ok());
    EXPECT_GT(claim("r1/0", "b")->fence.epoch, held.epoch);
}

TEST_F(ClusterStoreTest, ACancelledRunIsForgottenByTheLiveStore) {
    ASSERT_TRUE(create("r1").ok());
    const Fence held = claim("r1/0", "a")->fence;
    ASSERT_TRUE(cluster_.close_instance(RunId("r1"), InstanceState::kCancelled, "x").ok());
    ASSERT_TRUE(cluster_.close_instance(RunId("r1"), InstanceState::kCancelled, "x").ok());
    EXPECT_EQ(cluster_.renew(held, Cluster::kTtl).status().code(), Code::kNotFound);
    EXPECT_EQ(cluster_.instance(RunId("r1"))->state, InstanceState::kCancelled);
    EXPECT_EQ(cluster_.items(RunId("r1"))->size(), 1U);
    EXPECT_EQ(worker().instance(RunId("r1")).status().code(), Code::kNotFound);
}

TEST_F(ClusterStoreTest, ManyItemsAreFewRecords) {
    const size_t before = cluster_.catalog.records().size();
    ASSERT_TRUE(create("r1", 0, 10'000).ok());
    EXPECT_LT(cluster_.catalog.records().size() - before, 110U);
    cluster_.begin_anew();
    const auto items = cluster_.items(RunId("r1"));
    ASSERT_EQ(items->size(), 10'000U);
    EXPECT_EQ(items->back().item, ItemId("r1/9999"));
}

}  // namespace
}  // namespace millrace
