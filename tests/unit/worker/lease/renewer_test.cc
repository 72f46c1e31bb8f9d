#include "worker/lease/renewer.h"

#include <gtest/gtest.h>

#include <future>

#include "common/base/fakes/fake_clock.h"
#include "common/store/memory_store.h"
#include "common/store/memory_tables.h"

namespace millrace {
namespace {

using std::chrono::seconds;

constexpr auto kPatience = seconds(60);  // a test that waits so long has failed

class LeaseRenewerTest : public ::testing::Test {
  protected:
    LeaseRenewerTest() {
        EXPECT_TRUE(store_
                        .create_instance({.run = run_,
                                          .task = TaskId("task"),
                                          .window = {from_millis(0), from_millis(100)},
                                          .kind = RunKind::kFirst,
                                          .job_version = "1",
                                          .encoder_version = "1",
                                          .job = "{}",
                                          .control = {.concurrent = 2}})
                        .ok());
        const std::vector<NewItem> items = {{ItemId("run/0"), ShardId("a"), "{}"},
                                            {ItemId("run/1"), ShardId("b"), "{}"}};
        EXPECT_TRUE(store_.add_items(run_, items).ok());
    }
    Claimed claim(const std::string& item, Duration ttl = seconds(30)) {
        const auto claimed = store_.claim(ItemId(item), ClaimId("c" + item), ttl);
        EXPECT_TRUE(claimed.ok()) << claimed.status().text();
        return claimed.ok() ? *claimed : Claimed{};
    }
    // A second lease that begins wakes the renewer: it looks at the clock now.
    void wake(LeaseRenewer& renewer) {
        renewer.end(other_);
        renewer.begin(other_, claim("run/1", std::chrono::hours(10)), clock_.monotonic());
    }
    static bool stopped(LeaseHold& hold) {
        std::promise<void> promise;
        const std::stop_callback told(hold.stop.get_token(), [&] { promise.set_value(); });
        return promise.get_future().wait_for(kPatience) == std::future_status::ready;
    }

    const RunId run_{"run"};
    FakeClock clock_;
    MemoryStore store_{clock_};
    LeaseHold other_;
};

TEST_F(LeaseRenewerTest, ALeaseGoesOnWhileTheStoreAnswers) {
    LeaseRenewer renewer(store_, clock_, {});
    LeaseHold hold;
    std::promise<RunControl> changed;
    hold.on_change = [&](const RunControl& control) { changed.set_value(control); };
    renewer.begin(hold, claim("run/0"), clock_.monotonic());
    ASSERT_TRUE(store_.set_control(run_, {.source_bytes_per_second = 7, .concurrent = 2}).ok());
    clock_.advance(seconds(11));
    wake(renewer);
    auto control = changed.get_future();
    ASSERT_EQ(control.wait_for(kPatience), std::future_status::ready);
    EXPECT_EQ(control.get().source_bytes_per_second, 7);
    clock_.advance(seconds(20));  // 31 s after the claim, 20 s after the renewal
    EXPECT_TRUE(hold.view.may_send(clock_.monotonic()).ok());
    EXPECT_FALSE(hold.stop.stop_requested());
    renewer.end(hold);
    EXPECT_EQ(hold.view.may_send(clock_.monotonic()).status().code(), Code::kLeaseLost);
    renewer.end(other_);
}

TEST_F(LeaseRenewerTest, ALostLeaseStopsItsSlotOnly) {
    LeaseRenewer renewer(store_, clock_, {});
    LeaseHold hold;
    const Claimed mine = claim("run/0");
    renewer.begin(hold, mine, clock_.monotonic());
    ASSERT_TRUE(store_.release(mine.fence, false).ok());
    ASSERT_TRUE(store_.claim(ItemId("run/0"), ClaimId("thief"), std::chrono::hours(1)).ok());
    clock_.advance(seconds(11));
    wake(renewer);
    EXPECT_TRUE(stopped(hold));
    EXPECT_EQ(hold.view.may_send(clock_.monotonic()).status().code(), Code::kLeaseLost);
    EXPECT_FALSE(other_.stop.stop_requested());
    renewer.end(hold);
    renewer.end(other_);
}

TEST_F(LeaseRenewerTest, AFrozenProcessFindsItsLeaseLost) {
    LeaseRenewer renewer(store_, clock_, {});
    LeaseHold hold;
    renewer.begin(hold, claim("run/0"), clock_.monotonic());
    clock_.advance(seconds(40));
    EXPECT_FALSE(hold.view.may_send(clock_.monotonic()).ok());  // before anybody has noticed
    wake(renewer);
    EXPECT_TRUE(stopped(hold));
    renewer.end(hold);
    renewer.end(other_);
}

TEST_F(LeaseRenewerTest, APauseAndACancelStopTheSlot) {
    for (const RunControl& control : {RunControl{.concurrent = 2, .paused = true},
                                      RunControl{.concurrent = 2, .cancelled = true}}) {
        LeaseRenewer renewer(store_, clock_, {});
        LeaseHold hold;
        ASSERT_TRUE(store_.set_control(run_, {.concurrent = 2}).ok());
        const Claimed mine = claim("run/0", std::chrono::hours(10));
        renewer.begin(hold, mine, clock_.monotonic());
        ASSERT_TRUE(store_.set_control(run_, control).ok());
        clock_.advance(seconds(11));
        wake(renewer);
        EXPECT_TRUE(stopped(hold));
        renewer.end(hold);
        renewer.end(other_);
    }
}

// A ledger that lets something happen while it is asked.
class BusyStore final : public Ledger {
  public:
    explicit BusyStore(Clock& clock) : Ledger(std::make_unique<MemoryTables>(), clock) {}
    Result<RunControl> renew(const Fence& fence, Duration ttl) override {
        if (during) std::exchange(during, {})();
        return Ledger::renew(fence, ttl);
    }
    std::function<void()> during;
};

TEST(LeasesTest, LeasesEndAndBeginWhileTheLedgerIsAsked) {
    FakeClock clock;
    BusyStore store(clock);
    ASSERT_TRUE(store.create_instance({.run = RunId("run"), .task = TaskId("task")}).ok());
    const NewItem item{ItemId("run/0"), ShardId("a"), "{}"};
    ASSERT_TRUE(store.add_items(RunId("run"), std::span(&item, 1)).ok());
    const auto first = store.claim(item.item, ClaimId("first"), seconds(30));
    ASSERT_TRUE(first.ok());
    Leases leases(store, clock, {});
    LeaseHold hold;
    leases.begin(hold, *first, clock.monotonic());
    clock.advance(seconds(11));
    store.during = [&] {  // the slot gives the item back and claims it once more
        leases.end(hold);
        ASSERT_TRUE(store.release(first->fence, false).ok());
        const auto second = store.claim(item.item, ClaimId("second"), seconds(30));
        ASSERT_TRUE(second.ok());
        leases.begin(hold, *second, clock.monotonic());
    };
    (void)leases.renew_due();
    EXPECT_FALSE(hold.stop.stop_requested()) << "the answer was about the first claim";
    clock.advance(seconds(26));
    EXPECT_TRUE(hold.view.may_send(clock.monotonic()).ok());
    clock.advance(seconds(2));
    EXPECT_FALSE(hold.view.may_send(clock.monotonic()).ok());
}

}  // namespace
}  // namespace millrace
