#include "common/bus/kafka/topics.h"

#include "common/bus/kafka/client.h"
#include "common/bus/kafka/read_topic.h"
#include "tests/integration/cluster/kafka_fixture.h"

namespace millrace::kafka {
namespace {

class TopicsTest : public KafkaTest {
  protected:
    bool needs_topics() const override { return false; }

    size_t partitions_of(const std::string& topic) {
        const auto client = make_reader(cluster_, "earliest");
        EXPECT_TRUE(client.ok());
        const auto ends = assign_all(client->get(), topic, Begin::kBeginning);
        EXPECT_TRUE(ends.ok()) << ends.status().text();
        return ends.ok() ? ends->size() : 0;
    }

    // As an administrator would.
    void create(const std::string& topic, int partitions, const char* cleanup) {
        const auto client = make_client(cluster_, {});
        ASSERT_TRUE(client.ok());
        char why[256];
        rd_kafka_NewTopic_t* one =
            rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, why, sizeof why);
        rd_kafka_NewTopic_set_config(one, "cleanup.policy", cleanup);
        rd_kafka_queue_t* queue = rd_kafka_queue_new(client->get());
        rd_kafka_CreateTopics(client->get(), &one, 1, nullptr, queue);
        rd_kafka_event_t* event = rd_kafka_queue_poll(queue, 20'000);
        ASSERT_NE(event, nullptr);
        ASSERT_EQ(rd_kafka_event_error(event), RD_KAFKA_RESP_ERR_NO_ERROR);
        rd_kafka_event_destroy(event);
        rd_kafka_queue_destroy(queue);
        rd_kafka_NewTopic_destroy(one);
    }
};

TEST_F(TopicsTest, AreMadeOnceWithTheConfiguredPartitions) {
    for (int i = 0; i < 2; ++i) {
        const Status status = prepare_topics(cluster_);
        ASSERT_TRUE(status.ok()) << status.text();
    }
    EXPECT_EQ(partitions_of(cluster_.work()), 4u);
    EXPECT_EQ(partitions_of(cluster_.events()), 4u);
    EXPECT_EQ(partitions_of(cluster_.quarantine()), 4u);
    EXPECT_EQ(partitions_of(cluster_.catalog()), 1u);
    EXPECT_EQ(partitions_of(cluster_.parked()), 1u);
}

TEST_F(TopicsTest, OneThatWouldForgetIsRefused) {
    create(cluster_.catalog(), 1, "delete");
    const Status status = prepare_topics(cluster_);
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_NE(status.text().find(cluster_.catalog()), std::string::npos) << status.text();
    EXPECT_NE(status.text().find("cleanup.policy=delete"), std::string::npos) << status.text();
}

TEST_F(TopicsTest, AQuarantineThatKeepsTheLastLineOnlyIsRefused) {
    create(cluster_.quarantine(), 2, "compact");
    EXPECT_EQ(prepare_topics(cluster_).code(), Code::kConfig);
}

TEST_F(TopicsTest, ACatalogWithoutOneOrderIsRefused) {
    create(cluster_.catalog(), 3, "compact");
    const Status status = prepare_topics(cluster_);
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_NE(status.text().find("3 partitions"), std::string::npos) << status.text();
}

TEST_F(TopicsTest, TooFewBrokersForTheReplicasAreToldAsConfiguration) {
    cluster_.kafka.replication = 3;
    const Status status = prepare_topics(cluster_);
    EXPECT_EQ(status.code(), Code::kConfig) << status.text();
    EXPECT_NE(status.text().find("replication factor"), std::string::npos) << status.text();
}

TEST_F(TopicsTest, KafkaThatIsNotThereIsUnreachable) {
    cluster_.kafka.properties = {{"bootstrap.servers", "127.0.0.1:1"}};
    EXPECT_EQ(prepare_topics(cluster_, 0s).code(), Code::kUnreachable);
}

TEST_F(TopicsTest, ATopicThatIsNotThereIsNotMadeByReadingIt) {
    const auto nothing = [](std::string_view, std::string_view) { return Status(); };
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(read_topic(cluster_, cluster_.work(), nothing).code(), Code::kNotFound);
    }
}

}  // namespace
}  // namespace millrace::kafka
