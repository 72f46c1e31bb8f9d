#include "coordinator/catalog/kafka_log.h"

#include <chrono>
#include <iostream>
#include <map>

#include "common/bus/kafka/client.h"
#include "tests/integration/cluster/kafka_fixture.h"

namespace millrace {
namespace {

using Records = std::vector<CatalogRecord>;
using Rows = std::map<std::string, std::string>;

class KafkaLogTest : public kafka::KafkaTest {
  protected:
    // The last value of each key.
    static Rows open(CatalogLog& log) {
        Rows rows;
        const Status status = log.open([&](CatalogRecord record) {
            if (record.value.empty()) {
                rows.erase(record.key);
            } else {
                rows[record.key] = record.value;
            }
            return Status();
        });
        EXPECT_TRUE(status.ok()) << status.text();
        return rows;
    }

    static void append(CatalogLog& log, const Records& records) {
        const Status status = log.append(records);
        EXPECT_TRUE(status.ok()) << status.text();
    }

    Rows again() {
        KafkaLog log(cluster_);
        return open(log);
    }
};

TEST_F(KafkaLogTest, GivesBackTheLastValueOfEachKey) {
    KafkaLog log(cluster_);
    EXPECT_EQ(open(log), Rows());
    append(log, {{"a", "1"}, {"b", "1"}, {"c", "1"}});
    append(log, {{"b", "2"}});
    append(log, {{"c", ""}});
    append(log, {{"d", "1"}, {"d", "2"}});
    append(log, {});
    const Rows expected = {{"a", "1"}, {"b", "2"}, {"d", "2"}};
    EXPECT_EQ(again(), expected);
    EXPECT_EQ(again(), expected);  // also behind the marks that opening leaves
}

TEST_F(KafkaLogTest, TheOneThatOpensLastWritesAlone) {
    KafkaLog first(cluster_), second(cluster_);
    open(first);
    append(first, {{"a", "1"}});
    EXPECT_EQ(open(second), (Rows{{"a", "1"}}));
    EXPECT_EQ(first.append(Records{{"a", "old"}}).code(), Code::kFenced);
    EXPECT_EQ(first.append(Records{{"a", "old"}}).code(), Code::kFenced);
    append(second, {{"b", "2"}});
    EXPECT_EQ(open(first), (Rows{{"a", "1"}, {"b", "2"}}));
    append(first, {{"c", "3"}});
    EXPECT_EQ(second.append(Records{{"a", "old"}}).code(), Code::kFenced);
    EXPECT_EQ(again(), (Rows{{"a", "1"}, {"b", "2"}, {"c", "3"}}));
}

TEST_F(KafkaLogTest, WhatWasNotCommittedIsNeverSeen) {
    KafkaLog log(cluster_);
    open(log);
    append(log, {{"a", "1"}});
    kafka::ClientOptions options;
    options.type = RD_KAFKA_PRODUCER;
    options.fixed = {{"transactional.id", cluster_.name + ".coordinator"}, {"linger.ms", "0"}};
    const auto client = kafka::make_client(cluster_, options);
    ASSERT_TRUE(client.ok());
    rd_kafka_t* writer = client->get();
    ASSERT_EQ(rd_kafka_init_transactions(writer, 20'000), nullptr);
    const auto produce = [&](const char* value) {
        ASSERT_EQ(rd_kafka_begin_transaction(writer), nullptr);
        ASSERT_EQ(rd_kafka_producev(writer, RD_KAFKA_V_TOPIC(cluster_.catalog().c_str()),
                                    RD_KAFKA_V_PARTITION(0), RD_KAFKA_V_KEY("a", 1),
                                    RD_KAFKA_V_VALUE(const_cast<char*>(value), 3), RD_KAFKA_V_END),
                  RD_KAFKA_RESP_ERR_NO_ERROR);
        ASSERT_EQ(rd_kafka_flush(writer, 20'000), RD_KAFKA_RESP_ERR_NO_ERROR);
    };
    produce("bad");  // aborted
    ASSERT_EQ(rd_kafka_abort_transaction(writer, 20'000), nullptr);
    produce("bad");  // left open by one who died
    EXPECT_EQ(again(), (Rows{{"a", "1"}}));
}

TEST_F(KafkaLogTest, RecordsMayBeLongAndMany) {
    Records records;
    Rows expected;
    for (int i = 0; i < 40; ++i) {
        const std::string key = "key-" + std::to_string(i);
        records.push_back(
            {key, std::string(CatalogRecord::kValueMax, static_cast<char>('a' + i % 26))});
        expected[key] = records.back().value;
    }
    KafkaLog log(cluster_);
    open(log);
    append(log, records);
    EXPECT_EQ(again(), expected);
}

TEST_F(KafkaLogTest, WithoutItsTopicItDoesNotOpen) {
    cluster_.name += "-other";
    KafkaLog log(cluster_);
    const Status status = log.open([](CatalogRecord) { return Status(); });
    EXPECT_EQ(status.code(), Code::kNotFound) << status.text();
    EXPECT_EQ(log.append(Records{{"a", "1"}}).code(), Code::kLedgerLost);
}

TEST_F(KafkaLogTest, AReaderThatRefusesEndsTheOpening) {
    KafkaLog log(cluster_);
    open(log);
    append(log, {{"a", "1"}});
    const Status refused = log.open([](CatalogRecord) { return Status(Code::kCorrupt, "no"); });
    EXPECT_EQ(refused.code(), Code::kCorrupt);
    EXPECT_EQ(log.append(Records{{"a", "1"}}).code(), Code::kLedgerLost);
}

TEST_F(KafkaLogTest, SurvivesARestartOfKafka) {
    if (!std::getenv("MILLRACE_KAFKA_DIR")) GTEST_SKIP() << "MILLRACE_KAFKA_DIR is not set";
    KafkaLog log(cluster_);
    open(log);
    append(log, {{"a", "1"}});
    ASSERT_TRUE(restart_kafka());
    // It may have to be opened again, but then it knows what it took.
    const bool written = log.append(Records{{"b", "2"}}).ok();
    const Rows rows = open(log);
    EXPECT_EQ(rows.at("a"), "1");
    EXPECT_TRUE(!written || rows.at("b") == "2");
    append(log, {{"c", "3"}});
    EXPECT_EQ(again().at("c"), "3");
}

TEST_F(KafkaLogTest, AnAppendTakesSomeMilliseconds) {
    const char* long_form = std::getenv("MILLRACE_LONG");
    const int count = long_form && *long_form ? 1000 : 50;
    KafkaLog log(cluster_);
    open(log);
    const auto began = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) {
        append(log, {{"key-" + std::to_string(i % 10), std::to_string(i)},
                     {"other-" + std::to_string(i % 10), std::to_string(i)}});
    }
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
    std::cout << count << " appends: " << took.count() / count << " ms each\n";
    const Rows rows = again();
    EXPECT_EQ(rows.size(), 20u);
    EXPECT_EQ(rows.at("key-9"), std::to_string(count - 1));
}

}  // namespace
}  // namespace millrace
