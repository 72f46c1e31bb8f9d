#include "coordinator/service/events.h"

#include <algorithm>

#include "millrace.pb.h"

namespace millrace {
namespace {

// Ids name files.
bool is_run_id(const std::string& text) {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-';
    });
}

WorkerInfo info_of(const wire::WorkerState& state) {
    WorkerInfo worker{.id = state.id(),
                      .host = state.host(),
                      .version = state.version(),
                      .metrics_url = state.metrics_url(),
                      .slots = state.slots()};
    worker.labels.assign(state.labels().begin(), state.labels().end());
    for (const std::string& item : state.items()) worker.items.emplace_back(item);
    return worker;
}

}  // namespace

void EventDispatcher::take(const wire::Event& event) {
    if (event.has_changed()) {
        if (Supervisor* supervisor = supervisor_) {
            supervisor->ring({RunId(event.run()), ItemId(event.item())});
        }
    } else if (event.has_log() && is_run_id(event.run())) {
        log_.add(RunId(event.run()), TimePoint(std::chrono::microseconds(event.log().time_us())),
                 event.log().text());
    } else if (event.has_worker() && event.worker().leaving()) {
        workers_.left(event.worker().id());
    } else if (event.has_worker()) {
        WorkerInfo worker = info_of(event.worker());
        worker.seen = clock_.monotonic();
        worker.seen_at = clock_.now();
        workers_.seen(std::move(worker));
    }
}

}  // namespace millrace
