#include "common/bus/kafka/producer.h"

#include <condition_variable>

#include "common/base/log.h"
#include "common/bus/kafka/client.h"
#include "common/bus/kafka/errors.h"

namespace millrace::kafka {
namespace {

constexpr int kServeMs = 100, kFlushMs = 2000;

}  // namespace

// One who waits for its message.
struct Producer::Wait {
    std::mutex mutex;
    std::condition_variable reported;
    bool done = false;
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
};

Result<std::unique_ptr<Producer>> Producer::create(const Cluster& cluster) {
    std::unique_ptr<Producer> producer(new Producer(cluster));
    MILLRACE_ASSIGN(producer->client_, producer->connect());
    producer->server_ = std::thread([self = producer.get()] { self->serve(); });
    return producer;
}

Result<std::shared_ptr<rd_kafka_t>> Producer::connect() {
    ClientOptions options;
    options.type = RD_KAFKA_PRODUCER;
    options.defaults = {{"linger.ms", "2"},
                        {"queue.buffering.max.messages", "10000"},
                        {"queue.buffering.max.kbytes", "65536"}};
    options.fixed = {{"enable.idempotence", "true"},
                     {"acks", "all"},
                     {"message.timeout.ms", "30000"},
                     {"message.max.bytes", std::to_string(kMessageMax)}};
    options.delivered = &Producer::delivered;
    options.opaque = this;
    MILLRACE_ASSIGN(Client client, make_client(cluster_, options));
    return std::shared_ptr<rd_kafka_t>(std::move(client));
}

Producer::~Producer() {
    stopping_ = true;
    if (server_.joinable()) server_.join();
    if (client_) rd_kafka_flush(client_.get(), kFlushMs);
}

std::shared_ptr<rd_kafka_t> Producer::client() const {
    const std::lock_guard lock(mutex_);
    return client_;
}

int Producer::queue(rd_kafka_t* client, const std::string& topic, std::string_view key,
                    std::string_view value, Wait* wait) {
    return rd_kafka_producev(
        client, RD_KAFKA_V_TOPIC(topic.c_str()), RD_KAFKA_V_KEY(key.data(), key.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_OPAQUE(wait), RD_KAFKA_V_END);
}

void Producer::send(const std::string& topic, std::string_view key, std::string_view value) {
    const auto client = this->client();
    if (queue(client.get(), topic, key, value, nullptr) != RD_KAFKA_RESP_ERR_NO_ERROR) ++dropped_;
}

Status Producer::send_and_wait(const std::string& topic, std::string_view key,
                               std::string_view value) {
    Wait wait;
    const auto client = this->client();
    const std::string what = "a message to the topic " + topic;
    const int code = queue(client.get(), topic, key, value, &wait);
    MILLRACE_TRY(status_of(static_cast<rd_kafka_resp_err_t>(code), what));
    std::unique_lock lock(wait.mutex);
    // librdkafka reports every message once, at the latest when message.timeout.ms has passed.
    wait.reported.wait(lock, [&] { return wait.done; });
    return status_of(wait.code, what);
}

void Producer::delivered(rd_kafka_t*, const rd_kafka_message_t* message, void* self) {
    Producer& producer = *static_cast<Producer*>(self);
    ++(message->err ? producer.failed_ : producer.acknowledged_);
    if (message->_private == nullptr) return;
    Wait& wait = *static_cast<Wait*>(message->_private);
    const std::lock_guard lock(wait.mutex);
    wait.done = true;
    wait.code = message->err;
    wait.reported.notify_one();  // under the lock: the waiting one ends with it
}

void Producer::serve() {
    while (!stopping_) {
        const auto client = this->client();
        rd_kafka_poll(client.get(), kServeMs);
        char why[256];
        if (rd_kafka_fatal_error(client.get(), why, sizeof why) != RD_KAFKA_RESP_ERR_NO_ERROR) {
            log::warn("kafka-producer-replaced", {{"why", why}});
            replace();
        }
    }
}

// An idempotent producer whose sequence broke takes no more messages; a new one begins anew.
void Producer::replace() {
    Result<std::shared_ptr<rd_kafka_t>> fresh = connect();
    if (!fresh.ok()) return;  // the same configuration worked before: again at the next turn
    const auto old = client();
    {
        const std::lock_guard lock(mutex_);
        client_ = *std::move(fresh);
    }
    rd_kafka_purge(old.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(old.get(), kFlushMs);
}

ProducerCounts Producer::counts() const {
    return {acknowledged_, dropped_, failed_, rd_kafka_outq_len(client().get())};
}

}  // namespace millrace::kafka
