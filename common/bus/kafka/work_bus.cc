#include "common/bus/kafka/work_bus.h"

#include <algorithm>

#include "common/base/log.h"
#include "common/bus/kafka/client.h"
#include "common/bus/kafka/errors.h"
#include "common/bus/kafka/messages.h"
#include "common/bus/kafka/views.h"

namespace millrace::kafka {
namespace {

constexpr int kPollMs = 100, kPausedPollMs = 10, kPauseAfterMs = 500, kLeaveTries = 25;

bool in_group(rd_kafka_t* client) {
    char* id = rd_kafka_memberid(client);
    const bool joined = id != nullptr && *id != '\0';
    if (id != nullptr) rd_kafka_mem_free(client, id);
    return joined;
}

}  // namespace

Status WorkSender::publish(const Doorbell& doorbell) {
    producer_.send(topic_, doorbell.item.text(), encode(doorbell));
    return {};
}

Result<std::optional<Doorbell>> WorkSender::poll(Duration) {
    return fatal_error("the coordinator does not take work items");
}

Result<std::unique_ptr<WorkBus>> WorkBus::create(const Cluster& cluster, Producer& producer,
                                                 size_t capacity) {
    std::unique_ptr<WorkBus> bus(new WorkBus(cluster, producer, capacity));
    MILLRACE_TRY(bus->subscribe());
    bus->thread_ = std::thread([self = bus.get()] { self->run(); });
    return bus;
}

WorkBus::WorkBus(Cluster cluster, Producer& producer, size_t capacity)
    : cluster_(std::move(cluster)),
      producer_(producer),
      sender_(cluster_, producer),
      capacity_(capacity) {}

Status WorkBus::subscribe() {
    ClientOptions options;
    options.defaults = {{"session.timeout.ms", "10000"},
                        {"heartbeat.interval.ms", "1000"},
                        {"queued.max.messages.kbytes", "1024"},
                        {"fetch.wait.max.ms", "100"}};
    options.fixed = {{"group.id", cluster_.name + ".workers"},
                     {"partition.assignment.strategy", "cooperative-sticky"},
                     {"enable.auto.offset.store", "false"},
                     {"enable.auto.commit", "true"},
                     {"auto.commit.interval.ms", "1000"},
                     // Work of a cluster whose offsets are lost: old doorbells do no harm.
                     {"auto.offset.reset", "earliest"}};
    MILLRACE_ASSIGN(Client client, make_client(cluster_, options));
    client_ = std::move(client);
    const Partitions topics = make_partitions();
    rd_kafka_topic_partition_list_add(topics.get(), cluster_.work().c_str(), RD_KAFKA_PARTITION_UA);
    return status_of(rd_kafka_subscribe(client_.get(), topics.get()),
                     "the topic " + cluster_.work() + " cannot be read");
}

WorkBus::~WorkBus() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
    if (client_) leave();
}

void WorkBus::leave() {
    // By itself, because closing a cooperative consumer does not tell the group.
    rd_kafka_unsubscribe(client_.get());
    for (int i = 0; i < kLeaveTries && in_group(client_.get()); ++i) {
        if (rd_kafka_message_t* message = rd_kafka_consumer_poll(client_.get(), kPollMs)) {
            rd_kafka_message_destroy(message);
        }
    }
    // Of its own queue, because closing a consumer the simple way waits for Kafka without a limit.
    rd_kafka_queue_t* queue = rd_kafka_queue_new(client_.get());
    if (rd_kafka_error_t* error = rd_kafka_consumer_close_queue(client_.get(), queue)) {
        log::warn("kafka-group-not-left", {{"why", rd_kafka_error_string(error)}});
        rd_kafka_error_destroy(error);
    }
    for (int i = 0; i < kLeaveTries && !rd_kafka_consumer_closed(client_.get()); ++i) {
        if (rd_kafka_event_t* event = rd_kafka_queue_poll(queue, kPollMs)) {
            rd_kafka_event_destroy(event);
        }
    }
    rd_kafka_queue_destroy(queue);
}

