// Sends messages to the topics of a cluster.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "common/bus/kafka/topics.h"

struct rd_kafka_s;
struct rd_kafka_message_s;

namespace millrace::kafka {

struct ProducerCounts {
    uint64_t acknowledged = 0;  // by all replicas in sync
    uint64_t dropped = 0;       // the queue was full
    uint64_t failed = 0;        // not acknowledged in time, or refused
    int queued = 0;             // now
};

// Idempotent, acknowledged by all replicas in sync; messages of one key stay in order. Made once
// per process. Thread-safe.
class Producer {
  public:
    // kConfig only; Kafka is reached when the first message is sent.
    static Result<std::unique_ptr<Producer>> create(const Cluster& cluster);
    // Waits up to two seconds for what is queued.
    ~Producer();

    // Never blocks and promises nothing: while Kafka is away messages wait in a bounded queue, and
    // are dropped when it is full.
    void send(const std::string& topic, std::string_view key, std::string_view value);
    // Acknowledged when this returns ok; blocks up to 30 s. kUnknownOutcome: it may come yet.
    Status send_and_wait(const std::string& topic, std::string_view key, std::string_view value);

    ProducerCounts counts() const;

  private:
    friend struct ProducerPeer;  // its tests
    struct Wait;

    explicit Producer(Cluster cluster) : cluster_(std::move(cluster)) {}
    Result<std::shared_ptr<rd_kafka_s>> connect();
    std::shared_ptr<rd_kafka_s> client() const;
    int queue(rd_kafka_s* client, const std::string& topic, std::string_view key,
              std::string_view value, Wait* wait);
    static void delivered(rd_kafka_s*, const rd_kafka_message_s* message, void* self);
    void serve();
    void replace();

    const Cluster cluster_;
    mutable std::mutex mutex_;
    std::shared_ptr<rd_kafka_s> client_;
    std::atomic<uint64_t> acknowledged_ = 0, dropped_ = 0, failed_ = 0;
    std::atomic<bool> stopping_ = false;
    std::thread server_;
};

}  // namespace millrace::kafka
