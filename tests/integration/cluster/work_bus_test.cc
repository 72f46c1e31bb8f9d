#include "common/bus/kafka/work_bus.h"

#include "common/bus/kafka/messages.h"
#include "common/bus/kafka/read_topic.h"
#include "millrace.pb.h"
#include "tests/integration/cluster/kafka_fixture.h"

namespace millrace::kafka {
namespace {

using Items = std::multiset<std::string>;

class WorkBusTest : public KafkaTest {
  protected:
    std::unique_ptr<WorkBus> join(size_t capacity = 4) {
        auto bus = WorkBus::create(cluster_, *producer_, capacity);
        EXPECT_TRUE(bus.ok()) << bus.status().text();
        return bus.ok() ? *std::move(bus) : nullptr;
    }

    void ring(int from, int to) {
        WorkSender sender(cluster_, *producer_);
        for (int n = from; n < to; ++n) EXPECT_TRUE(sender.publish(doorbell(n)).ok());
    }

    // Until `count` came, or nothing more comes.
    static Items take(Bus& bus, size_t count, Duration patience = 20s) {
        Items items;
        while (items.size() < count) {
            const auto came = bus.poll(patience);
            EXPECT_TRUE(came.ok());
            if (!came.ok() || !*came) break;
            items.insert((*came)->item.text());
        }
        return items;
    }

    static Items items(int from, int to) {
        Items all;
        for (int n = from; n < to; ++n) all.insert(doorbell(n).item.text());
        return all;
    }

    // Takes from both until `count` came.
    static std::pair<Items, Items> share(Bus& one, Bus& other, size_t count) {
        std::pair<Items, Items> taken;
        for (int i = 0; i < 400 && taken.first.size() + taken.second.size() < count; ++i) {
            taken.first.merge(take(one, 1, 50ms));
            taken.second.merge(take(other, 1, 50ms));
        }
        return taken;
    }

