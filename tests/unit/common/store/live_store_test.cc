// What a live store does beside the ledger: incarnation, token, ceiling, packages, lead.
#include <gtest/gtest.h>

#include "common/base/fakes/fake_clock.h"
#include "common/store/memory_live_store.h"

namespace millrace {
namespace {

constexpr Duration kTtl = std::chrono::seconds(30);

LiveRun run_of(const std::string& name, int items) {
    LiveRun run;
    run.instance.run = RunId(name);
    run.instance.task = TaskId("task");
    run.package = "package of " + name;
    for (int i = 0; i < items; ++i) {
        ItemRow& item = run.items.emplace_back();
        item.item = ItemId(name + "/" + std::to_string(i));
        item.run = run.instance.run;
    }
    return run;
}

class LiveStoreTest : public ::testing::Test {
  protected:
    void rebuild(Token before, Token now, uint64_t ceiling) {
        MemoryLiveStore live(server_, now);
        const auto identity = live.begin_rebuild(before, now, ceiling);
        ASSERT_TRUE(identity.ok()) << identity.status().text();
        ASSERT_TRUE(live.restore(run_of("r1", 2)).ok());
        ASSERT_TRUE(live.end_rebuild(*identity).ok());
        ASSERT_TRUE(live.raise_ceiling(ceiling + 2).ok());
    }
    Result<Claimed> claim(const std::string& item, const std::string& id) {
        return worker_.claim(ItemId(item), ClaimId(id), kTtl);
    }

    FakeClock clock_;
    MemoryLiveServer server_{clock_};
    MemoryLiveStore worker_{server_};
};

TEST_F(LiveStoreTest, AnEmptyServerIsLostUntilItIsRebuilt) {
    EXPECT_EQ(worker_.list_due(1).status().code(), Code::kLedgerLost);
    MemoryLiveStore first(server_, Token(1));
    EXPECT_EQ(first.take_over(Token(0), Token(1)).code(), Code::kLedgerLost);
    EXPECT_EQ(first.restore(run_of("r1", 1)).code(), Code::kLedgerLost);
    rebuild(Token(0), Token(1), 0);
    EXPECT_EQ(worker_.list_due(9)->size(), 2U);
    EXPECT_EQ(*worker_.package(RunId("r1")), "package of r1");
    EXPECT_EQ(worker_.package(RunId("r2")).status().code(), Code::kNotFound);
    ASSERT_TRUE(first.put_package(RunId("r1"), "another").ok());
    EXPECT_EQ(*worker_.package(RunId("r1")), "another");
    EXPECT_EQ(first.put_package(RunId("r2"), "none").code(), Code::kNotFound);
    ASSERT_TRUE(first.forget(RunId("r1")).ok());
    ASSERT_TRUE(first.forget(RunId("r1")).ok());
    EXPECT_TRUE(worker_.list_due(9)->empty());
    EXPECT_EQ(worker_.package(RunId("r1")).status().code(), Code::kNotFound);
}

TEST_F(LiveStoreTest, NothingIsAnsweredBetweenALossAndTheEndOfTheRebuild) {
    rebuild(Token(0), Token(1), 0);
    const Fence old = claim("r1/0", "a")->fence;
    server_.lose();
    EXPECT_EQ(worker_.renew(old, kTtl).status().code(), Code::kLedgerLost);
    MemoryLiveStore next(server_, Token(2));
    const std::string identity = *next.begin_rebuild(Token(1), Token(2), 2);
    ASSERT_TRUE(next.restore(run_of("r1", 2)).ok());
    EXPECT_EQ(worker_.renew(old, kTtl).status().code(), Code::kLedgerLost);
    ASSERT_TRUE(next.end_rebuild(identity).ok());
    EXPECT_EQ(worker_.renew(old, kTtl).status().code(), Code::kLeaseLost);
    EXPECT_EQ(claim("r1/0", "b").status().code(), Code::kLedgerLost);  // the ceiling
    EXPECT_EQ(worker_.items(RunId("r1"))->front().state, ItemState::kReady);
    ASSERT_TRUE(next.raise_ceiling(4).ok());
    EXPECT_EQ(claim("r1/0", "b")->fence.epoch, Epoch(3));
    EXPECT_EQ(claim("r1/0", "b")->fence.epoch, Epoch(3));
    EXPECT_EQ(claim("r1/1", "c")->fence.epoch, Epoch(4));
    EXPECT_EQ(next.epochs()->drawn, 4U);
    EXPECT_EQ(next.epochs()->ceiling, 4U);
}

TEST_F(LiveStoreTest, ALossDuringTheRebuildBeginsItAgain) {
    MemoryLiveStore live(server_, Token(1));
    const std::string identity = *live.begin_rebuild(Token(0), Token(1), 0);
    server_.lose();
    EXPECT_EQ(live.restore(run_of("r1", 1)).code(), Code::kLedgerLost);
    EXPECT_EQ(live.end_rebuild(identity).code(), Code::kLedgerLost);
    EXPECT_EQ(worker_.list_due(1).status().code(), Code::kLedgerLost);
}

TEST_F(LiveStoreTest, AnOldCopyIsNotBelieved) {
    rebuild(Token(0), Token(1), 0);
    const auto copy = server_.snapshot();
    const Fence held = claim("r1/0", "a")->fence;
    server_.restore_snapshot(copy);
    EXPECT_EQ(worker_.renew(held, kTtl).status().code(), Code::kLedgerLost);
    MemoryLiveStore same(server_, Token(1));
    EXPECT_EQ(same.restore(run_of("r2", 1)).code(), Code::kLedgerLost);
    EXPECT_EQ(same.take_over(Token(1), Token(2)).code(), Code::kLedgerLost);
    rebuild(Token(1), Token(2), 2);
    EXPECT_EQ(claim("r1/0", "b")->fence.epoch, Epoch(3));
}

TEST_F(LiveStoreTest, AnOldCoordinatorIsFenced) {
    rebuild(Token(0), Token(1), 0);
    MemoryLiveStore old(server_, Token(1)), next(server_, Token(2));
    EXPECT_EQ(next.restore(run_of("r2", 1)).code(), Code::kLedgerLost);  // not yet
    ASSERT_TRUE(next.take_over(Token(1), Token(2)).ok());
    ASSERT_TRUE(next.take_over(Token(1), Token(2)).ok());
    EXPECT_EQ(old.restore(run_of("r2", 1)).code(), Code::kFenced);
    EXPECT_EQ(old.set_staging(RunId("r1"), "x").code(), Code::kFenced);
    EXPECT_EQ(old.take_over(Token(0), Token(1)).code(), Code::kFenced);
    EXPECT_EQ(old.begin_rebuild(Token(0), Token(1), 0).status().code(), Code::kFenced);
    EXPECT_EQ(next.take_over(Token(5), Token(6)).code(), Code::kLedgerLost);
    EXPECT_TRUE(next.set_staging(RunId("r1"), "x").ok());
    EXPECT_TRUE(worker_.list_due(1).ok());
}

TEST_F(LiveStoreTest, OneLeadsUntilItsTimeIsOver) {
    EXPECT_TRUE(*worker_.lead("a", kTtl));
    EXPECT_FALSE(*worker_.lead("b", kTtl));
    clock_.advance(kTtl / 2);
    EXPECT_TRUE(*worker_.lead("a", kTtl));
    clock_.advance(kTtl / 2);
    EXPECT_FALSE(*worker_.lead("b", kTtl));
    clock_.advance(kTtl / 2);
    EXPECT_TRUE(*worker_.lead("b", kTtl));
}

}  // namespace
}  // namespace millrace
