#include "common/bus/kafka/read_topic.h"

#include <algorithm>

#include "common/bus/kafka/errors.h"
#include "common/bus/kafka/views.h"

namespace millrace::kafka {
namespace {

constexpr int kAskMs = 10'000;                           // one question to Kafka
constexpr int kReadPollMs = 500, kSilencePollsMax = 60;  // 30 s without a record

Result<int> partitions_of(rd_kafka_t* client, const std::string& topic) {
    const std::string what = "the topic " + topic;
    const std::unique_ptr<rd_kafka_topic_t, decltype(&rd_kafka_topic_destroy)> handle(
        rd_kafka_topic_new(client, topic.c_str(), nullptr), rd_kafka_topic_destroy);
    const rd_kafka_metadata_t* found = nullptr;
    MILLRACE_TRY(status_of(rd_kafka_metadata(client, 0, handle.get(), &found, kAskMs), what));
    const Metadata metadata(found, rd_kafka_metadata_destroy);
    if (metadata->topic_cnt != 1) return Status(Code::kNotFound, what + " is not there");
    MILLRACE_TRY(status_of(metadata->topics[0].err, what));
    return metadata->topics[0].partition_cnt;
}

// The partitions that are not read to their end yet.
class Rest {
  public:
    explicit Rest(std::vector<int64_t> ends) : ends_(std::move(ends)), open_(ends_.size(), true) {}

    bool none() const {
        return std::none_of(open_.begin(), open_.end(), [](bool b) { return b; });
    }
    void close(int32_t partition) { open_[static_cast<size_t>(partition)] = false; }
    // The end of a partition may lie behind its last record: marks of transactions take offsets.
    void passed(int32_t partition, int64_t offset) {
        if (offset + 1 >= ends_[static_cast<size_t>(partition)]) close(partition);
    }

  private:
    const std::vector<int64_t> ends_;
    std::vector<bool> open_;
};

}  // namespace

Result<Client> make_reader(const Cluster& cluster, const std::string& lost) {
    ClientOptions options;
    options.fixed = {{"group.id", cluster.name + ".reader"},  // must be named; is never joined
                     {"enable.auto.commit", "false"},
                     {"enable.partition.eof", "true"},
                     {"isolation.level", "read_committed"},
                     {"auto.offset.reset", lost}};
    return make_client(cluster, options);
}

Result<std::vector<int64_t>> assign_all(rd_kafka_t* client, const std::string& topic, Begin begin) {
    MILLRACE_ASSIGN(const int count, partitions_of(client, topic));
    const Partitions list = make_partitions();
    std::vector<int64_t> ends;
    for (int p = 0; p < count; ++p) {
        int64_t low = 0, high = 0;
        MILLRACE_TRY(status_of(
            rd_kafka_query_watermark_offsets(client, topic.c_str(), p, &low, &high, kAskMs),
            "the end of the topic " + topic));
        ends.push_back(high);
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p)->offset =
            begin == Begin::kEnd ? high : low;
    }
    MILLRACE_TRY(status_of(rd_kafka_assign(client, list.get()), "the topic " + topic));
    return ends;
}

Status read_topic(const Cluster& cluster, const std::string& topic,
                  const std::function<Status(std::string_view, std::string_view)>& take) {
    MILLRACE_ASSIGN(const Client client, make_reader(cluster, "earliest"));
    MILLRACE_ASSIGN(auto ends, assign_all(client.get(), topic, Begin::kBeginning));
    Rest rest(std::move(ends));
    int silent = 0;
    while (!rest.none()) {
        const std::unique_ptr<rd_kafka_message_t, decltype(&rd_kafka_message_destroy)> message(
            rd_kafka_consumer_poll(client.get(), kReadPollMs), rd_kafka_message_destroy);
        if (!message) {
            if (++silent < kSilencePollsMax) continue;
            return Status(Code::kUnreachable, "the topic " + topic +
                                                  " cannot be read: Kafka has "
                                                  "been silent for 30 s");
        }
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            rest.close(message->partition);
        } else if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
            const Status status = status_of(message->err, "the topic " + topic);
            if (!status.retryable() || ++silent == kSilencePollsMax) return status;
        } else {
            silent = 0;
            MILLRACE_TRY(take(key_of(*message), value_of(*message)));
            rest.passed(message->partition, message->offset);
        }
    }
    return {};
}

}  // namespace millrace::kafka
