// A failover of Redis: what a replica does not have is lost, and is read again.
#include <gtest/gtest.h>

#include "common/base/fakes/fake_clock.h"
#include "coordinator/catalog/cluster_store.h"
#include "coordinator/catalog/memory_log.h"
#include "tests/unit/common/store/real_sentinel.h"

namespace millrace {
namespace {

constexpr Duration kTtl = std::chrono::seconds(30);
const RunId kRun("run");
const ItemId kItem("run/0");

TEST(RedisFailoverTest, AcknowledgedWritesThatAreLostAreALossOfTheLedger) {
    RealSentinel redis;
    SystemClock clock;
    FakeClock waits;
    MemoryCatalog catalog;
    const auto opened = RedisStore::open(redis.options(), "cluster", {}, clock);
    ASSERT_TRUE(opened.ok()) << opened.status().text();
    RedisStore& worker = **opened;
    MemoryCatalogLog log(catalog);
    ClusterStore ledger({.log = log,
                         .live = [&](auto token) { return worker.with_token(token); },
                         .clock = waits,
                         .lease_ttl = kTtl});
    ASSERT_TRUE(ledger.take_over({}).ok());
    NewInstance instance{.run = kRun, .task = TaskId("task")};
    instance.window.end = from_millis(100);
    ASSERT_TRUE(ledger.put_package(kRun, "sealed").ok());
    ASSERT_TRUE(ledger.create_instance(instance).ok());
    const NewItem item{kItem, ShardId("shard"), "start"};
    ASSERT_TRUE(ledger.add_items(kRun, {&item, 1}).ok());
    const auto early = worker.claim(kItem, ClaimId("a"), kTtl);
    ASSERT_TRUE(early.ok()) << early.status().text();

    // The ledger has said yes to both; no replica hears of it.
    redis.cut_off();
    Progress progress;
    progress.position = "position";
    progress.counts.read = progress.counts.acknowledged = 5;
    ASSERT_TRUE(worker.checkpoint(early->fence, progress).ok());
    ASSERT_TRUE(worker.finish(early->fence, progress, {EndKind::kBorder, "end"}).ok());
    redis.fail_over();

    // The replica knows the claim, not its end: whoever believed it would renew it.
    Status status;
    do {
        status = worker.renew(early->fence, kTtl).status();
        ASSERT_EQ(status.code(), Code::kLedgerLost) << status.text();
    } while (status.service_code() == "unreachable");
    EXPECT_EQ(worker.finish(early->fence, progress, {EndKind::kBorder, "end"}).code(),
              Code::kLedgerLost);
    EXPECT_EQ(worker.claim(kItem, ClaimId("b"), kTtl).status().code(), Code::kLedgerLost);
    EXPECT_EQ(ledger.tend().code(), Code::kLedgerLost);

    status = ledger.take_over({});
    ASSERT_TRUE(status.ok()) << status.text();
    EXPECT_EQ(worker.checkpoint(early->fence, progress).code(), Code::kLeaseLost);
    const auto again = worker.claim(kItem, ClaimId("c"), kTtl);
    ASSERT_TRUE(again.ok()) << again.status().text();
    EXPECT_GT(again->fence.epoch, early->fence.epoch);
    EXPECT_FALSE(again->has_progress);
    EXPECT_TRUE(worker.finish(again->fence, progress, {EndKind::kBorder, "end"}).ok());
    EXPECT_EQ(ledger.items(kRun)->front().state, ItemState::kWritten);
}

}  // namespace
}  // namespace millrace
