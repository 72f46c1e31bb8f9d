// What every StateStore must do with instances and items. Borders and commits:
// commit_conformance_test; limits of a run: limits_conformance_test.
#include <gmock/gmock.h>

#include "tests/unit/common/store/store_fixture.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class ConformanceTest : public StoreTest {};
INSTANTIATE_TEST_SUITE_P(Stores, ConformanceTest,
                         ::testing::Values(StoreKind::kMemory, StoreKind::kSqlite, StoreKind::kLive,
                                           StoreKind::kRedis, StoreKind::kCluster),
                         name_of_kind);

TEST_P(ConformanceTest, AnInstanceIsCreatedOnce) {
    create("r1", 0, 2);
    const auto again = store_->create_instance(instance("r1", 0));
    EXPECT_EQ(again->outcome, Created::kExists);
    EXPECT_EQ(again->run, RunId("r1"));
    const auto other = store_->create_instance(instance("r2", 0));
    EXPECT_EQ(other->outcome, Created::kExists);
    EXPECT_EQ(other->run, RunId("r1"));
    EXPECT_EQ(store_->instance(RunId("r2")).status().code(), Code::kNotFound);
    const InstanceView there = view("r1");
    EXPECT_EQ(there.state, InstanceState::kRunning);
    EXPECT_EQ(there.job, R"({"job":1})");
    EXPECT_EQ(there.control.concurrent, 3);
    EXPECT_EQ(there.window, (Window{from_millis(0), from_millis(100)}));
    EXPECT_EQ(there.number, 0);
    EXPECT_FALSE(there.by_image);
}

TEST_P(ConformanceTest, AReplayWaitsForTheEndOfOtherRunsAndIsNumbered) {
    create("r1", 0);
    EXPECT_EQ(store_->create_instance(instance("r2", 0, RunKind::kReplay)).status().code(),
              Code::kFatal);
    ASSERT_TRUE(store_->close_instance(RunId("r1"), InstanceState::kFailed, "why").ok());
    create("r2", 0, 1, RunKind::kReplay);
    EXPECT_EQ(view("r2").number, 1);
    EXPECT_TRUE(view("r2").by_image);
    EXPECT_EQ(view("r2").kind, RunKind::kReplay);
    // The failed run may not come back beside it, and a first run finds the active one.
    EXPECT_EQ(store_->reopen_instance(RunId("r1"), reopening()).code(), Code::kFatal);
    EXPECT_EQ(store_->create_instance(instance("r3", 0))->run, RunId("r2"));
    ASSERT_TRUE(store_->close_instance(RunId("r2"), InstanceState::kCancelled, "").ok());
    create("r3", 0, 1, RunKind::kReplay);
    EXPECT_EQ(view("r3").number, 2);
    const auto all = store_->instances(TaskId("task"));
    ASSERT_EQ(all->size(), 3U);
    EXPECT_EQ((*all)[2].run, RunId("r3"));
    EXPECT_THAT(*store_->instances(TaskId("other")), IsEmpty());
}

TEST_P(ConformanceTest, ARunOfAWindowBehindAClaimedOneWritesByImage) {
    create("late", 200);
    create("before", 100);
    // Nothing of the later one has been claimed yet. The catalog of a cluster is not told of
    // claims, so there a window that has items may have claims.
    EXPECT_EQ(view("before").by_image, GetParam() == StoreKind::kCluster);
    (void)fence("late/0", "c");
    create("older", 0);
    EXPECT_TRUE(view("older").by_image);
    EXPECT_TRUE(claim("older/0", "c")->by_image);
    ASSERT_TRUE(store_->reopen_instance(RunId("before"), reopening()).ok());
    EXPECT_TRUE(view("before").by_image);
    create("newest", 300);
    EXPECT_FALSE(view("newest").by_image);
}

