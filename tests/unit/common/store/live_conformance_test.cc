// What every live store does beside the ledger: incarnation, token, ceiling, packages, lead.
#include <gtest/gtest.h>

#include "common/base/fakes/fake_clock.h"
#include "common/store/memory_live_store.h"
#include "tests/unit/common/store/real_redis.h"

namespace millrace {
namespace {

constexpr Duration kTtl = std::chrono::seconds(30);

LiveRun run_of(const std::string& name, int items) {
    LiveRun run;
    run.instance.run = RunId(name);
    run.instance.task = TaskId("task");
    run.instance.control.concurrent = 2;
    run.package = "package of " + name;
    for (int i = 0; i < items; ++i) {
        ItemRow& item = run.items.emplace_back();
        item.item = ItemId(name + "/" + std::to_string(i));
        item.run = run.instance.run;
    }
    return run;
}

// What keeps a live store, and what may happen to it.
class LiveServer {
  public:
    virtual ~LiveServer() = default;
    virtual std::unique_ptr<LiveStore> object(std::optional<Token> token) = 0;
    virtual void lose() = 0;
    virtual void snapshot() = 0;
    virtual void restore_snapshot() = 0;
};

class MemoryServer final : public LiveServer {
  public:
    explicit MemoryServer(Clock& clock) : server_(clock) {}
    std::unique_ptr<LiveStore> object(std::optional<Token> token) override {
        return std::make_unique<MemoryLiveStore>(server_, token);
    }
    void lose() override { server_.lose(); }
    void snapshot() override { copy_ = server_.snapshot(); }
    void restore_snapshot() override { server_.restore_snapshot(copy_); }

  private:
    MemoryLiveServer server_;
    std::shared_ptr<const MemoryLiveServer::Copy> copy_;
};

class RedisServer final : public LiveServer {
  public:
    explicit RedisServer(Clock& clock) : clock_(clock) {}
    std::unique_ptr<LiveStore> object(std::optional<Token> token) override {
        auto store = RedisStore::open(server_.options(), "live", token, real_clock_);
        EXPECT_TRUE(store.ok()) << store.status().text();
        (*store)->use_time_of(clock_);
        return std::move(*store);
    }
    void lose() override { server_.command("FLUSHALL"); }
    void snapshot() override { server_.command("SAVE"); }
    void restore_snapshot() override {
        server_.kill();
        server_.start();
    }

  private:
    Clock& clock_;
    SystemClock real_clock_;
    RealRedis server_;
};

enum class LiveKind { kMemory, kRedis };

class LiveConformanceTest : public ::testing::TestWithParam<LiveKind> {
  protected:
    static std::unique_ptr<LiveServer> make_server(Clock& clock) {
        if (GetParam() == LiveKind::kMemory) return std::make_unique<MemoryServer>(clock);
        return std::make_unique<RedisServer>(clock);
    }
    void rebuild(Token before, Token now, uint64_t ceiling) {
        const auto live = object(now);
        const auto identity = live->begin_rebuild(before, now, ceiling);
        ASSERT_TRUE(identity.ok()) << identity.status().text();
        ASSERT_TRUE(live->restore(run_of("r1", 2)).ok());
        ASSERT_TRUE(live->end_rebuild(*identity).ok());
        ASSERT_TRUE(live->end_rebuild(*identity).ok());
        ASSERT_TRUE(live->raise_ceiling(ceiling + 2).ok());
        ASSERT_TRUE(live->raise_ceiling(ceiling + 1).ok());  // never lower
    }
    std::unique_ptr<LiveStore> object(Token token) { return server_->object(token); }
    Result<Claimed> claim(const std::string& item, const std::string& id) {
        return worker_->claim(ItemId(item), ClaimId(id), kTtl);
    }

