// A run that is driven from its ledger comes to its end whatever is lost at any call, by live
// store, coordinator or worker.
#include <gtest/gtest.h>

#include "tests/unit/common/store/store_text.h"
#include "tests/unit/coordinator/catalog/cluster.h"

namespace millrace {
namespace {

const RunId kRun("r1");
constexpr Duration kTtl = Cluster::kTtl;

// Plays coordinator and worker by turns, one call at a time; both know only what the ledger says.
class History {
  public:
    History() : cluster(clock) {}

    // True: there was something to do and it was called.
    bool step() {
        const auto there = cluster.instance(kRun);
        if (there.status().code() == Code::kNotFound) return made(create());
        if (!there.ok()) return made(there.status());
        if (there->state == InstanceState::kCleaned) return false;
        if (there->state != InstanceState::kRunning) return made(commit(*there));
        const auto items = cluster.items(kRun);
        if (!items.ok()) return made(items.status());
        if (items->empty()) return made(add());
        for (const ItemView& item : *items) {
            if (item.state != ItemState::kWritten) return made(work(item));
        }
        if (!there->borders_recorded) return made(cluster.record_borders(kRun, borders()));
        return made(cluster.begin_commit(kRun, "intent"));
    }
    void run() {
        for (int calls = 0; step(); ++calls) {
            if (before_call) before_call(calls);
            ASSERT_LT(calls, 500) << last.text();
        }
        EXPECT_EQ(cluster.instance(kRun)->receipt, "receipt");
        EXPECT_EQ(cluster.instance(kRun)->counts.read, 10U);
        const auto items = cluster.items(kRun);
        for (const ItemView& item : *items) {
            EXPECT_EQ(item.state, ItemState::kWritten);
            EXPECT_EQ(item.end, (ItemEnd{EndKind::kBorder, "end of " + item.item.text()}));
            EXPECT_EQ(item.progress.new_parts.size(), 2U);
        }
    }

    FakeClock clock;
    Cluster cluster;
    bool restages = false;
    std::function<void(int)> before_call;
    std::vector<Fence> fences;  // all that were granted
    Status last;

  private:
    // A lost ledger needs a coordinator that takes over; so does a dead coordinator.
    bool made(const Status& status) {
        last = status;
        if (status.code() == Code::kLedgerLost) {
            held_.clear();
            cluster.begin_anew();
            // None of the claims of before holds any more.
            if (cluster.server_was_lost) {
                cluster.server_was_lost = false;
                for (const Fence& fence : fences) {
                    EXPECT_FALSE(cluster.renew(fence, kTtl).ok());
                    EXPECT_FALSE(cluster.checkpoint(fence, {}).ok());
                    EXPECT_FALSE(cluster.finish(fence, {}, {}).ok());
                    EXPECT_FALSE(cluster.reserve(fence, 1).ok());
                }
            }
        } else {
            EXPECT_TRUE(status.ok() || status.code() == Code::kLeaseLost) << status.text();
            if (!status.ok()) held_.clear();
        }
        return true;
    }
    Status create() {
        NewInstance instance;
        instance.run = kRun;
        instance.task = TaskId("task");
        instance.window = {from_millis(0), from_millis(100)};
        instance.job_version = "job1";
        instance.control.concurrent = 9;
        return cluster.create_instance(instance).status();
    }
    Status add() {
        const NewItem items[] = {{ItemId("r1/0"), ShardId("a"), "start"},
                                 {ItemId("r1/1"), ShardId("b"), "start"}};
        return cluster.add_items(kRun, items);
    }
    Status work(const ItemView& item) {
        const auto held = held_.find(item.item);
        if (held == held_.end()) {
            const auto claimed =
                cluster.claim(item.item, ClaimId("c" + std::to_string(++claims_)), kTtl);
            if (!claimed.ok()) {
                clock.advance(kTtl);  // the claim of a worker that did not get its answer
                return claimed.status();
            }
            EXPECT_TRUE(fences.empty() || claimed->fence.epoch > fences.back().epoch);
            fences.push_back(claimed->fence);
            held_[item.item] = claimed->fence;
            return {};
        }
        Progress progress;
        progress.position = "half";
        progress.counts.read = progress.counts.acknowledged = item.has_progress ? 5 : 2;
        const uint32_t number = item.has_progress ? 2 : 1;
        progress.new_parts = {{0, number, "part " + std::to_string(number)}};
        if (!item.has_progress) return cluster.checkpoint(held->second, progress);
        const Status status = cluster.finish(held->second, progress,
                                             {EndKind::kBorder, "end of " + item.item.text()});
        held_.erase(held);
        return status;
    }
    static std::vector<ShardBorders> borders() {
        ShardBorders one{StreamId("s"), ShardId("a"), {}};
        one.borders[0] = {"border", "begin", false};
        one.borders[100] = {"border", "end of r1/0", true};
        return {one};
    }
    Status commit(const InstanceView& instance) {
        if (instance.state == InstanceState::kCommitted) {
            return cluster.end_commit(kRun, {CommitStep::kCleaned, {}, {}});
        }
        EXPECT_EQ(instance.intent, "intent");
        if (restages && fences.back().item != ItemId("r1/9")) {
            const Status status =
                cluster.end_commit(kRun, {CommitStep::kRestage, {}, {ItemId("r1/1")}});
            if (status.ok()) restages = false;
            return status;
        }
        return cluster.end_commit(kRun, {CommitStep::kCommitted, "receipt", {}});
    }