TEST_P(ConformanceTest, ItemsAreAddedOnceAndOnlyToARunningInstance) {
    create("r1", 0, 2);
    const std::vector<NewItem> more = {{ItemId("r1/1"), ShardId("other"), "changed"},
                                       {ItemId("r1/2"), ShardId("shard2"), "start2"}};
    ASSERT_TRUE(store_->add_items(RunId("r1"), more).ok());
    const auto items = store_->items(RunId("r1"));
    ASSERT_EQ(items->size(), 3U);
    EXPECT_EQ((*items)[1].shard, ShardId("shard1"));
    EXPECT_EQ((*items)[2].start, "start2");
    EXPECT_EQ((*items)[2].state, ItemState::kReady);
    create("r2", 100);
    const std::vector<NewItem> foreign = {{ItemId("r2/8"), ShardId("s"), ""},
                                          {ItemId("r1/0"), ShardId("s"), ""}};
    EXPECT_EQ(store_->add_items(RunId("r2"), foreign).code(), Code::kFatal);
    EXPECT_EQ(store_->items(RunId("r2"))->size(), 1U);
    EXPECT_EQ(store_->add_items(RunId("none"), more).code(), Code::kNotFound);
    ASSERT_TRUE(store_->close_instance(RunId("r1"), InstanceState::kFailed, "why").ok());
    EXPECT_THAT(store_->add_items(RunId("r1"), more).text(), HasSubstr("FAILED (why)"));
}

TEST_P(ConformanceTest, AClaimIsRepeatableAndExcludesOthers) {
    create("r1", 0);
    const auto first = claim("r1/0", "a");
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(first->fence.epoch, Epoch(1));
    EXPECT_EQ(first->deadline, clock_.monotonic() + kTtl);
    EXPECT_EQ(first->shard, ShardId("shard0"));
    EXPECT_EQ(first->run, RunId("r1"));
    EXPECT_FALSE(first->has_progress);
    clock_.advance(std::chrono::seconds(5));
    const auto again = claim("r1/0", "a");
    EXPECT_EQ(again->fence, first->fence);
    EXPECT_EQ(again->deadline, first->deadline + std::chrono::seconds(5));
    EXPECT_EQ(claim("r1/0", "b").status().code(), Code::kLeaseLost);
    EXPECT_EQ(claim("none", "b").status().code(), Code::kNotFound);
    EXPECT_EQ(claim("r1/0", "").status().code(), Code::kFatal);
    EXPECT_THAT(due(), IsEmpty());
}

TEST_P(ConformanceTest, AnExpiredClaimIsTakenOverAndItsFenceRefused) {
    create("r1", 0);
    const Fence old = fence("r1/0", "a");
    ASSERT_TRUE(store_->checkpoint(old, progress("p1", 1, {{0, 1, "etag"}})).ok());
    clock_.advance(kTtl - Duration(1));
    EXPECT_THAT(due(), IsEmpty());
    EXPECT_EQ(claim("r1/0", "b").status().code(), Code::kLeaseLost);
    clock_.advance(Duration(1));
    EXPECT_THAT(due(), ElementsAre("r1/0"));
    // Nobody has taken it: its owner may still go on.
    EXPECT_TRUE(store_->checkpoint(old, progress("p2", 2)).ok());
    const auto taken = claim("r1/0", "b");
    ASSERT_TRUE(taken.ok());
    EXPECT_EQ(taken->fence.epoch, Epoch(2));
    EXPECT_EQ(taken->progress.position, "p2");
    EXPECT_THAT(taken->progress.new_parts, ElementsAre(Part{0, 1, "etag"}));
    EXPECT_TRUE(taken->has_progress);
    EXPECT_EQ(item("r1").attempts, 1);
    EXPECT_EQ(item("r1").abandoned, Epoch(1));
    EXPECT_EQ(store_->checkpoint(old, progress("p3", 3)).code(), Code::kLeaseLost);
    EXPECT_EQ(store_->renew(old, kTtl).status().code(), Code::kLeaseLost);
    EXPECT_EQ(store_->finish(old, progress("p3", 3), border_end()).code(), Code::kLeaseLost);
    EXPECT_EQ(store_->release(old, true).code(), Code::kLeaseLost);
    EXPECT_EQ(store_->park(ItemId("r1/0"), old, "x").code(), Code::kLeaseLost);
    EXPECT_EQ(store_->reserve(old, 1).status().code(), Code::kLeaseLost);
    EXPECT_EQ(item("r1").progress.position, "p2");
    // Right epoch with another claim id, right claim id with another epoch.
    EXPECT_EQ(store_->renew({ItemId("r1/0"), Epoch(2), ClaimId("a")}, kTtl).status().code(),
              Code::kLeaseLost);
    EXPECT_EQ(store_->renew({ItemId("r1/0"), Epoch(1), ClaimId("b")}, kTtl).status().code(),
              Code::kLeaseLost);
}

