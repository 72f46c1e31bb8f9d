// Tests against a real Kafka: MILLRACE_KAFKA is its address, MILLRACE_KAFKA_DIR its folder
// (tests/servers/kafka). Each test has a cluster of its own, that is, topics of its own.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

#include "common/base/random.h"
#include "common/bus/bus.h"
#include "common/bus/kafka/producer.h"
#include "common/bus/kafka/topics.h"

namespace millrace::kafka {

using namespace std::chrono_literals;

class KafkaTest : public ::testing::Test {
  protected:
    void SetUp() override {
        const char* address = std::getenv("MILLRACE_KAFKA");
        if (!address) GTEST_SKIP() << "MILLRACE_KAFKA is not set";
        cluster_.name = "test-" + random_.hex(10);
        cluster_.kafka.properties = {{"bootstrap.servers", address}};
        cluster_.kafka.partitions = 4;
        if (needs_topics()) prepare();
    }
    virtual bool needs_topics() const { return true; }

    void prepare() {
        const Status status = prepare_topics(cluster_);
        ASSERT_TRUE(status.ok()) << status.text();
        auto producer = Producer::create(cluster_);
        ASSERT_TRUE(producer.ok()) << producer.status().text();
        producer_ = *std::move(producer);
    }

    // Ends the broker as a crash would, and starts it again; true when it is ready.
    static bool restart_kafka() {
        const char* folder = std::getenv("MILLRACE_KAFKA_DIR");
        if (!folder) return false;
        const std::string script = std::string(MILLRACE_SOURCE_DIR) + "/tests/servers/kafka ",
                          dir = folder;
        return std::system(
                   (script + "stop " + dir + " kill && " + script + "start " + dir + " >/dev/null")
                       .c_str()) == 0;
    }

    static Doorbell doorbell(int n) {
        return {RunId("run"), ItemId("run/" + std::to_string(n)), {}};
    }

    SystemRandom random_;
    Cluster cluster_;
    std::unique_ptr<Producer> producer_;
};

}  // namespace millrace::kafka
