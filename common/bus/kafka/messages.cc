#include "common/bus/kafka/messages.h"

#include "millrace.pb.h"

namespace millrace::kafka {
namespace {

// Fields are only ever added, so a newer message can be read as far as it is known here.
template <typename Message>
Reading read(std::string_view bytes, Message& message) {
    if (!message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
        message.schema() == 0) {
        return Reading::kMalformed;
    }
    return message.schema() > kSchema ? Reading::kNewer : Reading::kGood;
}

}  // namespace

std::string encode(const Doorbell& doorbell) {
    wire::WorkItem item;
    item.set_schema(kSchema);
    item.set_run(doorbell.run.text());
    item.set_item(doorbell.item.text());
    item.set_label(doorbell.label);
    return item.SerializeAsString();
}

Reading decode(std::string_view message, Doorbell& doorbell) {
    wire::WorkItem item;
    const Reading reading = read(message, item);
    if (reading != Reading::kGood) return reading;
    if (item.run().empty() || item.item().empty()) return Reading::kMalformed;
    doorbell = {RunId(item.run()), ItemId(item.item()), item.label()};
    return reading;
}

std::string encode(wire::Event event) {
    event.set_schema(kSchema);
    return event.SerializeAsString();
}

Reading decode(std::string_view message, wire::Event& event) {
    return read(message, event);
}
Reading decode(std::string_view message, wire::QuarantineLines& lines) {
    return read(message, lines);
}

}  // namespace millrace::kafka