TEST_P(ConformanceTest, ARenewalMovesTheDeadlineAndCarriesTheLimits) {
    create("r1", 0);
    const Fence held = fence("r1/0", "a");
    const RunControl control{1000.5, 20, 2, true, false};
    ASSERT_TRUE(store_->set_control(RunId("r1"), control).ok());
    ASSERT_TRUE(store_->set_control(RunId("r1"), control).ok());
    clock_.advance(std::chrono::seconds(20));
    EXPECT_EQ(*store_->renew(held, kTtl), control);
    clock_.advance(std::chrono::seconds(20));
    EXPECT_EQ(claim("r1/0", "b").status().code(), Code::kLeaseLost);
    EXPECT_EQ(store_->renew(held, Duration(0)).status().code(), Code::kFatal);
    EXPECT_EQ(store_->set_control(RunId("none"), control).code(), Code::kNotFound);
}

TEST_P(ConformanceTest, ACheckpointReplacesThePrefixAndAppendsParts) {
    create("r1", 0, 2);
    const Fence held = fence("r1/0", "a");
    ASSERT_TRUE(store_->checkpoint(held, progress("p1", 1, {{0, 1, "a"}, {0, 2, "b"}})).ok());
    const Progress second = progress("p2", 2, {{1, 1, "d"}, {0, 2, "c"}});
    ASSERT_TRUE(store_->checkpoint(held, second).ok());
    ASSERT_TRUE(store_->checkpoint(held, second).ok());
    Progress expected = second;
    expected.new_parts = {{0, 1, "a"}, {0, 2, "c"}, {1, 1, "d"}};
    EXPECT_EQ(item("r1").progress, expected);
    EXPECT_EQ(view("r1").counts, second.counts);
    EXPECT_EQ(store_->checkpoint(held, progress("p1", 1)).code(), Code::kFatal);  // came late
    Progress unbalanced = progress("p3", 3);
    unbalanced.counts.acknowledged = 1;
    EXPECT_EQ(store_->checkpoint(held, unbalanced).code(), Code::kFatal);
    EXPECT_EQ(store_->checkpoint(held, progress("p3", 3, {{1, 2, "x"}, {1, 2, "y"}})).code(),
              Code::kFatal);
    EXPECT_EQ(item("r1").progress, expected);
    const Fence other = fence("r1/1", "b");
    ASSERT_TRUE(store_->checkpoint(other, progress("q", 5)).ok());
    EXPECT_EQ(view("r1").counts.read, 7U);
}

TEST_P(ConformanceTest, AFinishedItemIsWrittenForGood) {
    create("r1", 0);
    const Fence held = fence("r1/0", "a");
    const Progress last = progress("p1", 4, {{0, 1, "a"}});
    ASSERT_TRUE(store_->finish(held, last, {EndKind::kShardEnd, "eof"}).ok());
    ASSERT_TRUE(store_->finish(held, last, {EndKind::kShardEnd, "eof"}).ok());
    EXPECT_EQ(store_->finish(held, last, border_end()).code(), Code::kFatal);
    EXPECT_EQ(
        store_->finish(held, progress("p1", 4, {{0, 1, "x"}}), {EndKind::kShardEnd, "eof"}).code(),
        Code::kFatal);
    EXPECT_EQ(store_->checkpoint(held, last).code(), Code::kFatal);
    EXPECT_EQ(claim("r1/0", "b").status().code(), Code::kFatal);
    EXPECT_EQ(claim("r1/0", "a").status().code(), Code::kLeaseLost);
    EXPECT_EQ(store_->park(ItemId("r1/0"), {}, "x").code(), Code::kFatal);
    EXPECT_EQ(item("r1").state, ItemState::kWritten);
    EXPECT_EQ(item("r1").end, (ItemEnd{EndKind::kShardEnd, "eof"}));
    EXPECT_EQ(item("r1").progress, last);
    EXPECT_THAT(due(), IsEmpty());
}

