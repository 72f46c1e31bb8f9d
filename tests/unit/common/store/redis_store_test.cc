// What only the store in Redis does: losses, late copies of calls, sizes of numbers.
#include "common/store/redis/redis_store.h"

#include <gmock/gmock.h>
#include <hiredis/hiredis.h>

#include <functional>

#include "common/store/redis/redis_scripts.h"
#include "tests/unit/common/store/redis_fixture.h"

namespace millrace {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

using Verbs = std::vector<std::pair<std::string, std::function<Status(LiveStore&)>>>;

Verbs verbs_of_workers(const Fence& held) {
    const ItemEnd end{EndKind::kBorder, "end"};
    return {{"claim", [=](auto& s) { return s.claim(held.item, ClaimId("x"), kTtl).status(); }},
            {"renew", [=](auto& s) { return s.renew(held, kTtl).status(); }},
            {"checkpoint", [=](auto& s) { return s.checkpoint(held, {}); }},
            {"finish", [=](auto& s) { return s.finish(held, {}, end); }},
            {"park", [=](auto& s) { return s.park(held.item, held, "why"); }},
            {"release", [=](auto& s) { return s.release(held, true); }},
            {"reserve", [=](auto& s) { return s.reserve(held, 1).status(); }},
            {"reserve_of_run", [=](auto& s) { return s.reserve_of_run(held, 1).status(); }},
            {"list_due", [](auto& s) { return s.list_due(1).status(); }},
            {"package", [](auto& s) { return s.package(kRun).status(); }},
            {"instance", [](auto& s) { return s.instance(kRun).status(); }},
            {"items", [](auto& s) { return s.items(kRun).status(); }}};
}

Verbs verbs_of_coordinators() {
    const NewInstance instance{.run = kRun, .task = TaskId("task")};
    const TaskId task("task");
    const StreamId stream("stream");
    const ShardId shard("shard");
    return {{"create_instance", [=](auto& s) { return s.create_instance(instance).status(); }},
            {"add_items", [](auto& s) { return s.add_items(kRun, {}); }},
            {"record_borders", [](auto& s) { return s.record_borders(kRun, {}); }},
            {"set_staging", [](auto& s) { return s.set_staging(kRun, "x"); }},
            {"begin_commit", [](auto& s) { return s.begin_commit(kRun, "x"); }},
            {"end_commit", [](auto& s) { return s.end_commit(kRun, {}); }},
            {"close", [](auto& s) { return s.close_instance(kRun, InstanceState::kFailed, ""); }},
            {"reopen", [](auto& s) { return s.reopen_instance(kRun, {}); }},
            {"set_control", [](auto& s) { return s.set_control(kRun, {}); }},
            {"void_claims", [](auto& s) { return s.void_claims(); }},
            {"instances", [=](auto& s) { return s.instances(task).status(); }},
            {"open_commits", [](auto& s) { return s.open_commits().status(); }},
            {"border", [=](auto& s) { return s.border(task, stream, shard, 0).status(); }},
            {"border_before",
             [=](auto& s) { return s.border_before(task, stream, shard, 0).status(); }},
            {"borders", [=](auto& s) { return s.borders(task, stream, shard).status(); }},
            {"take_over", [](auto& s) { return s.take_over(Token(1), Token(2)); }},
            {"restore",
             [](auto& s) {
                 LiveRun run;
                 run.instance.run = kRun;
                 return s.restore(run);
             }},
            {"end_rebuild", [](auto& s) { return s.end_rebuild("x"); }},
            {"put_package", [](auto& s) { return s.put_package(kRun, "x"); }},
            {"raise_ceiling", [](auto& s) { return s.raise_ceiling(9); }},
            {"epochs", [](auto& s) { return s.epochs().status(); }},
            {"forget", [](auto& s) { return s.forget(kRun); }}};
}

class RedisStoreTest : public RedisTest {
  protected:
    static void expect_all(LiveStore& store, const Verbs& verbs, Code code) {
        for (const auto& [name, verb] : verbs) {
            const Status status = verb(store);
            EXPECT_EQ(status.code(), code) << name << ": " << status.text();
            EXPECT_THAT(status.text(), HasSubstr("Redis at 127.0.0.1:")) << name;
        }
    }
};

TEST_F(RedisStoreTest, AfterAFlushEveryVerbSaysThatTheLedgerIsLost) {
    RealRedis server;
    const auto store = server.store();
    add_run(*store, 1);
    const Fence held = claim(*store, 0);
    server.command("FLUSHALL");
    expect_all(*store, verbs_of_workers(held), Code::kLedgerLost);
    expect_all(*store, verbs_of_coordinators(), Code::kLedgerLost);
    EXPECT_EQ(server.command("DBSIZE"), "1");  // the number of a call
}

TEST_F(RedisStoreTest, AfterARestartEveryVerbSaysThatTheLedgerIsLost) {
    RealRedis server({"--appendonly", "yes", "--appendfsync", "always"});
    const auto store = server.store();
    add_run(*store, 1);
    const Fence held = claim(*store, 0);
    const std::string keys = server.command("DBSIZE");
    server.kill();
    server.start();
    EXPECT_EQ(server.command("DBSIZE"), keys);  // all is there, and not believed
    EXPECT_EQ(store->renew(held, kTtl).status().service_code(), "");
    expect_all(*store, verbs_of_workers(held), Code::kLedgerLost);
    expect_all(*store, verbs_of_coordinators(), Code::kLedgerLost);
    rebuild(*store);
    EXPECT_EQ(server.command("DBSIZE"), "1");
    add_run(*store, 1);
    EXPECT_EQ(claim(*store, 0).epoch, Epoch(101));
}

TEST_F(RedisStoreTest, AnotherCoordinatorFencesEveryVerbOfTheFormerOne) {
    const auto old = RealRedis::shared().store();
    add_run(*old, 1);
    const Fence held = claim(*old, 0);
    ASSERT_TRUE(old->with_token(Token(7))->take_over(Token(1), Token(7)).ok());
    Verbs verbs = verbs_of_coordinators();
    const auto expected = [](const auto& verb) {
        return verb.first == "take_over";  // has tokens of its own
    };
    std::erase_if(verbs, expected);
    expect_all(*old, verbs, Code::kFenced);
    expect_all(*old, verbs_of_workers(held), Code::kFenced);
    EXPECT_EQ(old->take_over(Token(1), Token(2)).code(), Code::kFenced);
    EXPECT_EQ(old->begin_rebuild(Token(1), Token(2), 5).status().code(), Code::kFenced);
}

// A copy of a coordinator's call may come at any time, over a connection that was given up.
TEST_F(RedisStoreTest, LateCopiesOfACoordinatorsCallsDoNothing) {
    RealRedis server;
    const auto store = server.store();
    add_run(*store, 2, 2);
    static SystemClock clock;
    RedisScripts scripts(std::move(*RedisConnection::open(server.options(), clock)));
    const auto run = [&](const char* script, const std::string& number,
                         std::vector<std::string> words) {
        words.insert(words.begin(), {"1/" + number, ""});
        return scripts.run(script, "test1:{live}:meta", std::move(words));
    };
    const auto drawn = run("draw", "", {});
    const std::string number((*drawn)->element[1]->str);
    const std::vector<std::string> restage = {"run", "restage", "", "run/0"};
    ASSERT_TRUE(run("end_commit", number, restage).ok());
    const Fence held = claim(*store, 0);
    // The answer was lost, the same call comes again.
    ASSERT_TRUE(run("end_commit", number, restage).ok());
    EXPECT_TRUE(store->renew(held, kTtl).ok());
    // Another call has been made meanwhile.
    ASSERT_TRUE(store->set_staging(kRun, "new").ok());
    const Status late = run("end_commit", number, restage).status();
    EXPECT_EQ(late.service_code(), kSuperseded);
    EXPECT_TRUE(store->renew(held, kTtl).ok());
    // A call that was refused did nothing, and may be tried again with its number.
    const std::string next((*run("draw", "", {}))->element[1]->str);
    EXPECT_EQ(run("begin_commit", next, {"run", "intent"}).status().code(), Code::kFatal);
    EXPECT_EQ(run("begin_commit", next, {"run", "intent"}).status().code(), Code::kFatal);
    // A drawn number of another one only delays.
    EXPECT_TRUE(store->set_staging(kRun, "newest").ok());
    EXPECT_EQ(store->instance(kRun)->staging, "newest");
}

TEST_F(RedisStoreTest, NothingOfAForgottenRunStays) {
    RealRedis server;
    const auto store = server.store();
    const std::string before = server.command("DBSIZE");
    LiveRun run;
    run.instance.run = kRun;
    run.instance.task = TaskId("task");
    run.instance.control.concurrent = 3;
    run.package = "package";
    for (int i = 0; i < 3; ++i) run.items.push_back({.item = item(i), .run = kRun});
    ASSERT_TRUE(store->restore(run).ok());
    Progress progress;
    progress.new_parts = {{0, 1, "etag"}};
    for (int i = 0; i < 3; ++i) {
        const Fence held = claim(*store, i);
        ASSERT_TRUE(store->checkpoint(held, progress).ok());
        ASSERT_TRUE(store->finish(held, progress, {EndKind::kBorder, "end"}).ok());
    }
    const std::vector<ShardBorders> borders = {
        {StreamId("s"), ShardId("h"), {{0, {"border", "b", true}}}}};
    ASSERT_TRUE(store->record_borders(kRun, borders).ok());
    EXPECT_GT(std::stoi(server.command("DBSIZE")), std::stoi(before) + 8);
    ASSERT_TRUE(store->forget(kRun).ok());
    EXPECT_EQ(server.command("DBSIZE"), before);
}

TEST_F(RedisStoreTest, ARebuildEmptiesItsOwnClusterOnly) {
    RealRedis server;
    const auto one = server.store(), two = server.store();
    add_run(*one, 3);
    add_run(*two, 3);
    rebuild(*one);
    EXPECT_TRUE(one->list_due(9)->empty());
    EXPECT_EQ(two->list_due(9)->size(), 3U);
}

TEST_F(RedisStoreTest, NumbersOf64BitsStayExact) {
    const auto store = RealRedis::shared().store();
    constexpr uint64_t kBig = (1ULL << 60) + 1;
    const std::string identity = *store->begin_rebuild(Token(1), Token(1), kBig);
    ASSERT_TRUE(store->end_rebuild(identity).ok());
    EXPECT_EQ(store->epochs()->ceiling, kBig);
    ASSERT_TRUE(store->raise_ceiling(kBig + 2).ok());
    add_run(*store, 2, 2);
    const Fence held = claim(*store, 0);
    EXPECT_EQ(held.epoch, Epoch(kBig + 1));
    Progress progress;
    progress.counts.read = progress.counts.acknowledged = kBig;
    progress.counts.output_bytes = 3 * kBig;
    progress.position = std::string("a\0'\r\n\xff", 6);
    progress.new_parts = {{4'000'000'000U, 4'000'000'001U, progress.position}};
    ASSERT_TRUE(store->checkpoint(held, progress).ok());
    EXPECT_EQ(store->items(kRun)->front().progress, progress);
    EXPECT_EQ(store->instance(kRun)->counts, progress.counts);
    progress.counts.read = progress.counts.acknowledged = kBig - 1;
    EXPECT_EQ(store->checkpoint(held, progress).code(), Code::kFatal);  // came late
    progress.counts.read = progress.counts.acknowledged = kBig + 1;
    ASSERT_TRUE(store->checkpoint(held, progress).ok());
    EXPECT_EQ(store->instance(kRun)->counts.read, kBig + 1);
    EXPECT_EQ(claim(*store, 1).epoch, Epoch(kBig + 2));
}

TEST_F(RedisStoreTest, DeadlinesAreByTheServersTime) {
    const auto store = RealRedis::shared().store();
    add_run(*store, 1);
    ASSERT_TRUE(store->claim(item(0), ClaimId("a"), milliseconds(50)).ok());
    SystemClock clock;
    Result<Claimed> taken = store->claim(item(0), ClaimId("b"), kTtl);
    while (taken.status().code() == Code::kLeaseLost) {
        clock.sleep(milliseconds(5), {});
        taken = store->claim(item(0), ClaimId("b"), kTtl);
    }
    ASSERT_TRUE(taken.ok()) << taken.status().text();
    EXPECT_EQ(store->claim(item(0), ClaimId("c"), kTtl).status().code(), Code::kLeaseLost);
}

TEST_F(RedisStoreTest, ARunOfManyItemsIsRestoredAtOnce) {
    const auto store = RealRedis::shared().store();
    LiveRun run;
    run.instance.run = kRun;
    run.instance.task = TaskId("task");
    for (int i = 0; i < 10'000; ++i) {
        ItemRow& row = run.items.emplace_back();
        row.item = item(i);
        row.run = kRun;
        run.parts[row.item] = {{0, 1, std::string(100, 'x')}, {0, 2, "y"}};
    }
    ASSERT_TRUE(store->restore(run).ok());
    EXPECT_EQ(store->list_due(20'000)->size(), 10'000U);
    EXPECT_EQ(store->items(kRun)->back().progress.new_parts.size(), 2U);
    rebuild(*store);
    EXPECT_EQ(store->instance(kRun).status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace millrace
