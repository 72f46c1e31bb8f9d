// The connection to Redis: servers that are gone, slow, refuse, or are set up wrongly.
#include <atomic>
#include <set>
#include <thread>

#include "common/config/process_config.h"
#include "tests/unit/common/store/redis_fixture.h"

namespace millrace {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

class RedisConnectionTest : public RedisTest {};

TEST_F(RedisConnectionTest, AServerThatIsGoneIsSaidInTimeAndFoundAgain) {
    RealRedis server({"--appendonly", "yes"});
    auto store = server.store();
    RedisOptions options = server.options();
    options.timeout = milliseconds(300);
    const auto hasty = open(options, Token(1));
    ASSERT_TRUE(hasty.ok()) << hasty.status().text();
    const SystemClock clock;
    const auto refused_in_time = [&](const std::string& why) {
        const MonoTime begin = clock.monotonic();
        const Status status = (*hasty)->list_due(1).status();
        EXPECT_EQ(status.code(), Code::kLedgerLost);
        EXPECT_EQ(status.service_code(), "unreachable");
        EXPECT_THAT(status.text(), HasSubstr("127.0.0.1:" + std::to_string(options.port)));
        EXPECT_THAT(status.text(), HasSubstr("does not answer: ")) << why;
        EXPECT_LT(clock.monotonic() - begin, seconds(20)) << why;
        EXPECT_GE(clock.monotonic() - begin, milliseconds(600)) << why;
    };
    rebuild(**hasty);
    server.freeze();
    refused_in_time("frozen");
    server.thaw();
    EXPECT_TRUE((*hasty)->take_over(Token(1), Token(1)).ok());  // nothing was lost
    server.kill();
    refused_in_time("dead");
    EXPECT_EQ(open(options).status().code(), Code::kUnreachable);
    server.start();
    rebuild(**hasty);
    EXPECT_TRUE((*hasty)->list_due(1).ok());
    EXPECT_EQ(store->list_due(1).status().code(), Code::kLedgerLost);  // of another cluster's keys
}

TEST_F(RedisConnectionTest, ACallWhoseAnswerComesLateIsRepeatedAndCountsOnce) {
    RealRedis server;
    RedisOptions options = server.options();
    options.timeout = seconds(1);
    const auto store = open(options, Token(1));
    rebuild(**store);
    add_run(**store, 1);
    server.command("CLIENT PAUSE 1500 ALL");
    const auto claimed = (*store)->claim(item(0), ClaimId("c"), kTtl);
    ASSERT_TRUE(claimed.ok()) << claimed.status().text();
    EXPECT_EQ(claimed->fence.epoch, Epoch(101));
    EXPECT_EQ((*store)->epochs()->drawn, 101U);
    EXPECT_TRUE((*store)->renew(claimed->fence, kTtl).ok());
}

TEST_F(RedisConnectionTest, CallsGoOnOverConnectionsThatAreCut) {
    constexpr int kItems = 500;
    RealRedis server;
    const auto store = server.store();
    add_run(*store, kItems, kItems);
    std::atomic<int> cuts = 0;
    std::jthread cutter([&](std::stop_token stop) {
        SystemClock clock;
        while (clock.sleep(milliseconds(3), stop)) {
            cuts += server.command("CLIENT KILL TYPE normal") == "0" ? 0 : 1;
        }
    });
    std::set<uint32_t> blocks;
    Progress progress;
    for (int i = 0; i < kItems; ++i) {
        const Fence held = claim(*store, i);
        const auto block = store->reserve_of_run(held, 1);
        ASSERT_TRUE(block.ok()) << block.status().text();
        EXPECT_TRUE(blocks.insert(block->first).second);
        ASSERT_TRUE(store->checkpoint(held, progress).ok());
        ASSERT_TRUE(store->finish(held, progress, {EndKind::kBorder, "end"}).ok());
    }
    cutter = {};
    EXPECT_GT(cuts, 0);
    EXPECT_EQ(store->epochs()->drawn, static_cast<uint64_t>(kItems));  // none was drawn twice
    EXPECT_EQ(blocks.size(), static_cast<size_t>(kItems));
}

TEST_F(RedisConnectionTest, ScriptsThatTheServerForgotAreLoadedAgain) {
    RealRedis server;
    const auto store = server.store();
    add_run(*store, 2, 2);
    (void)claim(*store, 0);
    server.command("SCRIPT FLUSH");
    (void)claim(*store, 1);
}

TEST_F(RedisConnectionTest, AServerThatDropsKeysIsRefused) {
    RealRedis server({"--maxmemory-policy", "allkeys-lru"});
    const Status status = open(server.options()).status();
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_THAT(status.text(), HasSubstr("maxmemory-policy allkeys-lru"));
    EXPECT_THAT(status.text(), HasSubstr("set maxmemory-policy noeviction"));
}

TEST_F(RedisConnectionTest, UserAndPasswordAreAsked) {
    RealRedis server(
        {"--requirepass", "sesame", "--user", "mill", "on", ">flour", "~test*", "+@all"});
    RedisOptions options = server.options();
    EXPECT_THAT(open(options).status().text(), HasSubstr("NOAUTH"));
    options.password = Secret("wrong");
    const Status refused = open(options).status();
    EXPECT_EQ(refused.code(), Code::kConfig);
    EXPECT_THAT(refused.text(), HasSubstr("refuses the user and password"));
    EXPECT_THAT(refused.text(), ::testing::Not(HasSubstr("wrong")));
    options.password = Secret("sesame");
    EXPECT_TRUE(open(options).ok());
    options.user = "mill";
    EXPECT_EQ(open(options).status().code(), Code::kConfig);
    options.password = Secret("flour");
    EXPECT_TRUE(open(options).ok());
}

TEST_F(RedisConnectionTest, TheConfigurationSaysWhere) {
    ProcessConfig config;
    config.redis.user = "mill";
    config.redis.password = Secret("flour");
    config.redis.sentinels = {{"s1", 1}, {"s2", 2}};
    config.redis.master = "ledger";
    config.redis.sentinel_password = Secret("hush");
    config.redis.tls = true;
    config.redis.tls_ca_file = "/ca";
    config.redis.timeout = milliseconds(5);
    const RedisOptions options = redis_options(config);
    EXPECT_EQ(options.port, 6379);
    EXPECT_EQ(options.user, "mill");
    EXPECT_EQ(options.password.reveal(), "flour");
    EXPECT_EQ(options.sentinels.text(), "ledger of sentinels s1:1,s2:2");
    EXPECT_EQ(options.sentinels.password.reveal(), "hush");
    EXPECT_TRUE(options.tls.on && options.sentinels.tls.on);
    EXPECT_EQ(options.tls.ca_file, "/ca");
    EXPECT_EQ(options.timeout, milliseconds(5));
}

TEST_F(RedisConnectionTest, AnUrlIsNoHost) {
    const Status status = open({.host = "rediss://cache"}).status();
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_THAT(status.text(), HasSubstr("redis.tls"));
}

TEST_F(RedisConnectionTest, AServerWithoutMemorySaysSo) {
    RealRedis server;
    const auto store = server.store();
    add_run(*store, 1);
    const Fence held = claim(*store, 0);
    server.command("CONFIG SET maxmemory 100kb");
    const Status full = store->checkpoint(held, {});
    EXPECT_EQ(full.code(), Code::kFatal);
    EXPECT_EQ(full.service_code(), "OOM") << full.text();
    server.command("CONFIG SET maxmemory 0");
    EXPECT_TRUE(store->checkpoint(held, {}).ok());
}

TEST_F(RedisConnectionTest, ThreadsClaimEachItemOnce) {
    const auto store = RealRedis::shared().store();
    add_run(*store, 100, 100);
    std::atomic<int> granted = 0;
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 100; ++i) {
                const ClaimId id("thread" + std::to_string(t));
                if (store->claim(item(i), id, kTtl).ok()) ++granted;
            }
        });
    }
    threads.clear();
    EXPECT_EQ(granted, 100);
}

}  // namespace
}  // namespace millrace