TEST_P(ConformanceTest, AnItemIsParkedByItsOwnerOrFromReady) {
    create("r1", 0, 2);
    ASSERT_TRUE(store_->park(ItemId("r1/0"), {}, "gone").ok());
    ASSERT_TRUE(store_->park(ItemId("r1/0"), {}, "gone").ok());
    EXPECT_EQ(store_->park(ItemId("r1/0"), {}, "other").code(), Code::kFatal);
    EXPECT_EQ(item("r1").reason, "gone");
    EXPECT_THAT(claim("r1/0", "a").status().text(), HasSubstr("PARKED (gone)"));
    const Fence held = fence("r1/1", "b");
    EXPECT_EQ(store_->park(ItemId("r1/1"), {}, "gone").code(), Code::kFatal);
    EXPECT_EQ(store_->park(ItemId("r1/0"), held, "x").code(), Code::kFatal);
    ASSERT_TRUE(store_->park(ItemId("r1/1"), held, "poison").ok());
    ASSERT_TRUE(store_->park(ItemId("r1/1"), held, "poison").ok());
    EXPECT_EQ(item("r1", 1).state, ItemState::kParked);
    ASSERT_TRUE(store_->reopen_instance(RunId("r1"), reopening()).ok());
    EXPECT_THAT(due(), ElementsAre("r1/0", "r1/1"));
    EXPECT_EQ(item("r1").reason, "");
    EXPECT_EQ(store_->park(ItemId("r1/1"), held, "poison").code(), Code::kLeaseLost);
}

TEST_P(ConformanceTest, FiveAttemptsWithoutProgressParkTheItem) {
    create("r1", 0);
    const auto give_back = [&](int n, bool attempt) {
        const Fence held = fence("r1/0", "c" + std::to_string(n));
        ASSERT_TRUE(store_->release(held, attempt).ok());
        ASSERT_TRUE(store_->release(held, attempt).ok());
    };
    for (int n = 0; n < 9; ++n) give_back(n, false);  // a drain is no attempt
    EXPECT_EQ(item("r1").attempts, 0);
    for (int n = 10; n < 14; ++n) give_back(n, true);
    EXPECT_EQ(item("r1").attempts, 4);
    EXPECT_EQ(item("r1").state, ItemState::kReady);
    EXPECT_EQ(store_->list_due(1)->front().attempts, 4);
    {
        const Fence held = fence("r1/0", "progress");
        ASSERT_TRUE(store_->checkpoint(held, progress("p", 1)).ok());
        EXPECT_EQ(item("r1").attempts, 0);
        ASSERT_TRUE(store_->release(held, true).ok());
        const Fence next = fence("r1/0", "standing");
        ASSERT_TRUE(store_->checkpoint(next, progress("p", 1)).ok());  // has not moved
        EXPECT_EQ(item("r1").attempts, 1);
        ASSERT_TRUE(store_->release(next, true).ok());
    }
    for (int n = 20; n < 23; ++n) give_back(n, true);
    EXPECT_EQ(item("r1").state, ItemState::kParked);
    EXPECT_THAT(item("r1").reason, HasSubstr("5 attempts"));
    ASSERT_TRUE(store_->reopen_instance(RunId("r1"), reopening()).ok());
    EXPECT_EQ(item("r1").attempts, 0);
}

TEST_P(ConformanceTest, ATakeOverCountsAnAttemptAndTheFifthParks) {
    create("r1", 0);
    for (int n = 0; n < 5; ++n) {
        EXPECT_EQ(claim("r1/0", "c" + std::to_string(n))->attempts, n);
        EXPECT_EQ(item("r1").attempts, n);
        clock_.advance(kTtl);
    }
    const Status refused = claim("r1/0", "c5").status();
    EXPECT_EQ(refused.code(), Code::kFatal);
    EXPECT_EQ(item("r1").state, ItemState::kParked);
    EXPECT_EQ(claim("r1/0", "c5").status().text(), refused.text());
    EXPECT_THAT(due(), IsEmpty());
}

TEST_P(ConformanceTest, AReleasedClaimIdDoesNotComeBack) {
    create("r1", 0);
    const Fence held = fence("r1/0", "a");
    ASSERT_TRUE(store_->release(held, false).ok());
    EXPECT_EQ(store_->release(held, true).code(), Code::kFatal);  // not the same call
    EXPECT_EQ(claim("r1/0", "a").status().code(), Code::kLeaseLost);
    EXPECT_EQ(fence("r1/0", "b").epoch, Epoch(2));
    EXPECT_EQ(store_->release(held, false).code(), Code::kLeaseLost);
}

