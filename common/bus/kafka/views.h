// Small pieces for the readers of topics.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <string_view>

namespace millrace::kafka {

using Partitions = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                   decltype(&rd_kafka_topic_partition_list_destroy)>;
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, void (*)(const rd_kafka_metadata_t*)>;

inline Partitions make_partitions(rd_kafka_topic_partition_list_t* list = nullptr) {
    return {list ? list : rd_kafka_topic_partition_list_new(4),
            rd_kafka_topic_partition_list_destroy};
}

// What a client reads now.
inline Partitions assignment_of(rd_kafka_t* client) {
    rd_kafka_topic_partition_list_t* list = nullptr;
    rd_kafka_assignment(client, &list);
    return {list, rd_kafka_topic_partition_list_destroy};
}

// They end with the message.
inline std::string_view key_of(const rd_kafka_message_t& message) {
    return {static_cast<const char*>(message.key), message.key_len};
}
inline std::string_view value_of(const rd_kafka_message_t& message) {
    return {static_cast<const char*>(message.payload), message.len};
}

}  // namespace millrace::kafka
