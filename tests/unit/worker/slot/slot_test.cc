#include "worker/slot/slot.h"

#include <gtest/gtest.h>

#include "common/base/fakes/fake_random.h"
#include "common/base/log.h"
#include "common/net/fake_http.h"
#include "common/store/memory_store.h"
#include "common/store/park_reason.h"
#include "tests/unit/support/fake_bus.h"
#include "worker/lease/renewer.h"

namespace millrace {
namespace {

class FakeRunner final : public ItemRunner {
  public:
    explicit FakeRunner(StateStore& store) : store_(store) {}
    bool takes(const RunId& run) override {
        if (on_takes) on_takes();
        return run == known;
    }
    Status run(const Claimed& claimed, const CallContext& context) override {
        ran.push_back(claimed.fence.item.text());
        if (during) during(claimed);
        if (context.stop.stop_requested()) return Status(Code::kCancelled, "stopped by request");
        if (!outcome.ok()) return outcome;
        return store_.finish(claimed.fence, {}, {EndKind::kBorder, "end"});
    }
    void control(const RunId&, const RunControl& control) override { controls.push_back(control); }

    RunId known{"ours"};
    std::function<void()> on_takes;
    std::vector<std::string> ran;
    std::vector<RunControl> controls;
    std::function<void(const Claimed&)> during;
    Status outcome;

  private:
    StateStore& store_;
};

class SlotTest : public ::testing::Test {
  protected:
    SlotTest() {
        work_.on_silence = [this] {
            if (++silences_ == 3) stop_.request_stop();
        };
    }
    void create(const std::string& run, const RunControl& control = {}) {
        ASSERT_TRUE(store_
                        .create_instance({.run = RunId(run),
                                          .task = TaskId("task of " + run),
                                          .window = {from_millis(0), from_millis(100)},
                                          .kind = RunKind::kFirst,
                                          .job_version = "1",
                                          .encoder_version = "1",
                                          .job = "{}",
                                          .control = control})
                        .ok());
        const NewItem item{ItemId(run + "/0"), ShardId("shard"), "{}"};
        ASSERT_TRUE(store_.add_items(RunId(run), std::span(&item, 1)).ok());
    }
    // Until nobody has rung three times.
    void work() {
        Slot slot({store_, work_, events_, http_, clock_, random_, leases_, runner_, settings_,
                   [this](const Status& status) { failures_.push_back(status); }});
        slot.work(stop_.get_token());
    }
    ItemView item(const std::string& run) { return store_.items(RunId(run))->front(); }
    static Doorbell bell(const std::string& run) { return {RunId(run), ItemId(run + "/0")}; }

