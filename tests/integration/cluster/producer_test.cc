#include "common/bus/kafka/producer.h"

#include <chrono>

#include "common/bus/kafka/client.h"
#include "common/bus/kafka/read_topic.h"
#include "tests/integration/cluster/kafka_fixture.h"

namespace millrace::kafka {

struct ProducerPeer {
    static rd_kafka_t* client(const Producer& producer) { return producer.client().get(); }
};

namespace {

class ProducerTest : public KafkaTest {
  protected:
    std::multiset<std::string> values() {
        std::multiset<std::string> values;
        const Status status = read_topic(cluster_, cluster_.work(), [&](auto, auto value) {
            values.emplace(value);
            return Status();
        });
        EXPECT_TRUE(status.ok()) << status.text();
        return values;
    }
};

TEST_F(ProducerTest, WhatItAcknowledgedIsThere) {
    for (int i = 0; i < 20; ++i) {
        ASSERT_TRUE(producer_->send_and_wait(cluster_.work(), "key", std::to_string(i)).ok());
    }
    EXPECT_EQ(values().size(), 20u);
    EXPECT_EQ(producer_->counts().acknowledged, 20u);
}

TEST_F(ProducerTest, WhatIsQueuedAtTheEndIsSent) {
    for (int i = 0; i < 100; ++i) producer_->send(cluster_.work(), "key", std::to_string(i));
    producer_.reset();
    EXPECT_EQ(values().size(), 100u);
}

TEST_F(ProducerTest, WithoutKafkaItDropsWhatIsTooMuchAndNeverBlocks) {
    cluster_.kafka.properties = {{"bootstrap.servers", "127.0.0.1:1"},
                                 {"queue.buffering.max.messages", "100"}};
    const auto producer = Producer::create(cluster_);
    ASSERT_TRUE(producer.ok());
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < 1000; ++i) (*producer)->send(cluster_.work(), "key", "value");
    EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
    EXPECT_EQ((*producer)->counts().dropped, 900u);
    EXPECT_GE((*producer)->counts().queued, 100);
}

// Its sequence is broken for good; the next message goes through a new client.
TEST_F(ProducerTest, GoesOnAfterAFatalErrorOfItsClient) {
    ASSERT_TRUE(producer_->send_and_wait(cluster_.work(), "key", "before").ok());
    rd_kafka_test_fatal_error(ProducerPeer::client(*producer_),
                              RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "of a test");
    bool sent = false;
    for (int i = 0; i < 100 && !sent; ++i) {
        sent = producer_->send_and_wait(cluster_.work(), "key", "after").ok();
        std::mutex mutex;
        std::unique_lock lock(mutex);
        if (!sent) std::condition_variable().wait_for(lock, 100ms);
    }
    EXPECT_TRUE(sent);
    EXPECT_EQ(values(), (std::multiset<std::string>{"after", "before"}));
}

}  // namespace
}  // namespace millrace::kafka
