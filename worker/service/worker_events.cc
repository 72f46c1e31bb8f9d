#include "worker/service/worker_events.h"

#include "common/metrics/names.h"

namespace millrace {
namespace {

constexpr uint32_t kEventSchema = 1;

}  // namespace

WorkerEvents::WorkerEvents(Send send, Clock& clock, Registry& metrics)
    : send_(std::move(send)),
      clock_(clock),
      dropped_(metrics.counter(metric::kDoorbellsDropped, {"log_line"})) {}

Status WorkerEvents::publish(const Doorbell& doorbell) {
    wire::Event event;
    event.set_schema(kEventSchema);
    event.set_run(doorbell.run.text());
    event.set_item(doorbell.item.text());
    event.mutable_changed();
    send_(event);
    return {};
}

bool WorkerEvents::may_log() {
    const std::lock_guard lock(mutex_);
    const MonoTime now = clock_.monotonic();
    if (now - second_ >= std::chrono::seconds(1)) {
        second_ = now;
        lines_ = 0;
    }
    return ++lines_ <= kLinesMax;
}

void WorkerEvents::log_line(const log::Line& line) {
    if (line.run.empty()) return;
    if (!may_log()) return dropped_.add();
    wire::Event event;
    event.set_schema(kEventSchema);
    event.set_run(std::string(line.run));
    event.mutable_log()->set_time_us(to_micros(clock_.now()));
    event.mutable_log()->set_text(std::string(line.text));
    send_(event);
}

void WorkerEvents::state(wire::WorkerState state) {
    wire::Event event;
    event.set_schema(kEventSchema);
    *event.mutable_worker() = std::move(state);
    send_(event);
}

}  // namespace millrace