    FakeClock clock_;
    MemoryStore store_{clock_};
    FakeBus work_{clock_}, events_{clock_};
    FakeHttp http_{[](const HttpRequest&) { return FakeHttp::answer(200, ""); }};
    FakeRandom random_;
    LeaseRenewer leases_{store_, clock_, {}};
    FakeRunner runner_{store_};
    std::stop_source stop_;
    int silences_ = 0;
    SlotSettings settings_;
    std::vector<Status> failures_;
};

TEST_F(SlotTest, ADoorbellIsAnsweredAndTheCoordinatorTold) {
    create("ours");
    ASSERT_TRUE(work_.publish(bell("ours")).ok());
    work();
    EXPECT_EQ(item("ours").state, ItemState::kWritten);
    EXPECT_EQ(events_.published, std::vector<Doorbell>{bell("ours")});
}

TEST_F(SlotTest, LogLinesSayWhichAttemptItIs) {
    create("ours");
    const auto lost = store_.claim(ItemId("ours/0"), ClaimId("lost"), leases_.settings().ttl);
    ASSERT_TRUE(store_.release(lost->fence, true).ok());
    std::vector<std::string> lines;
    log::set_observer([&](const log::Line& line) { lines.emplace_back(line.text); });
    work();
    log::set_observer({});
    ASSERT_EQ(lines.size(), 2u);
    for (const std::string& line : lines) {
        EXPECT_NE(line.find(" run=ours item=ours/0 shard=shard epoch=2 attempt=2"),
                  std::string::npos)
            << line;
    }
}

TEST_F(SlotTest, StagingThatIsGoneParksItsItemAndFailsNoRun) {
    for (const bool attempts : {false, true}) {
        settings_.attempts = attempts;
        const std::string run = attempts ? "cluster" : "embedded";
        create(run);
        runner_.known = RunId(run);
        runner_.outcome = staging_gone("the session has ended");
        stop_ = {};
        silences_ = 0;
        work();
        EXPECT_EQ(item(run).state, ItemState::kParked);
        EXPECT_TRUE(is_staging_gone(parked_for(item(run).reason)));
        EXPECT_TRUE(failures_.empty());
    }
}

TEST_F(SlotTest, ALostDoorbellIsFoundInTheLedger) {
    create("ours");
    work();
    EXPECT_EQ(item("ours").state, ItemState::kWritten);
}

// An interrupted run of another job lies in the same state folder: its items would be written with
// this job's reader, window and names.
TEST_F(SlotTest, ItemsOfOtherRunsAreLeftAlone) {
    create("theirs");
    create("ours");
    ASSERT_TRUE(work_.publish(bell("theirs")).ok());
    work();
    EXPECT_EQ(runner_.ran, std::vector<std::string>{"ours/0"});
    EXPECT_EQ(item("theirs").state, ItemState::kReady);
    EXPECT_EQ(item("theirs").epoch, Epoch{});
}

TEST_F(SlotTest, AFailureParksTheItemWithItsReason) {
    create("ours");
    runner_.outcome = Status(Code::kCorrupt, "damaged again and again");
    work();
    EXPECT_EQ(item("ours").state, ItemState::kParked);
    EXPECT_EQ(item("ours").reason, "damaged again and again");
    ASSERT_EQ(failures_.size(), 1u);
    EXPECT_EQ(failures_[0].code(), Code::kCorrupt);
}

TEST_F(SlotTest, AParkedItemGoesOnWhenTheRunIsReopened) {
    create("ours");
    runner_.outcome = Status(Code::kUnreachable, "no route");
    work();
    ASSERT_EQ(item("ours").state, ItemState::kParked);
    ASSERT_TRUE(store_.reopen_instance(RunId("ours"), {"1", "1", "{}", {}, false}).ok());
    runner_.outcome = {};
    stop_ = {};
    silences_ = 0;
    work();
    EXPECT_EQ(item("ours").state, ItemState::kWritten);
}

TEST_F(SlotTest, AStopGivesTheItemBackWithoutAnAttempt) {
    create("ours");
    runner_.during = [this](const Claimed&) { stop_.request_stop(); };
    work();
    EXPECT_EQ(item("ours").state, ItemState::kReady);
    EXPECT_EQ(item("ours").attempts, 0);
}

TEST_F(SlotTest, ALostLeaseLeavesTheItemToItsNewOwner) {
    create("ours");
    Fence other;
    runner_.during = [&](const Claimed&) {
        clock_.advance(std::chrono::seconds(31));
        const auto claimed =
            store_.claim(ItemId("ours/0"), ClaimId("other"), std::chrono::hours(1));
        ASSERT_TRUE(claimed.ok());
        other = claimed->fence;
        runner_.outcome = Status(Code::kLeaseLost, "the lease of this item has expired");
    };
    work();
    EXPECT_EQ(item("ours").state, ItemState::kClaimed);
    EXPECT_EQ(item("ours").epoch, other.epoch);
    EXPECT_TRUE(failures_.empty());
}

// The ledger may be away for a moment, or lost and rebuilt: its lease runs out, somebody goes on.
TEST_F(SlotTest, ALostLedgerLeavesTheItemAlone) {
    for (const bool attempts : {false, true}) {
        SCOPED_TRACE(attempts);
        settings_.attempts = attempts;
        const std::string run = attempts ? "ours" : "theirs";
        create(run);
        runner_.known = RunId(run);
        runner_.outcome = Status(Code::kLedgerLost, "the ledger is not rebuilt yet");
        stop_ = {};
        silences_ = 0;
        work();
        EXPECT_EQ(item(run).state, ItemState::kClaimed);
        EXPECT_EQ(item(run).attempts, 0);
    }
    EXPECT_TRUE(failures_.empty());
}

// Who takes it over knows then that it was not given back: commits may have to wait for the
// request.
TEST_F(SlotTest, AnItemWithARequestUnderWayIsNotGivenBack) {
    create("ours");
    settings_.attempts = true;
    runner_.outcome = Status(Code::kUnknownOutcome, "no answer in time");
    work();
    EXPECT_EQ(item("ours").state, ItemState::kClaimed);
    clock_.advance(std::chrono::seconds(31));
    ASSERT_TRUE(store_.claim(ItemId("ours/0"), ClaimId("other"), std::chrono::hours(1)).ok());
    EXPECT_EQ(item("ours").abandoned, Epoch(1));
    EXPECT_EQ(item("ours").attempts, 1);
}

TEST_F(SlotTest, WhatAnotherAttemptMayMendIsTriedFiveTimes) {
    create("ours");
    settings_.attempts = true;
    runner_.outcome = Status(Code::kUnreachable, "no route");
    silences_ = -20;
    work();
    EXPECT_EQ(runner_.ran.size(), 5u);
    EXPECT_EQ(item("ours").state, ItemState::kParked);
    EXPECT_EQ(item("ours").reason, "5 attempts without progress");
}

TEST_F(SlotTest, WhatNoAttemptMendsIsParkedAtOnce) {
    settings_.attempts = true;
    for (const Code code :
         {Code::kConfig, Code::kDirtyRecord, Code::kCorrupt, Code::kSourceChanged, Code::kFatal}) {
        const std::string run(name_of(code));
        create(run);
        runner_.known = RunId(run);
        runner_.outcome = Status(code, "for good");
        stop_ = {};
        silences_ = 0;
        work();
        EXPECT_EQ(item(run).state, ItemState::kParked) << run;
        EXPECT_EQ(parked_for(item(run).reason).text(), "for good");
    }
    EXPECT_EQ(runner_.ran.size(), 5u);
}

// The coordinator in another process closes the run.
TEST_F(SlotTest, ThatTheSourceHasChangedStandsInTheReason) {
    create("ours");
    runner_.outcome = Status(Code::kSourceChanged, "the object was replaced");
    work();
    EXPECT_EQ(parked_for(item("ours").reason).code(), Code::kSourceChanged);
    EXPECT_EQ(parked_for("any other text").code(), Code::kFatal);
}

// When many look at once, the first due items are taken already.
TEST_F(SlotTest, AnItemThatIsRefusedDoesNotHideTheNext) {
    create("ours", {.concurrent = 2});
    const NewItem second{ItemId("ours/1"), ShardId("other shard"), "{}"};
    ASSERT_TRUE(store_.add_items(RunId("ours"), std::span(&second, 1)).ok());
    runner_.on_takes = [this] {
        runner_.on_takes = {};
        ASSERT_TRUE(store_.claim(ItemId("ours/0"), ClaimId("other"), std::chrono::hours(1)).ok());
    };
    work();
    EXPECT_EQ(runner_.ran, std::vector<std::string>{"ours/1"});
}

TEST_F(SlotTest, AfterAnItemTheNextIsLookedForAtOnce) {
    settings_.look_at_start = true;
    create("ours");
    std::vector<NewItem> more;
    for (int i = 1; i < 4; ++i) {
        more.push_back({ItemId("ours/" + std::to_string(i)), ShardId(std::to_string(i)), "{}"});
    }
    ASSERT_TRUE(store_.add_items(RunId("ours"), more).ok());
    settings_.look_every = std::chrono::hours(1);
    silences_ = -100;
    runner_.during = [this](const Claimed&) {
        if (runner_.ran.size() == 4) stop_.request_stop();
    };
    work();
    EXPECT_EQ(runner_.ran.size(), 4u);
    EXPECT_LT(clock_.advanced(), std::chrono::hours(1));
}

TEST_F(SlotTest, TheLimitsOfTheClaimHoldAtOnce) {
    create("ours", {.source_bytes_per_second = 5.0});
    work();
    ASSERT_EQ(runner_.controls.size(), 1u);
    EXPECT_EQ(runner_.controls[0].source_bytes_per_second, 5.0);
}

TEST_F(SlotTest, AnItemOfAPausedRunIsGivenBackWithoutAWordOrAnAttempt) {
    create("ours", {.paused = true});
    ASSERT_TRUE(work_.publish(bell("ours")).ok());
    work();
    EXPECT_TRUE(runner_.ran.empty());
    EXPECT_TRUE(events_.published.empty());
    EXPECT_EQ(item("ours").state, ItemState::kReady);
    EXPECT_EQ(item("ours").attempts, 0);
}

TEST_F(SlotTest, AnItemOfACancelledRunIsNotWorkedOn) {
    create("ours", {.cancelled = true});
    ASSERT_TRUE(work_.publish(bell("ours")).ok());
    work();
    EXPECT_TRUE(runner_.ran.empty());
}

}  // namespace
}  // namespace millrace