TEST_P(ConformanceTest, DueItemsComeInOrderAndNotFromPausedRuns) {
    create("r2", 100, 2);
    create("r1", 0, 2);
    EXPECT_THAT(due(), ElementsAre("r2/0", "r2/1", "r1/0", "r1/1"));
    EXPECT_THAT(due(3), ElementsAre("r2/0", "r2/1", "r1/0"));
    EXPECT_THAT(due(0), IsEmpty());
    (void)fence("r2/0", "a");
    RunControl control{.concurrent = 3};
    control.paused = true;
    ASSERT_TRUE(store_->set_control(RunId("r1"), control).ok());
    EXPECT_THAT(due(), ElementsAre("r2/1"));
    control = {.concurrent = 3};
    control.cancelled = true;
    ASSERT_TRUE(store_->set_control(RunId("r2"), control).ok());
    EXPECT_THAT(due(), IsEmpty());
    EXPECT_TRUE(claim("r2/1", "b")->control.cancelled);
    ASSERT_TRUE(store_->set_control(RunId("r1"), {}).ok());
    EXPECT_THAT(due(), ElementsAre("r1/0", "r1/1"));
}

TEST_P(ConformanceTest, ReservedNumbersAreNeverGivenTwice) {
    create("r1", 0, 2);
    const Fence held = fence("r1/0", "a");
    EXPECT_EQ(store_->reserve(held, 3)->first, 1U);
    EXPECT_EQ(store_->reserve(held, 1)->first, 4U);
    EXPECT_EQ(store_->reserve(held, 0).status().code(), Code::kFatal);
    EXPECT_EQ(store_->reserve(held, UINT32_MAX).status().code(), Code::kFatal);
    EXPECT_EQ(store_->reserve(fence("r1/1", "b"), 2)->first, 1U);
    ASSERT_TRUE(store_->end_commit(RunId("r1"), {CommitStep::kRestage, "", {ItemId("r1/0")}}).ok());
    EXPECT_EQ(store_->reserve(fence("r1/0", "c"), 2)->first, 5U);
    EXPECT_EQ(store_->reserve(held, 1).status().code(), Code::kLeaseLost);
}

TEST_P(ConformanceTest, ItemsOfARunShareItsStagingAndOneCounter) {
    create("r1", 0, 2);
    ASSERT_TRUE(store_->set_staging(RunId("r1"), "session").ok());
    EXPECT_EQ(claim("r1/0", "a")->run_staging, "session");
    EXPECT_EQ(store_->instance(RunId("r1"))->staging, "session");
    const Fence one = fence("r1/0", "a"), two = fence("r1/1", "b");
    EXPECT_EQ(store_->reserve_of_run(one, 2)->first, 1U);
    EXPECT_EQ(store_->reserve_of_run(two, 1)->first, 3U);
    EXPECT_EQ(store_->reserve(one, 1)->first, 1U);  // another counter
    ASSERT_TRUE(store_->end_commit(RunId("r1"), {CommitStep::kRestage, "", {ItemId("r1/0")}}).ok());
    EXPECT_EQ(store_->reserve_of_run(one, 1).status().code(), Code::kLeaseLost);
    EXPECT_EQ(store_->reserve_of_run(two, 1)->first, 4U);
    ASSERT_TRUE(store_->close_instance(RunId("r1"), InstanceState::kFailed, "why").ok());
    EXPECT_EQ(store_->set_staging(RunId("r1"), "other").code(), Code::kFatal);
}

TEST_P(ConformanceTest, ClaimsOfAFormerHolderAreVoid) {
    create("r1", 0, 2);
    const Fence held = fence("r1/0", "a");
    ASSERT_TRUE(store_->checkpoint(held, progress("p", 1)).ok());
    write("r1/1");
    ASSERT_TRUE(store_->void_claims().ok());
    ASSERT_TRUE(store_->void_claims().ok());
    EXPECT_EQ(item("r1").attempts, 1);
    EXPECT_EQ(item("r1").abandoned, Epoch());
    EXPECT_EQ(item("r1").state, ItemState::kReady);
    EXPECT_EQ(item("r1", 1).state, ItemState::kWritten);
    EXPECT_EQ(store_->checkpoint(held, progress("q", 2)).code(), Code::kLeaseLost);
    EXPECT_EQ(claim("r1/0", "a").status().code(), Code::kLeaseLost);
    EXPECT_EQ(claim("r1/0", "b")->progress.position, "p");
}

