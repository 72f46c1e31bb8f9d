// A coordinator's ledger over a real Redis: the way of a run, and what happens when Redis loses it.
#include <gtest/gtest.h>

#include "common/base/fakes/fake_clock.h"
#include "coordinator/catalog/cluster_store.h"
#include "coordinator/catalog/memory_log.h"
#include "tests/unit/common/store/real_redis.h"

namespace millrace {
namespace {

constexpr Duration kTtl = std::chrono::seconds(30);
const RunId kRun("run");
const ItemId kItem("run/0");

class RedisClusterTest : public ::testing::Test {
  protected:
    struct Coordinator {
        MemoryCatalogLog log;
        ClusterStore store;
        Coordinator(MemoryCatalog& catalog, RedisStore& redis, Clock& clock)
            : log(catalog),
              store({.log = log,
                     .live = [&redis](auto token) { return redis.with_token(token); },
                     .clock = clock,
                     .lease_ttl = kTtl}) {}
    };
    RedisClusterTest() {
        auto store = RedisStore::open(server_.options(), "cluster", {}, clock_);
        EXPECT_TRUE(store.ok()) << store.status().text();
        worker_ = std::move(*store);
    }
    std::unique_ptr<Coordinator> coordinator() {
        auto made = std::make_unique<Coordinator>(catalog_, *worker_, waits_);
        const Status status = made->store.take_over({});
        EXPECT_TRUE(status.ok()) << status.text();
        return made;
    }
    static void begin_run(ClusterStore& store) {
        NewInstance instance{.run = kRun, .task = TaskId("task")};
        instance.window.end = from_millis(100);
        ASSERT_TRUE(store.put_package(kRun, "sealed").ok());
        ASSERT_TRUE(store.create_instance(instance).ok());
        const NewItem item{kItem, ShardId("shard"), "start"};
        ASSERT_TRUE(store.add_items(kRun, {&item, 1}).ok());
    }
    Fence claim(const std::string& id) {
        const auto claimed = worker_->claim(kItem, ClaimId(id), kTtl);
        EXPECT_TRUE(claimed.ok()) << claimed.status().text();
        return claimed.ok() ? claimed->fence : Fence();
    }
    static Progress progress(uint64_t read) {
        Progress progress;
        progress.position = "position";
        progress.counts.read = progress.counts.acknowledged = read;
        progress.new_parts = {{0, 1, "etag"}};
        return progress;
    }
    void write(const Fence& held) {
        ASSERT_TRUE(worker_->checkpoint(held, progress(4)).ok());
        ASSERT_TRUE(worker_->finish(held, progress(5), {EndKind::kBorder, "end"}).ok());
    }
    static void commit(ClusterStore& store) {
        const std::vector<ShardBorders> borders = {
            {StreamId("stream"), ShardId("shard"), {{100, {"border", "end", true}}}}};
        ASSERT_TRUE(store.record_borders(kRun, borders).ok());
        ASSERT_TRUE(store.begin_commit(kRun, "intent").ok());
        ASSERT_TRUE(store.end_commit(kRun, {CommitStep::kCommitted, "receipt", {}}).ok());
        ASSERT_TRUE(store.end_commit(kRun, {CommitStep::kCleaned, {}, {}}).ok());
        EXPECT_EQ(store.instance(kRun)->state, InstanceState::kCleaned);
        EXPECT_EQ(store.instance(kRun)->counts.read, 5U);
    }

    RealRedis server_{{"--appendonly", "yes"}};
    SystemClock clock_;
    FakeClock waits_;
    MemoryCatalog catalog_;
    std::unique_ptr<RedisStore> worker_;
};

TEST_F(RedisClusterTest, ARunGoesItsWayAndLeavesNothingInRedis) {
    const auto one = coordinator();
    const std::string before = server_.command("DBSIZE");
    begin_run(one->store);
    EXPECT_EQ(*worker_->package(kRun), "sealed");
    write(claim("a"));
    EXPECT_EQ(one->store.items(kRun)->front().state, ItemState::kWritten);
    commit(one->store);
    EXPECT_EQ(server_.command("DBSIZE"), before);
}

TEST_F(RedisClusterTest, AfterALossItemsStartAgainUnderLaterEpochs) {
    const auto one = coordinator();
    begin_run(one->store);
    Fence held = claim("a");
    const auto lose = [&](bool by_restart) {
        if (by_restart) {
            server_.kill();
            server_.start();
        } else {
            server_.command("FLUSHALL");
        }
        EXPECT_EQ(worker_->renew(held, kTtl).status().code(), Code::kLedgerLost);
        EXPECT_EQ(one->store.tend().code(), Code::kLedgerLost);
        EXPECT_EQ(one->store.set_control(kRun, {}).code(), Code::kLedgerLost);
        const Status again = one->store.take_over({});
        ASSERT_TRUE(again.ok()) << again.text();
        EXPECT_EQ(worker_->checkpoint(held, progress(9)).code(), Code::kLeaseLost);
        EXPECT_EQ(worker_->list_due(9)->size(), 1U);
        const Fence next = claim(by_restart ? "b" : "c");
        EXPECT_GT(next.epoch, held.epoch);
        held = next;
    };
    ASSERT_TRUE(worker_->checkpoint(held, progress(3)).ok());
    lose(false);
    ASSERT_TRUE(worker_->checkpoint(held, progress(3)).ok());
    lose(true);
    EXPECT_FALSE(one->store.items(kRun)->front().has_progress);
    write(held);
    commit(one->store);
}

TEST_F(RedisClusterTest, ATakeOverKeepsWhatIsWhole) {
    const auto one = coordinator();
    begin_run(one->store);
    const Fence held = claim("a");
    const auto two = coordinator();
    EXPECT_TRUE(worker_->renew(held, kTtl).ok());
    EXPECT_EQ(one->store.set_control(kRun, {}).code(), Code::kFenced);
    write(held);
    commit(two->store);
}

}  // namespace
}  // namespace millrace
