#include "common/bus/kafka/metrics.h"

#include <gmock/gmock.h>

namespace millrace::kafka {
namespace {

using testing::HasSubstr;
using testing::Not;

// Nobody listens there, so what is sent waits.
TEST(KafkaMetricsTest, WhatWaitsForKafkaIsTold) {
    Cluster cluster;
    cluster.name = "test";
    cluster.kafka.properties = {{"bootstrap.servers", "127.0.0.1:1"}};
    const auto producer = Producer::create(cluster);
    ASSERT_TRUE(producer.ok()) << producer.status().text();
    Registry registry;
    show(registry, **producer);
    (*producer)->send(cluster.work(), "key", "value");
    const std::string text = registry.text();
    EXPECT_THAT(text, HasSubstr("millrace_queue_depth{queue=\"to_kafka\"} "));
    EXPECT_THAT(text, Not(HasSubstr("millrace_queue_depth{queue=\"to_kafka\"} 0\n")));
    EXPECT_THAT(text, HasSubstr("millrace_doorbells_dropped_total{reason=\"queue_full\"} 0\n"));
}

}  // namespace
}  // namespace millrace::kafka
