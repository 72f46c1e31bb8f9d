// A client of librdkafka: how it is made from the configuration, and where its log lines go.
#pragma once

#include <librdkafka/rdkafka.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/bus/kafka/topics.h"

namespace millrace::kafka {

struct DestroyClient {
    // Without leaving its group: who has one closes it before.
    void operator()(rd_kafka_t* client) const;
};
using Client = std::unique_ptr<rd_kafka_t, DestroyClient>;

using Properties = std::vector<std::pair<std::string, std::string>>;
using DeliveryReport = void (*)(rd_kafka_t*, const rd_kafka_message_t*, void*);

struct ClientOptions {
    rd_kafka_type_t type = RD_KAFKA_CONSUMER;
    Properties defaults;  // the configuration may say otherwise
    Properties fixed;     // it may not: kConfig
    DeliveryReport delivered = nullptr;
    void* opaque = nullptr;
};

// Does not wait for a connection. kConfig names the property that is not understood, and never the
// value of a secret one.
Result<Client> make_client(const Cluster& cluster, const ClientOptions& options);

}  // namespace millrace::kafka
