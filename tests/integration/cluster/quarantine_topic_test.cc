#include "common/bus/kafka/quarantine_topic.h"

#include "common/bus/kafka/messages.h"
#include "common/bus/kafka/read_topic.h"
#include "millrace.pb.h"
#include "tests/integration/cluster/kafka_fixture.h"

namespace millrace::kafka {
namespace {

class QuarantineTopicTest : public KafkaTest {
  protected:
    static SealKey key(char digit) { return *SealKey::parse(Secret(std::string(64, digit))); }
    QuarantineTopic topic(char digit = 'a') {
        return QuarantineTopic(cluster_, *producer_, key(digit), random_);
    }
    const RunId run_{"run-1"};
    const ShardId shard_{"shard-1"};
};

TEST_F(QuarantineTopicTest, GivesBackTheLinesOfARun) {
    QuarantineTopic quarantine = topic();
    std::vector<std::string> expected;
    for (int i = 0; i < 5; ++i) {
        const std::vector<std::string> lines = {"{\"row\":" + std::to_string(i) + "}", "{}"};
        const Status status = quarantine.append(run_, shard_, lines);
        ASSERT_TRUE(status.ok()) << status.text();
        expected.insert(expected.end(), lines.begin(), lines.end());
        ASSERT_TRUE(quarantine.append(RunId("run-2"), shard_, std::vector<std::string>{"x"}).ok());
    }
    EXPECT_TRUE(quarantine.append(run_, shard_, {}).ok());
    const auto lines = quarantine.read(run_);
    ASSERT_TRUE(lines.ok()) << lines.status().text();
    EXPECT_EQ(*lines, expected);
    EXPECT_EQ(quarantine.read(RunId("run-3"))->size(), 0u);
}

TEST_F(QuarantineTopicTest, TakesLongLinesAndManyLines) {
    QuarantineTopic quarantine = topic();
    std::vector<std::string> lines = {std::string(5'000'000, 'a'), "b"};
    for (int i = 0; i < 2000; ++i) lines.push_back(std::string(1000, 'c') + std::to_string(i));
    const Status status = quarantine.append(run_, shard_, lines);
    ASSERT_TRUE(status.ok()) << status.text();
    const auto read = quarantine.read(run_);
    ASSERT_TRUE(read.ok()) << read.status().text();
    EXPECT_EQ(*read, lines);
}

TEST_F(QuarantineTopicTest, HoldsNoRecordInClearText) {
    QuarantineTopic quarantine = topic();
    ASSERT_TRUE(quarantine.append(run_, shard_, std::vector<std::string>{"canary-value"}).ok());
    size_t messages = 0;
    const auto take = [&](std::string_view key, std::string_view value) {
        ++messages;
        EXPECT_EQ(key, run_.text());
        EXPECT_EQ(value.find("canary"), value.npos);
        return Status();
    };
    ASSERT_TRUE(read_topic(cluster_, cluster_.quarantine(), take).ok());
    EXPECT_EQ(messages, 1u);
    EXPECT_EQ(topic('b').read(run_).status().code(), Code::kConfig);
}

TEST_F(QuarantineTopicTest, ANewerOrBrokenMessageFailsTheRead) {
    wire::QuarantineLines newer;
    newer.set_schema(kSchema + 1);
    const std::string bytes = newer.SerializeAsString();
    ASSERT_TRUE(producer_->send_and_wait(cluster_.quarantine(), "newer", bytes).ok());
    ASSERT_TRUE(producer_->send_and_wait(cluster_.quarantine(), "broken", "\xff").ok());
    EXPECT_EQ(topic().read(RunId("newer")).status().code(), Code::kConfig);
    EXPECT_EQ(topic().read(RunId("broken")).status().code(), Code::kCorrupt);
    EXPECT_TRUE(topic().read(run_).ok());
}

}  // namespace
}  // namespace millrace::kafka