    FakeClock clock_;
    const std::unique_ptr<LiveServer> server_ = make_server(clock_);
    const std::unique_ptr<LiveStore> worker_ = server_->object({});
};
INSTANTIATE_TEST_SUITE_P(Stores, LiveConformanceTest,
                         ::testing::Values(LiveKind::kMemory, LiveKind::kRedis),
                         [](const auto& kind) {
                             return kind.param == LiveKind::kMemory ? "Memory" : "Redis";
                         });

TEST_P(LiveConformanceTest, AnEmptyServerIsLostUntilItIsRebuilt) {
    EXPECT_EQ(worker_->list_due(1).status().code(), Code::kLedgerLost);
    const auto first = object(Token(1));
    EXPECT_EQ(first->take_over(Token(0), Token(1)).code(), Code::kLedgerLost);
    EXPECT_EQ(first->restore(run_of("r1", 1)).code(), Code::kLedgerLost);
    rebuild(Token(0), Token(1), 0);
    EXPECT_EQ(worker_->list_due(9)->size(), 2U);
    EXPECT_EQ(*worker_->package(RunId("r1")), "package of r1");
    EXPECT_EQ(worker_->package(RunId("r2")).status().code(), Code::kNotFound);
    ASSERT_TRUE(first->forget(RunId("r1")).ok());
    ASSERT_TRUE(first->forget(RunId("r1")).ok());
    EXPECT_TRUE(worker_->list_due(9)->empty());
    EXPECT_EQ(worker_->package(RunId("r1")).status().code(), Code::kNotFound);
}

TEST_P(LiveConformanceTest, NothingIsAnsweredBetweenALossAndTheEndOfTheRebuild) {
    rebuild(Token(0), Token(1), 0);
    const Fence old = claim("r1/0", "a")->fence;
    server_->lose();
    EXPECT_EQ(worker_->renew(old, kTtl).status().code(), Code::kLedgerLost);
    const auto next = object(Token(2));
    const std::string identity = *next->begin_rebuild(Token(1), Token(2), 2);
    ASSERT_TRUE(next->restore(run_of("r1", 2)).ok());
    EXPECT_EQ(worker_->renew(old, kTtl).status().code(), Code::kLedgerLost);
    ASSERT_TRUE(next->end_rebuild(identity).ok());
    EXPECT_EQ(worker_->renew(old, kTtl).status().code(), Code::kLeaseLost);
    EXPECT_EQ(claim("r1/0", "b").status().code(), Code::kLedgerLost);  // the ceiling
    EXPECT_EQ(worker_->items(RunId("r1"))->front().state, ItemState::kReady);
    ASSERT_TRUE(next->raise_ceiling(4).ok());
    EXPECT_EQ(claim("r1/0", "b")->fence.epoch, Epoch(3));
    EXPECT_EQ(claim("r1/0", "b")->fence.epoch, Epoch(3));
    EXPECT_EQ(claim("r1/1", "c")->fence.epoch, Epoch(4));
    EXPECT_EQ(next->epochs()->drawn, 4U);
    EXPECT_EQ(next->epochs()->ceiling, 4U);
}

TEST_P(LiveConformanceTest, ALossDuringTheRebuildBeginsItAgain) {
    const auto live = object(Token(1));
    const std::string identity = *live->begin_rebuild(Token(0), Token(1), 0);
    server_->lose();
    EXPECT_EQ(live->restore(run_of("r1", 1)).code(), Code::kLedgerLost);
    EXPECT_EQ(live->end_rebuild(identity).code(), Code::kLedgerLost);
    EXPECT_EQ(worker_->list_due(1).status().code(), Code::kLedgerLost);
}

TEST_P(LiveConformanceTest, AnOldCopyIsNotBelieved) {
    rebuild(Token(0), Token(1), 0);
    server_->snapshot();
    const Fence held = claim("r1/0", "a")->fence;
    server_->restore_snapshot();
    EXPECT_EQ(worker_->renew(held, kTtl).status().code(), Code::kLedgerLost);
    const auto same = object(Token(1));
    EXPECT_EQ(same->restore(run_of("r2", 1)).code(), Code::kLedgerLost);
    EXPECT_EQ(same->take_over(Token(1), Token(2)).code(), Code::kLedgerLost);
    rebuild(Token(1), Token(2), 2);
    EXPECT_EQ(claim("r1/0", "b")->fence.epoch, Epoch(3));
}

TEST_P(LiveConformanceTest, AnOldCoordinatorIsFenced) {
    rebuild(Token(0), Token(1), 0);
    const auto old = object(Token(1)), next = object(Token(2));
    EXPECT_EQ(next->restore(run_of("r2", 1)).code(), Code::kLedgerLost);  // not yet
    ASSERT_TRUE(next->take_over(Token(1), Token(2)).ok());
    ASSERT_TRUE(next->take_over(Token(1), Token(2)).ok());
    EXPECT_EQ(old->restore(run_of("r2", 1)).code(), Code::kFenced);
    EXPECT_EQ(old->set_staging(RunId("r1"), "x").code(), Code::kFenced);
    EXPECT_EQ(old->take_over(Token(0), Token(1)).code(), Code::kFenced);
    EXPECT_EQ(old->begin_rebuild(Token(0), Token(1), 0).status().code(), Code::kFenced);
    EXPECT_EQ(next->take_over(Token(5), Token(6)).code(), Code::kLedgerLost);
    EXPECT_TRUE(next->set_staging(RunId("r1"), "x").ok());
    EXPECT_TRUE(worker_->list_due(1).ok());
}

TEST_P(LiveConformanceTest, ARunIsRestoredAsItIsAlsoOverAnother) {
    rebuild(Token(0), Token(1), 0);
    LiveRun run = run_of("r1", 1);
    run.instance.state = InstanceState::kCommitting;
    run.instance.window = {from_millis(100), from_millis(200)};
    run.instance.by_image = true;
    run.instance.borders = "digest";
    run.instance.intent = "intent";
    run.instance.control = {1.25, 7, 2, false, false};
    run.package = std::string("a\0b\r\n", 5);
    ItemRow& item = run.items[0];
    item.shard = ShardId("shard");
    item.start = "start";
    item.state = ItemState::kWritten;
    item.progress.position = "position";
    item.progress.counts.read = item.progress.counts.acknowledged = (1ULL << 60) + 1;
    item.progress.source_sum.add(std::string_view("x"));
    item.has_progress = true;
    item.end = ItemEnd{EndKind::kShardEnd, "eof"};
    item.epoch = Epoch(1);
    item.claim_end = ClaimEnd::kFinished;
    run.parts[item.item] = {{0, 2, "etag2"}, {0, 10, "etag10"}, {1, 1, "etag1"}};
    const auto coordinator = object(Token(1));
    ASSERT_TRUE(coordinator->restore(run).ok());
    ASSERT_TRUE(coordinator->restore(run).ok());
    const auto view = worker_->instance(RunId("r1"));
    EXPECT_EQ(view->state, InstanceState::kCommitting);
    EXPECT_EQ(view->window, run.instance.window);
    EXPECT_TRUE(view->by_image && view->borders_recorded);
    EXPECT_EQ(view->intent, "intent");
    EXPECT_EQ(view->control, run.instance.control);
    EXPECT_EQ(view->counts, item.progress.counts);
    EXPECT_EQ(*worker_->package(RunId("r1")), run.package);
    const auto items = worker_->items(RunId("r1"));
    ASSERT_EQ(items->size(), 1U);
    Progress expected = item.progress;
    expected.new_parts = run.parts[item.item];
    EXPECT_EQ(items->front().progress, expected);
    EXPECT_EQ(items->front().state, ItemState::kWritten);
    EXPECT_EQ(items->front().end, item.end);
    ASSERT_TRUE(coordinator->begin_commit(RunId("r1"), "intent").ok());
    ASSERT_TRUE(coordinator->end_commit(RunId("r1"), {CommitStep::kRestage, "", {item.item}}).ok());
    EXPECT_EQ(worker_->instance(RunId("r1"))->counts, Counts());
    EXPECT_EQ(claim("r1/0", "a")->recorded_end, item.end);
}

TEST_P(LiveConformanceTest, OneLeadsUntilItsTimeIsOver) {
    EXPECT_TRUE(*worker_->lead("a", kTtl));
    EXPECT_FALSE(*worker_->lead("b", kTtl));
    clock_.advance(kTtl / 2);
    EXPECT_TRUE(*worker_->lead("a", kTtl));
    clock_.advance(kTtl / 2);
    EXPECT_FALSE(*worker_->lead("b", kTtl));
    clock_.advance(kTtl / 2);
    EXPECT_TRUE(*worker_->lead("b", kTtl));
}

}  // namespace
}  // namespace millrace
