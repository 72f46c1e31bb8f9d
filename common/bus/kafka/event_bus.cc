#include "common/bus/kafka/event_bus.h"

#include "common/base/log.h"
#include "common/bus/kafka/client.h"
#include "common/bus/kafka/messages.h"
#include "common/bus/kafka/read_topic.h"
#include "common/bus/kafka/views.h"
#include "millrace.pb.h"

namespace millrace::kafka {
namespace {

constexpr int kEventPollMs = 100;

}  // namespace

Status EventSender::publish(const Doorbell& doorbell) {
    wire::Event event;
    event.set_run(doorbell.run.text());
    event.set_item(doorbell.item.text());
    event.mutable_changed();
    send(event);
    return {};
}

Result<std::optional<Doorbell>> EventSender::poll(Duration) {
    return fatal_error("a worker does not read events");
}

void EventSender::send(const wire::Event& event) {
    producer_.send(topic_, event.run().empty() ? event.worker().id() : event.run(), encode(event));
}

Result<std::unique_ptr<EventReader>> EventReader::create(const Cluster& cluster, Take take) {
    std::unique_ptr<EventReader> reader(new EventReader(std::move(take)));
    MILLRACE_ASSIGN(Client client, make_reader(cluster, "latest"));
    MILLRACE_TRY(assign_all(client.get(), cluster.events(), Begin::kEnd).status());
    reader->client_ = std::move(client);
    reader->thread_ = std::thread([self = reader.get()] { self->run(); });
    return reader;
}

EventReader::~EventReader() {
    stopping_ = true;
    if (thread_.joinable()) thread_.join();
}

void EventReader::run() {
    while (!stopping_) {
        rd_kafka_message_t* message = rd_kafka_consumer_poll(client_.get(), kEventPollMs);
        if (message == nullptr) continue;
        receive(*message);
        rd_kafka_message_destroy(message);
    }
}

void EventReader::receive(const rd_kafka_message_t& message) {
    if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) return;
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        log::warn("kafka-events", {{"why", rd_kafka_message_errstr(&message)}});
        return;
    }
    wire::Event event;
    switch (decode(value_of(message), event)) {
        case Reading::kGood:
            ++received_;
            take_(event);
            return;
        case Reading::kNewer:
            if (newer_++ == 0) {
                log::warn("kafka-events-newer",
                          {{"why", "a newer millrace sends events: update this coordinator"}});
            }
            return;
        case Reading::kMalformed:
            if (malformed_++ == 0) log::warn("kafka-events-malformed");
    }
}

}  // namespace millrace::kafka
