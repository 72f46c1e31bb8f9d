#include "common/bus/kafka/errors.h"

#include <gtest/gtest.h>

#include "common/bus/kafka/client.h"

namespace millrace::kafka {
namespace {

TEST(KafkaErrorsTest, EveryRowOfTheTable) {
    const std::pair<rd_kafka_resp_err_t, Code> rows[] = {
        {RD_KAFKA_RESP_ERR_NO_ERROR, Code::kOk},
        {RD_KAFKA_RESP_ERR__FENCED, Code::kFenced},
        {RD_KAFKA_RESP_ERR_PRODUCER_FENCED, Code::kFenced},
        {RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH, Code::kFenced},
        {RD_KAFKA_RESP_ERR__TRANSPORT, Code::kUnreachable},
        {RD_KAFKA_RESP_ERR__RESOLVE, Code::kUnreachable},
        {RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN, Code::kUnreachable},
        {RD_KAFKA_RESP_ERR__TIMED_OUT, Code::kUnreachable},
        {RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE, Code::kUnreachable},
        {RD_KAFKA_RESP_ERR__QUEUE_FULL, Code::kRetry},
        {RD_KAFKA_RESP_ERR__PURGE_QUEUE, Code::kRetry},
        {RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, Code::kRetry},
        {RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION, Code::kRetry},
        {RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, Code::kRetry},
        {RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE, Code::kRetry},
        {RD_KAFKA_RESP_ERR_NOT_COORDINATOR, Code::kRetry},
        {RD_KAFKA_RESP_ERR_NOT_CONTROLLER, Code::kRetry},
        {RD_KAFKA_RESP_ERR_CONCURRENT_TRANSACTIONS, Code::kRetry},
        {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, Code::kRetry},
        {RD_KAFKA_RESP_ERR__MSG_TIMED_OUT, Code::kUnknownOutcome},
        {RD_KAFKA_RESP_ERR__PURGE_INFLIGHT, Code::kUnknownOutcome},
        {RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, Code::kUnknownOutcome},
        {RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, Code::kUnknownOutcome},
        {RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, Code::kUnknownOutcome},
        {RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC, Code::kNotFound},
        {RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, Code::kNotFound},
        {RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, Code::kNotFound},
        {RD_KAFKA_RESP_ERR__AUTHENTICATION, Code::kConfig},
        {RD_KAFKA_RESP_ERR__SSL, Code::kConfig},
        {RD_KAFKA_RESP_ERR__INVALID_ARG, Code::kConfig},
        {RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, Code::kConfig},
        {RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM, Code::kConfig},
        {RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, Code::kConfig},
        {RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, Code::kConfig},
        {RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, Code::kConfig},
        {RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, Code::kConfig},
        {RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR, Code::kConfig},
        {RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, Code::kConfig},
        {RD_KAFKA_RESP_ERR_INVALID_CONFIG, Code::kConfig},
        {RD_KAFKA_RESP_ERR_POLICY_VIOLATION, Code::kConfig},
        {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, Code::kFatal},
        {RD_KAFKA_RESP_ERR_UNKNOWN, Code::kFatal},
    };
    for (const auto& [error, code] : rows) {
        const Status status = status_of(error, "the topic x");
        EXPECT_EQ(status.code(), code) << rd_kafka_err2name(error);
        if (code == Code::kOk) continue;
        EXPECT_TRUE(status.text().starts_with("the topic x: Kafka: ")) << status.text();
        EXPECT_EQ(status.service_code(), rd_kafka_err2name(error));
    }
    EXPECT_TRUE(take_status(nullptr, "x").ok());
}

class KafkaClientTest : public ::testing::Test {
  protected:
    std::string refusal() {
        ClientOptions options;
        options.fixed = {{"enable.auto.commit", "false"}};
        const Status status = make_client(cluster_, options).status();
        EXPECT_EQ(status.code(), Code::kConfig) << status.text();
        return status.text();
    }
    Cluster cluster_{"test", {{{"bootstrap.servers", "127.0.0.1:1"}}, {}, 1, 1}};
};

TEST_F(KafkaClientTest, AddressesAreNeeded) {
    cluster_.kafka.properties.clear();
    EXPECT_NE(refusal().find("bootstrap.servers"), std::string::npos);
}

TEST_F(KafkaClientTest, UnknownPropertiesAreNamed) {
    cluster_.kafka.properties.emplace_back("sasl.pasword", "x");
    EXPECT_NE(refusal().find("sasl.pasword"), std::string::npos);
}

TEST_F(KafkaClientTest, WhatExactlyOnceNeedsCannotBeChanged) {
    cluster_.kafka.properties.emplace_back("enable.auto.commit", "true");
    EXPECT_NE(refusal().find("set by millrace itself"), std::string::npos);
}

TEST_F(KafkaClientTest, SecretsAreNeverTold) {
    cluster_.kafka.secrets.emplace_back("ssl.key.pasword", Secret("canary"));
    const std::string text = refusal();
    EXPECT_NE(text.find("ssl.key.pasword"), std::string::npos);
    EXPECT_EQ(text.find("canary"), std::string::npos);
    cluster_.kafka.secrets = {{"security.protocol", Secret("canary")}};
    EXPECT_EQ(refusal().find("canary"), std::string::npos);
}

TEST_F(KafkaClientTest, DefaultsGiveWay) {
    ClientOptions options;
    options.type = RD_KAFKA_PRODUCER;
    options.defaults = {{"linger.ms", "7"}, {"batch.size", "1000"}};
    cluster_.kafka.properties.emplace_back("linger.ms", "9");
    const auto client = make_client(cluster_, options);
    ASSERT_TRUE(client.ok()) << client.status().text();
    char value[32];
    size_t size = sizeof value;
    ASSERT_EQ(rd_kafka_conf_get(rd_kafka_conf(client->get()), "linger.ms", value, &size),
              RD_KAFKA_CONF_OK);
    EXPECT_EQ(std::string(value), "9");
    size = sizeof value;
    ASSERT_EQ(rd_kafka_conf_get(rd_kafka_conf(client->get()), "batch.size", value, &size),
              RD_KAFKA_CONF_OK);
    EXPECT_EQ(std::string(value), "1000");
}

}  // namespace
}  // namespace millrace::kafka