    // Until each of both reads two of the four partitions.
    static bool balanced(WorkBus& one, WorkBus& other) {
        for (int i = 0; i < 200; ++i) {
            if (one.counts().partitions == 2 && other.counts().partitions == 2) return true;
            take(one, 1, 100ms);  // rebalancing may repeat the last ones
        }
        return false;
    }
};

TEST_F(WorkBusTest, DoorbellsArrive) {
    const auto bus = join();
    WorkSender sender(cluster_, *producer_);
    const Doorbell sent{RunId("r-1"), ItemId("r-1/7"), "north"};
    ASSERT_TRUE(sender.publish(sent).ok());
    const auto came = bus->poll(20s);
    ASSERT_TRUE(came.ok() && *came);
    EXPECT_EQ(**came, sent);
    EXPECT_EQ(sender.poll(0s).status().code(), Code::kFatal);
}

TEST_F(WorkBusTest, DoubledOnesArriveTwiceAndLateOnesStill) {
    ring(0, 10);
    ring(5, 10);  // before anybody listens
    const auto bus = join();
    Items expected = items(0, 10);
    expected.merge(items(5, 10));
    EXPECT_EQ(take(*bus, 15), expected);
    EXPECT_EQ(bus->counts().taken, 15u);
}

TEST_F(WorkBusTest, TwoWorkersShareAndEachTakesOverFromTheOther) {
    const auto first = join();
    ring(0, 20);
    EXPECT_EQ(take(*first, 20), items(0, 20));
    auto second = join();
    ASSERT_TRUE(balanced(*first, *second));
    ring(20, 120);
    auto [one, other] = share(*first, *second, 100);
    EXPECT_GT(one.size(), 10u);
    EXPECT_GT(other.size(), 10u);
    one.merge(other);
    EXPECT_EQ(one, items(20, 120));  // each once: rebalancing repeated none
    second.reset();
    ring(120, 160);
    EXPECT_EQ(take(*first, 40), items(120, 160));
    EXPECT_EQ(first->counts().partitions, 4);
}

TEST_F(WorkBusTest, ABusyWorkerPausesAndStaysInItsGroup) {
    const auto bus = join(4);
    ring(0, 300);
    EXPECT_EQ(take(*bus, 1).size(), 1u);
    for (int i = 0; i < 20; ++i) {  // two seconds, in which much more could come
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable().wait_for(lock, 100ms);
        EXPECT_LE(bus->counts().queued, 5u);
    }
    EXPECT_EQ(bus->counts().partitions, 4);
    EXPECT_EQ(take(*bus, 299).size(), 299u);
    EXPECT_FALSE(take(*bus, 1, 500ms).size());
}

TEST_F(WorkBusTest, ANewWorkerHelpsABusyOne) {
    const auto busy = join();
    ring(0, 1);
    EXPECT_EQ(take(*busy, 1), items(0, 1));
    ring(1, 100);
    const auto fresh = join();
    // The busy one takes nothing and yet gives up two partitions; what waits in it stays there.
    Items came = take(*fresh, 100, 8s);
    EXPECT_GT(came.size(), 20u);
    EXPECT_EQ(busy->counts().partitions, 2);
    EXPECT_EQ(fresh->counts().partitions, 2);
    came.merge(take(*busy, 100, 2s));
    EXPECT_EQ(std::set<std::string>(came.begin(), came.end()).size(), 99u);
    EXPECT_LE(came.size(), 99u + 5u);  // those that waited in the busy one came to both
}

TEST_F(WorkBusTest, WhatWasTakenDoesNotComeAgainAndWhatWaitedDoes) {
    cluster_.kafka.partitions = 4;
    ring(0, 30);
    auto bus = join(8);
    const Items before = take(*bus, 10);
    bus.reset();
    const auto next = join(8);
    Items all = take(*next, 20);
    EXPECT_EQ(all.size(), 20u);
    EXPECT_FALSE(take(*next, 1, 500ms).size());
    all.insert(before.begin(), before.end());
    EXPECT_EQ(all, items(0, 30));
}

TEST_F(WorkBusTest, NewerOnesAreParkedAndBrokenOnesDropped) {
    wire::WorkItem newer;
    newer.set_schema(kSchema + 1);
    newer.set_run("r-1");
    newer.set_item("r-1/1");
    const std::string bytes = newer.SerializeAsString();
    for (const std::string& value : {bytes, std::string("\xff\xff"), std::string()}) {
        ASSERT_TRUE(producer_->send_and_wait(cluster_.work(), "run/3", value).ok());
    }
    ring(3, 4);  // the same key, so it comes after them
    const auto bus = join();
    EXPECT_EQ(take(*bus, 1), items(3, 4));
    EXPECT_EQ(bus->counts().parked, 1u);
    EXPECT_EQ(bus->counts().malformed, 2u);
    // One more message of the same producer, so that the parked one is acknowledged.
    ASSERT_TRUE(producer_->send_and_wait(cluster_.parked(), "last", "last").ok());
    std::vector<std::pair<std::string, std::string>> parked;
    ASSERT_TRUE(
        read_topic(cluster_, cluster_.parked(), [&](std::string_view key, std::string_view value) {
            parked.emplace_back(key, value);
            return Status();
        }).ok());
    ASSERT_EQ(parked.size(), 2u);
    EXPECT_EQ(parked[0], std::pair(std::string("run/3"), bytes));
}

TEST_F(WorkBusTest, ARestartedKafkaLosesNothingAcknowledged) {
    if (!std::getenv("MILLRACE_KAFKA_DIR")) GTEST_SKIP() << "MILLRACE_KAFKA_DIR is not set";
    auto bus = join();
    ring(0, 10);
    EXPECT_EQ(take(*bus, 10), items(0, 10));
    const std::string key = doorbell(10).item.text();
    ASSERT_TRUE(producer_->send_and_wait(cluster_.work(), key, encode(doorbell(10))).ok());
    ASSERT_TRUE(restart_kafka());
    ring(11, 20);
    Items came;
    while (came.size() < 10) {  // offsets of the last second may be lost: some may come again
        const Items more = take(*bus, 1, 30s);
        ASSERT_FALSE(more.empty());
        if (!items(0, 10).contains(*more.begin()) && !came.contains(*more.begin()))
            came.insert(*more.begin());
    }
    EXPECT_EQ(came, items(10, 20));
    EXPECT_EQ(producer_->counts().failed, 0u);
}

}  // namespace
}  // namespace millrace::kafka