TEST_P(ConformanceTest, ClosingTakesTheClaimsAndReopeningGoesOn) {
    create("r1", 0, 2);
    const Fence held = fence("r1/0", "a");
    ASSERT_TRUE(store_->checkpoint(held, progress("p", 1, {{0, 1, "x"}})).ok());
    EXPECT_EQ(store_->close_instance(RunId("r1"), InstanceState::kCleaned, "").code(),
              Code::kFatal);
    ASSERT_TRUE(store_->close_instance(RunId("r1"), InstanceState::kFailed, "limit").ok());
    ASSERT_TRUE(store_->close_instance(RunId("r1"), InstanceState::kFailed, "limit").ok());
    EXPECT_EQ(store_->close_instance(RunId("r1"), InstanceState::kFailed, "x").code(),
              Code::kFatal);
    EXPECT_EQ(view("r1").reason, "limit");
    EXPECT_EQ(store_->renew(held, kTtl).status().code(), Code::kLeaseLost);
    EXPECT_EQ(item("r1").abandoned, held.epoch);
    EXPECT_EQ(claim("r1/1", "b").status().code(), Code::kFatal);
    EXPECT_EQ(store_->set_control(RunId("r1"), {}).code(), Code::kFatal);
    EXPECT_EQ(store_->park(ItemId("r1/1"), {}, "x").code(), Code::kFatal);
    EXPECT_THAT(due(), IsEmpty());
    ReopenOptions options = reopening();
    options.control.concurrent = 7;
    ASSERT_TRUE(store_->reopen_instance(RunId("r1"), options).ok());
    EXPECT_EQ(view("r1").state, InstanceState::kRunning);
    EXPECT_EQ(view("r1").control.concurrent, 7);
    EXPECT_EQ(item("r1").progress.position, "p");
    EXPECT_EQ(item("r1").attempts, 0);
    ASSERT_TRUE(store_->close_instance(RunId("r1"), InstanceState::kCancelled, "").ok());
    EXPECT_EQ(store_->reopen_instance(RunId("r1"), options).code(), Code::kFatal);
}

TEST_P(ConformanceTest, AChangedScriptStartsItsItemsAgain) {
    create("r1", 0, 2);
    write("r1/1");
    const Fence held = fence("r1/0", "a");
    ASSERT_TRUE(store_->checkpoint(held, progress("p", 1, {{0, 1, "x"}})).ok());
    ReopenOptions options = reopening();
    options.job_version = "job2";
    EXPECT_EQ(store_->reopen_instance(RunId("r1"), options).code(), Code::kFatal);
    options.restart = true;
    ASSERT_TRUE(store_->reopen_instance(RunId("r1"), options).ok());
    EXPECT_EQ(view("r1").job_version, "job2");
    EXPECT_EQ(view("r1").counts, Counts());
    EXPECT_THAT(due(), ElementsAre("r1/0", "r1/1"));
    EXPECT_EQ(item("r1").progress, Progress());
    EXPECT_FALSE(item("r1", 1).end.has_value());
    EXPECT_EQ(store_->checkpoint(held, progress("p", 1)).code(), Code::kLeaseLost);
    EXPECT_FALSE(claim("r1/0", "b")->has_progress);
    // What was written before may be newer than what is read first now.
    EXPECT_TRUE(view("r1").by_image);
}

TEST_P(ConformanceTest, AChangedScriptOfAnUntouchedRunGoesOnByChange) {
    const auto made = store_->create_instance(instance("r1", 0));
    ASSERT_TRUE(made.ok());
    ReopenOptions options = reopening(true);
    options.job_version = "job2";
    ASSERT_TRUE(store_->reopen_instance(RunId("r1"), options).ok());
    EXPECT_FALSE(view("r1").by_image);
}

}  // namespace
}  // namespace millrace
