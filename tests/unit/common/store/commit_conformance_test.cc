// What every StateStore must do with borders and commits.
#include <gmock/gmock.h>

#include "tests/unit/common/store/store_fixture.h"

namespace millrace {
namespace {

using ::testing::IsEmpty;

class CommitConformanceTest : public StoreTest {
  protected:
    const TaskId task_{"task"};
    const StreamId stream_{"stream"};
    const ShardId shard_{"shard0"};
    const RunId r1_{"r1"};
};
INSTANTIATE_TEST_SUITE_P(Stores, CommitConformanceTest,
                         ::testing::Values(StoreKind::kMemory, StoreKind::kSqlite, StoreKind::kLive,
                                           StoreKind::kRedis, StoreKind::kCluster),
                         name_of_kind);

TEST_P(CommitConformanceTest, BordersAreRecordedOnceAllItemsAreWritten) {
    create("r1", 0, 2);
    write("r1/0");
    EXPECT_EQ(store_->record_borders(r1_, borders()).code(), Code::kFatal);
    EXPECT_FALSE(view("r1").borders_recorded);
    write("r1/1");
    ASSERT_TRUE(store_->record_borders(r1_, borders()).ok());
    ASSERT_TRUE(store_->record_borders(r1_, borders()).ok());
    EXPECT_TRUE(view("r1").borders_recorded);
    EXPECT_EQ(store_->record_borders(r1_, borders("elsewhere")).code(), Code::kFatal);
    EXPECT_EQ(store_->record_borders(r1_, {}).code(), Code::kFatal);
    const std::vector<NewItem> more = {{ItemId("r1/2"), ShardId("s"), ""}};
    EXPECT_EQ(store_->add_items(r1_, more).code(), Code::kFatal);
    EXPECT_EQ(store_->record_borders(RunId("none"), {}).code(), Code::kNotFound);
}

TEST_P(CommitConformanceTest, ARunWithoutItemsHasNoBorders) {
    create("r1", 0, 0);
    EXPECT_EQ(store_->record_borders(r1_, borders()).code(), Code::kFatal);
}

TEST_P(CommitConformanceTest, TheOrderOfShardsIsNoDifference) {
    create("r1", 0);
    write("r1/0");
    std::vector<ShardBorders> all = borders();
    all.push_back({stream_, ShardId("shard1"), {{0, {"border", "b", false}}}});
    ASSERT_TRUE(store_->record_borders(r1_, all).ok());
    std::swap(all[0], all[1]);
    EXPECT_TRUE(store_->record_borders(r1_, all).ok());
}

TEST_P(CommitConformanceTest, BordersAreFoundByTime) {
    written("r1", 0);
    written("r2", 100);
    EXPECT_EQ(*store_->border(task_, stream_, shard_, 100), (Border{"border", "end0", true}));
    EXPECT_EQ(*store_->border(task_, stream_, shard_, 101), std::nullopt);
    EXPECT_EQ(*store_->border(TaskId("x"), stream_, shard_, 100), std::nullopt);
    EXPECT_EQ(*store_->border(task_, StreamId("x"), shard_, 100), std::nullopt);
    EXPECT_EQ(*store_->border_before(task_, stream_, shard_, 0), std::nullopt);
    EXPECT_EQ((*store_->border_before(task_, stream_, shard_, 100))->first, 0);
    EXPECT_EQ((*store_->border_before(task_, stream_, shard_, 9999))->first, 200);
    EXPECT_EQ((*store_->border_before(task_, stream_, shard_, 9999))->second.position, "end100");
    const auto all = store_->borders(task_, stream_, shard_);
    ASSERT_EQ(all->size(), 3U);
    EXPECT_FALSE(all->at(0).gave_records);
    EXPECT_THAT(*store_->borders(task_, stream_, ShardId("x")), IsEmpty());
}

TEST_P(CommitConformanceTest, ABorderThatTwoRunsShareMustBeEqual) {
    written("r1", 0);
    create("r2", 100);
    write("r2/0");
    auto all = borders("end100", 100);  // its start differs from the recorded end of r1
    EXPECT_EQ(store_->record_borders(RunId("r2"), all).code(), Code::kFatal);
    EXPECT_FALSE(view("r2").borders_recorded);
    EXPECT_EQ(*store_->border(task_, stream_, shard_, 200), std::nullopt);
    all[0].borders[100] = {"border", "end0", true};
    EXPECT_TRUE(store_->record_borders(RunId("r2"), all).ok());
}

TEST_P(CommitConformanceTest, ACommitGoesForwardStepByStep) {
    create("r1", 0);
    EXPECT_EQ(store_->begin_commit(r1_, "intent").code(), Code::kFatal);
    write("r1/0");
    EXPECT_EQ(store_->begin_commit(r1_, "intent").code(), Code::kFatal);
    ASSERT_TRUE(store_->record_borders(r1_, borders()).ok());
    EXPECT_EQ(store_->begin_commit(r1_, "").code(), Code::kFatal);
    const CommitResult committed{CommitStep::kCommitted, "receipt", {}};
    EXPECT_EQ(store_->end_commit(r1_, committed).code(), Code::kFatal);
    ASSERT_TRUE(store_->begin_commit(r1_, "intent").ok());
    ASSERT_TRUE(store_->begin_commit(r1_, "intent").ok());
    ASSERT_TRUE(store_->begin_commit(r1_, "intent2").ok());
    EXPECT_EQ(view("r1").intent, "intent2");
    EXPECT_EQ(view("r1").state, InstanceState::kCommitting);
    EXPECT_EQ(store_->close_instance(r1_, InstanceState::kFailed, "x").code(), Code::kFatal);
    EXPECT_EQ(store_->reopen_instance(r1_, reopening()).code(), Code::kFatal);
    EXPECT_EQ(store_->create_instance(instance("r2", 0, RunKind::kReplay)).status().code(),
              Code::kFatal);
    EXPECT_EQ(store_->end_commit(r1_, {CommitStep::kCleaned, "", {}}).code(), Code::kFatal);
    EXPECT_EQ(store_->end_commit(r1_, {CommitStep::kCommitted, "", {}}).code(), Code::kFatal);
    EXPECT_EQ(store_->open_commits()->size(), 1U);
    ASSERT_TRUE(store_->end_commit(r1_, committed).ok());
    ASSERT_TRUE(store_->end_commit(r1_, committed).ok());
    EXPECT_EQ(store_->end_commit(r1_, {CommitStep::kCommitted, "other", {}}).code(), Code::kFatal);
    EXPECT_EQ(store_->end_commit(r1_, {CommitStep::kRestage, "", {}}).code(), Code::kFatal);
    EXPECT_EQ(store_->begin_commit(r1_, "intent2").code(), Code::kFatal);
    EXPECT_EQ(view("r1").receipt, "receipt");
    EXPECT_EQ(store_->open_commits()->size(), 1U);
    ASSERT_TRUE(store_->end_commit(r1_, {CommitStep::kCleaned, "", {}}).ok());
    ASSERT_TRUE(store_->end_commit(r1_, {CommitStep::kCleaned, "", {}}).ok());
    EXPECT_EQ(view("r1").state, InstanceState::kCleaned);
    EXPECT_THAT(*store_->open_commits(), IsEmpty());
    EXPECT_EQ(store_->create_instance(instance("r2", 0))->run, r1_);
    EXPECT_EQ(store_->record_borders(r1_, borders()).code(), Code::kOk);
}

TEST_P(CommitConformanceTest, ARestageSendsItemsBackAndKeepsBordersAndIntent) {
    create("r1", 0, 2);
    const Fence held = fence("r1/0", "a");
    const Progress last = progress("p", 2, {{0, 1, "x"}});
    ASSERT_TRUE(store_->finish(held, last, border_end()).ok());
    write("r1/1");
    ASSERT_TRUE(store_->record_borders(r1_, borders()).ok());
    ASSERT_TRUE(store_->begin_commit(r1_, "intent").ok());
    const CommitResult restage{CommitStep::kRestage, "", {ItemId("r1/0")}};
    EXPECT_EQ(store_->end_commit(r1_, {CommitStep::kRestage, "", {ItemId("none")}}).code(),
              Code::kNotFound);
    ASSERT_TRUE(store_->end_commit(r1_, restage).ok());
    ASSERT_TRUE(store_->end_commit(r1_, restage).ok());
    EXPECT_EQ(view("r1").state, InstanceState::kRunning);
    EXPECT_EQ(view("r1").intent, "intent");
    EXPECT_TRUE(view("r1").borders_recorded);
    EXPECT_EQ(item("r1").state, ItemState::kReady);
    EXPECT_EQ(item("r1").progress, Progress());
    // Its border is recorded: the redo must end there.
    EXPECT_EQ(item("r1").end, border_end());
    EXPECT_EQ(item("r1", 1).state, ItemState::kWritten);
    // What was done before is done no more, although its owner says so again.
    EXPECT_EQ(store_->finish(held, last, border_end()).code(), Code::kLeaseLost);
    EXPECT_EQ(store_->begin_commit(r1_, "intent").code(), Code::kFatal);
    EXPECT_TRUE(store_->record_borders(r1_, borders()).ok());
    write("r1/0");
    EXPECT_TRUE(store_->begin_commit(r1_, "intent3").ok());
}

TEST_P(CommitConformanceTest, AFirstRunFindsTheCommittedRunAlsoAfterAFailedReplay) {
    committed("r1", 0);
    create("r2", 0, 1, RunKind::kReplay);
    EXPECT_EQ(store_->create_instance(instance("r3", 0))->run, RunId("r2"));
    ASSERT_TRUE(store_->close_instance(RunId("r2"), InstanceState::kFailed, "x").ok());
    EXPECT_EQ(store_->create_instance(instance("r3", 0))->run, RunId("r1"));
}

TEST_P(CommitConformanceTest, UnknownRunsAreNotFound) {
    const RunId none("none");
    EXPECT_EQ(store_->items(none).status().code(), Code::kNotFound);
    EXPECT_EQ(store_->begin_commit(none, "i").code(), Code::kNotFound);
    EXPECT_EQ(store_->end_commit(none, {}).code(), Code::kNotFound);
    EXPECT_EQ(store_->close_instance(none, InstanceState::kFailed, "").code(), Code::kNotFound);
    EXPECT_EQ(store_->reopen_instance(none, reopening()).code(), Code::kNotFound);
    EXPECT_EQ(store_->release({ItemId("none"), Epoch(1), ClaimId("c")}, true).code(),
              Code::kNotFound);
}

// What they know of is no longer the run's: nothing that they write comes into it.
TEST_P(CommitConformanceTest, OwnersThatLostTheirItemsAreForgottenWithTheStaging) {
    create("r1", 0, 2);
    ASSERT_TRUE(store_->set_staging(r1_, "session").ok());
    const Fence lost = fence("r1/0", "a"), kept = fence("r1/1", "b");
    clock_.advance(kTtl);
    (void)fence("r1/0", "c");
    EXPECT_EQ(item("r1").abandoned, lost.epoch);
    // Items that start again in the same staging may still be disturbed.
    ASSERT_TRUE(store_->end_commit(r1_, {CommitStep::kRestage, "", {ItemId("r1/1")}}).ok());
    ASSERT_TRUE(store_->set_staging(r1_, "session").ok());
    EXPECT_EQ(item("r1").abandoned, lost.epoch);
    EXPECT_EQ(item("r1", 1).abandoned, kept.epoch);
    ASSERT_TRUE(store_->set_staging(r1_, "another").ok());
    EXPECT_EQ(item("r1").abandoned, Epoch());
    EXPECT_EQ(item("r1", 1).abandoned, Epoch());
    EXPECT_EQ(item("r1").state, ItemState::kClaimed);
    // The one that holds it now may be the next to lose it.
    ASSERT_TRUE(store_->close_instance(r1_, InstanceState::kFailed, "x").ok());
    EXPECT_EQ(item("r1").abandoned, Epoch(3));
}

}  // namespace
}  // namespace millrace
