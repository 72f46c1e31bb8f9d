#include "tests/unit/common/store/real_sentinel.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

namespace millrace {
namespace {

using std::chrono::seconds;

void wait_until(const char* what, const std::function<bool()>& done) {
    SystemClock clock;
    const MonoTime end = clock.monotonic() + seconds(100);
    while (!done()) {
        ASSERT_LT(clock.monotonic(), end) << "not " << what;
        clock.sleep(std::chrono::milliseconds(20), {});
    }
}

std::string offset_of(RealRedis& server) {
    const std::string info = server.command("INFO replication");
    const size_t at = info.find("master_repl_offset:");
    return info.substr(at, info.find('\r', at) - at);
}

bool is_master(RealRedis& server) {
    return server.command("INFO replication").find("role:master") != std::string::npos;
}

// Replicas that receive what is written.
bool has_replicas(RealRedis& server, int count) {
    const std::string info = server.command("INFO replication");
    return info.find("\r\nmin_slaves_good_slaves:" + std::to_string(count) + "\r\n") != info.npos;
}

}  // namespace

std::vector<std::string> RealSentinel::server(const RealRedis* master) {
    std::vector<std::string> options = {"--save",
                                        "",
                                        "--min-replicas-to-write",
                                        "1",
                                        "--repl-diskless-sync-delay",
                                        "0",
                                        "--repl-ping-replica-period",
                                        "1"};
    if (master) {
        options.insert(options.end(), {"--replicaof", "127.0.0.1", std::to_string(master->port())});
    }
    return options;
}

std::string RealSentinel::watching() const {
    return "sentinel monitor ledger 127.0.0.1 " + std::to_string(master_.port()) +
           " 1\n"
           "sentinel down-after-milliseconds ledger 1000\n"
           "sentinel failover-timeout ledger 5000\n";
}

// The sentinel reads a server's replicas when it meets it, and then every ten seconds: they come
// first.
RealSentinel::RealSentinel()
    : sentinel_(
          [this] {
              wait_until("followed by two replicas", [this] { return has_replicas(master_, 2); });
              return std::vector<std::string>{"--sentinel"};
          }(),
          watching()) {
    wait_until("known with its replicas", [this] {
        return sentinel_.command("SENTINEL CKQUORUM ledger").starts_with("OK") &&
               sentinel_.command("INFO sentinel").find("slaves=2") != std::string::npos;
    });
}

RedisOptions RealSentinel::options() const {
    RedisOptions options;
    options.port = 1;  // nobody is there
    options.sentinels = {.addresses = {{"127.0.0.1", sentinel_.port()}},
                         .master = "ledger",
                         .user = {},
                         .password = {}};
    return options;
}

void RealSentinel::cut_off() {
    wait_until("as far as the master", [this] {
        const std::string offset = offset_of(master_);
        return offset_of(one_) == offset && offset_of(two_) == offset;
    });
    master_.command("CONFIG SET min-replicas-to-write 0");
    master_.command("ACL SETUSER default -psync -sync");
    master_.command("CLIENT KILL TYPE replica");
}

void RealSentinel::fail_over() {
    master_.kill();
    const std::vector<RealRedis*> left = replicas();
    wait_until("another master", [&] {
        return std::any_of(left.begin(), left.end(), [](RealRedis* server) {
            return is_master(*server) && has_replicas(*server, 1);
        });
    });
}

namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class RedisSentinelTest : public ::testing::Test {
  protected:
    Status open(const RedisOptions& options) {
        return RedisConnection::open(options, clock_).status();
    }
    static RealSentinel& redis() {
        static RealSentinel instance;
        return instance;
    }

    SystemClock clock_;
};

TEST_F(RedisSentinelTest, TheMasterIsFoundAlsoWhenASentinelIsGone) {
    RedisOptions options = redis().options();
    auto& addresses = options.sentinels.addresses;
    addresses.insert(addresses.begin(), {"127.0.0.1", 1});
    const auto connection = RedisConnection::open(options, clock_);
    ASSERT_TRUE(connection.ok()) << connection.status().text();
    EXPECT_THAT((*connection)->address(), HasSubstr("ledger of sentinels 127.0.0.1:1,127.0.0.1:"));
    const std::string words[] = {"SET", "key", "value"};
    EXPECT_TRUE((*connection)->call(words, seconds(10)).ok());
    EXPECT_EQ(redis().master().command("GET key"), "value");
}

TEST_F(RedisSentinelTest, WhatIsWrongIsSaid) {
    RedisOptions options = redis().options();
    const RedisAddress sentinel = options.sentinels.addresses[0];
    options.sentinels.master = "other";
    Status status = open(options);
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_THAT(status.text(), HasSubstr("know no master \"other\""));
    options.sentinels.password = Secret("canary");
    status = open(options);
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_THAT(status.text(), HasSubstr(sentinel.text() + " refuses the user and password"));
    EXPECT_THAT(status.text(), Not(HasSubstr("canary")));
    options = redis().options();
    options.sentinels.addresses = {{"127.0.0.1", redis().master().port()}};
    status = open(options);
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_THAT(status.text(), HasSubstr("it is no sentinel"));
    options.sentinels.addresses = {{"127.0.0.1", 1}, {"127.0.0.1", 2}};
    status = open(options);
    EXPECT_EQ(status.code(), Code::kUnreachable);
    EXPECT_THAT(status.text(), HasSubstr("no sentinel of Redis answers; 127.0.0.1:1: "));
}

TEST_F(RedisSentinelTest, AMasterThatWouldGoOnAloneIsRefused) {
    redis().master().command("CONFIG SET min-replicas-to-write 0");
    const Status status = open(redis().options());
    redis().master().command("CONFIG SET min-replicas-to-write 1");
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_THAT(status.text(), HasSubstr("min-replicas-to-write 1"));
}

TEST_F(RedisSentinelTest, AReplicaIsNoLedger) {
    const Status status = open(redis().replicas()[0]->options());
    EXPECT_EQ(status.code(), Code::kUnreachable);
    EXPECT_THAT(status.text(), HasSubstr("it is a replica"));
}

// Sentinels cut its connections; a person who makes it a replica does not.
TEST_F(RedisSentinelTest, AMasterThatBecomesAReplicaIsLeft) {
    RealRedis one, two;
    const auto store = one.store();
    ASSERT_TRUE(store->list_due(1).ok());
    ASSERT_TRUE(store->raise_ceiling(2'000'000'000).ok());
    one.command("REPLICAOF 127.0.0.1 " + std::to_string(two.port()));
    const Status status = store->raise_ceiling(3'000'000'000);
    EXPECT_EQ(status.service_code(), "unreachable");
    EXPECT_THAT(status.text(), HasSubstr("it is a replica"));
}

}  // namespace
}  // namespace millrace