Result<std::optional<Doorbell>> WorkBus::poll(Duration timeout) {
    std::unique_lock lock(mutex_);
    // The system's time on purpose: a real wait of a thread, woken by receive().
    rang_.wait_for(lock, timeout, [this] { return !queue_.empty(); });
    if (queue_.empty()) return std::optional<Doorbell>();
    Waiting first = std::move(queue_.front());
    queue_.pop_front();
    store(first.partition, first.offset);
    ++taken_;
    taken_one_.notify_one();
    return std::optional(std::move(first.doorbell));
}

void WorkBus::run() {
    while (!stopping_) {
        const bool full = stays_full();
        if (full != paused_) pause(full);
        rd_kafka_message_t* message =
            rd_kafka_consumer_poll(client_.get(), full ? kPausedPollMs : kPollMs);
        if (message == nullptr) continue;
        receive(*message);
        rd_kafka_message_destroy(message);
    }
}

// Pausing throws away what was fetched, so it is for workers that are busy for long.
bool WorkBus::stays_full() {
    std::unique_lock lock(mutex_);
    const auto room = [this] { return queue_.size() < capacity_; };
    return !taken_one_.wait_for(lock, std::chrono::milliseconds(paused_ ? 0 : kPauseAfterMs), room);
}

void WorkBus::receive(const rd_kafka_message_t& message) {
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log::warn("kafka-work", {{"why", rd_kafka_message_errstr(&message)}});
        return;
    }
    if (paused_) pause(true);  // it is of a partition that came since
    if (came_before(message)) return;
    Waiting waiting{{}, message.partition, message.offset};
    switch (decode(value_of(message), waiting.doorbell)) {
        case Reading::kGood: break;
        case Reading::kNewer: park(message); return;
        case Reading::kMalformed:
            if (malformed_++ == 0) log::warn("kafka-work-malformed", {{"topic", cluster_.work()}});
            return;
    }
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(waiting));
    }
    rang_.notify_one();
}

// librdkafka before 2.4 reads partitions that it keeps in a rebalance again from where they began
// (its issue 4637). A topic that was made anew has lower offsets, but later times.
bool WorkBus::came_before(const rd_kafka_message_t& message) {
    Last& last = last_[message.partition];
    const int64_t time_ms = rd_kafka_message_timestamp(&message, nullptr);
    if (message.offset <= last.offset && time_ms <= last.time_ms) {
        ++repeated_;
        return true;
    }
    last = {message.offset, std::max(time_ms, last.time_ms)};
    return false;
}

void WorkBus::park(const rd_kafka_message_t& message) {
    if (parked_++ == 0) {
        log::warn("kafka-work-parked",
                  {{"topic", cluster_.parked()},
                   {"why", "a newer millrace sends work items: update this worker"}});
    }
    producer_.send(cluster_.parked(), key_of(message), value_of(message));
    store(message.partition, message.offset);
}

void WorkBus::pause(bool on) {
    const Partitions held = assignment_of(client_.get());
    if (!held) return;
    on ? rd_kafka_pause_partitions(client_.get(), held.get())
       : rd_kafka_resume_partitions(client_.get(), held.get());
    paused_ = on;
}

void WorkBus::store(int32_t partition, int64_t offset) {
    const Partitions list = make_partitions();
    rd_kafka_topic_partition_list_add(list.get(), cluster_.work().c_str(), partition)->offset =
        offset + 1;
    // Refused when the partition has gone to another worker: that one rings again, no harm.
    rd_kafka_offsets_store(client_.get(), list.get());
}

WorkCounts WorkBus::counts() const {
    WorkCounts counts{taken_, repeated_, parked_, malformed_, 0, 0};
    if (const Partitions held = assignment_of(client_.get())) counts.partitions = held->cnt;
    counts.joined = in_group(client_.get());
    const std::lock_guard lock(mutex_);
    counts.queued = queue_.size();
    return counts;
}

}  // namespace millrace::kafka
