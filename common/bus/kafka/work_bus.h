// Doorbells through Kafka: topic <cluster>.work.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "common/bus/bus.h"
#include "common/bus/kafka/producer.h"

namespace millrace::kafka {

// The coordinator's side: rings, and hears nothing. Thread-safe; `producer` outlives it.
class WorkSender final : public Bus {
  public:
    WorkSender(const Cluster& cluster, Producer& producer)
        : topic_(cluster.work()), producer_(producer) {}

    Status publish(const Doorbell& doorbell) override;
    // kFatal: this end only sends.
    Result<std::optional<Doorbell>> poll(Duration timeout) override;

  private:
    const std::string topic_;
    Producer& producer_;
};

struct WorkCounts {
    uint64_t taken = 0;      // by poll()
    uint64_t repeated = 0;   // dropped: came again within this process
    uint64_t parked = 0;     // of a newer version, handed on to <cluster>.parked
    uint64_t malformed = 0;  // dropped
    size_t queued = 0;       // now
    int partitions = 0;      // read by this process now
    bool joined = false;     // the group of workers, perhaps with no partition
};

// A worker's side. All workers are one consumer group that shares the partitions; joining and
// leaving moves only the partitions that must move. One thread never stops polling, so a worker
// that is busy stays in its group: when `capacity` doorbells wait here, its partitions are paused.
// The offset of a doorbell is stored when poll() gives it out, so what waits here comes again to
// somebody after a crash. Thread-safe; `producer` outlives it.
class WorkBus final : public Bus {
  public:
    static Result<std::unique_ptr<WorkBus>> create(const Cluster& cluster, Producer& producer,
                                                   size_t capacity = 4);
    // Leaves the group; up to five seconds when Kafka does not answer.
    ~WorkBus() override;

    Status publish(const Doorbell& doorbell) override { return sender_.publish(doorbell); }
    Result<std::optional<Doorbell>> poll(Duration timeout) override;
    WorkCounts counts() const;

  private:
    struct Waiting {
        Doorbell doorbell;
        int32_t partition;
        int64_t offset;
    };

    // The last message of a partition that came here.
    struct Last {
        int64_t offset = -1;
        int64_t time_ms = -1;
    };

    WorkBus(Cluster cluster, Producer& producer, size_t capacity);
    Status subscribe();
    void run();
    bool stays_full();
    void receive(const rd_kafka_message_s& message);
    bool came_before(const rd_kafka_message_s& message);
    void park(const rd_kafka_message_s& message);
    void pause(bool on);
    void store(int32_t partition, int64_t offset);
    void leave();

    const Cluster cluster_;
    Producer& producer_;
    WorkSender sender_;
    const size_t capacity_;
    std::shared_ptr<rd_kafka_s> client_;
    mutable std::mutex mutex_;
    std::condition_variable rang_, taken_one_;
    std::deque<Waiting> queue_;
    bool paused_ = false;           // of the thread
    std::map<int32_t, Last> last_;  // of the thread
    std::atomic<uint64_t> taken_ = 0, repeated_ = 0, parked_ = 0, malformed_ = 0;
    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

}  // namespace millrace::kafka