    std::map<ItemId, Fence> held_;
    int claims_ = 0;
};

int calls_of_a_run(bool restages) {
    History history;
    history.restages = restages;
    int calls = 0;
    history.before_call = [&](int) { ++calls; };
    history.run();
    return calls;
}

class RecoveryTest : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Commit, RecoveryTest, ::testing::Values(false, true),
                         [](const auto& one) { return one.param ? "Restaged" : "Straight"; });

TEST_P(RecoveryTest, ALiveStoreThatIsEmptiedAtAnyCall) {
    const int calls = calls_of_a_run(GetParam());
    ASSERT_GT(calls, 10);
    for (int k = 0; k < calls; ++k) {
        SCOPED_TRACE(k);
        History history;
        history.restages = GetParam();
        history.before_call = [&](int call) {
            if (call != k) return;
            history.cluster.server.lose();
            history.cluster.server_was_lost = true;
        };
        ASSERT_NO_FATAL_FAILURE(history.run());
        EXPECT_LE(history.cluster.coordinators, 2);
    }
}

TEST_P(RecoveryTest, AnOldCopyOfTheLiveStoreComesBackAtAnyCall) {
    const int calls = calls_of_a_run(GetParam());
    for (int k = 0; k < calls; ++k) {
        for (int back = 1; back <= 3; ++back) {
            SCOPED_TRACE(std::to_string(k) + " " + std::to_string(back));
            History history;
            history.restages = GetParam();
            auto copy = history.cluster.server.snapshot();
            history.before_call = [&](int call) {
                if (call + back == k) copy = history.cluster.server.snapshot();
                if (call != k) return;
                history.cluster.server.restore_snapshot(copy);
                history.cluster.server_was_lost = true;
            };
            ASSERT_NO_FATAL_FAILURE(history.run());
        }
    }
}

TEST_P(RecoveryTest, ACoordinatorThatDiesAtAnyWrite) {
    for (const bool done : {false, true}) {
        for (int k = 0;; ++k) {
            SCOPED_TRACE(std::to_string(k) + (done ? ", done" : ", not done"));
            History history;
            history.restages = GetParam();
            history.cluster.coordinator->fate().calls_left = k;
            history.cluster.coordinator->fate().done_all_the_same = done;
            ASSERT_NO_FATAL_FAILURE(history.run());
            if (history.cluster.coordinators == 1) break;  // it had fewer writes
            ASSERT_LT(k, 100);
        }
    }
}

// The coordinator that puts a loss right dies at each of its own writes.
TEST_P(RecoveryTest, ARebuildThatDiesAtAnyWriteIsBegunAgain) {
    const int calls = calls_of_a_run(GetParam());
    for (int k = 0; k < calls; ++k) {
        for (int death = 0;; ++death) {
            SCOPED_TRACE(std::to_string(k) + " " + std::to_string(death));
            History history;
            history.restages = GetParam();
            bool dies = true;
            history.before_call = [&](int call) {
                if (call != k) return;
                Cluster& cluster = history.cluster;
                cluster.server.lose();
                cluster.server_was_lost = true;
                cluster.coordinator->fate() = {.calls_left = death,
                                               .done_all_the_same = death % 2 == 0};
                dies = !cluster.store().take_over({}).ok();
                if (!dies) cluster.coordinator->fate() = {};
            };
            ASSERT_NO_FATAL_FAILURE(history.run());
            if (!dies) break;
            ASSERT_LT(death, 50);
        }
    }
}

TEST(RebuildTest, WaitsForTheLeasesOfBeforeAndStopsWhenAsked) {
    History history;
    while (history.fences.empty()) history.step();
    history.cluster.server.lose();
    const Duration before = history.cluster.waits.advanced();
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(history.cluster.store().take_over(stop.get_token()).code(), Code::kCancelled);
    EXPECT_EQ(history.cluster.set_control(kRun, {}).code(), Code::kLedgerLost);
    ASSERT_TRUE(history.cluster.store().take_over({}).ok());
    EXPECT_EQ(history.cluster.waits.advanced() - before, kTtl);
    EXPECT_EQ(history.cluster.items(kRun)->front().state, ItemState::kReady);
}

TEST(RebuildTest, ATakeOverOfAWholeStoreLosesNothingAndWaitsForNothing) {
    History history;
    while (history.fences.empty()) history.step();
    const Duration before = history.cluster.waits.advanced();
    history.cluster.begin_anew();
    EXPECT_EQ(history.cluster.waits.advanced(), before);
    EXPECT_TRUE(history.cluster.renew(history.fences.back(), kTtl).ok());
}

}  // namespace
}  // namespace millrace
