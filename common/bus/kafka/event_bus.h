// What workers tell coordinators: topic <cluster>.events.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "common/bus/bus.h"
#include "common/bus/kafka/producer.h"

namespace millrace::wire {
class Event;
}

namespace millrace::kafka {

// A worker's side. As a Bus it tells that an item has changed. Never blocks; thread-safe;
// `producer` outlives it.
class EventSender final : public Bus {
  public:
    EventSender(const Cluster& cluster, Producer& producer)
        : topic_(cluster.events()), producer_(producer) {}

    Status publish(const Doorbell& doorbell) override;
    // kFatal: this end only sends.
    Result<std::optional<Doorbell>> poll(Duration timeout) override;
    // Events of one run stay in order; those of a worker itself are keyed by its id.
    void send(const wire::Event& event);

  private:
    const std::string topic_;
    Producer& producer_;
};

struct EventCounts {
    uint64_t received = 0;
    uint64_t newer = 0;      // of a newer version: left to a newer coordinator
    uint64_t malformed = 0;  // dropped
};

// A coordinator's side: every coordinator reads all events, those of the past not.
class EventReader {
  public:
    using Take = std::function<void(const wire::Event&)>;

    // What is sent after this returned is given to `take`, on the reader's thread, those of one key
    // in order. Needs the topic; kUnreachable when Kafka does not answer.
    static Result<std::unique_ptr<EventReader>> create(const Cluster& cluster, Take take);
    ~EventReader();  // `take` is not called after it

    EventCounts counts() const { return {received_, newer_, malformed_}; }

  private:
    explicit EventReader(Take take) : take_(std::move(take)) {}
    void run();
    void receive(const rd_kafka_message_s& message);

    const Take take_;
    std::shared_ptr<rd_kafka_s> client_;
    std::atomic<uint64_t> received_ = 0, newer_ = 0, malformed_ = 0;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace millrace::kafka
