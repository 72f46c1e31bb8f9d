#include "common/bus/kafka/metrics.h"

#include "common/metrics/names.h"

namespace millrace::kafka {

void show(Registry& registry, const Producer& producer) {
    registry.follow(metric::kDoorbellsDropped, {"queue_full"},
                    [&producer] { return producer.counts().dropped; });
    registry.follow(metric::kDoorbellsDropped, {"not_acknowledged"},
                    [&producer] { return producer.counts().failed; });
    registry.before_text([depth = registry.gauge(metric::kQueueDepth, {"to_kafka"}),
                          &producer]() mutable { depth.set(producer.counts().queued); });
}

void show(Registry& registry, const WorkBus& bus) {
    registry.follow(metric::kDoorbellsDropped, {"repeated"},
                    [&bus] { return bus.counts().repeated; });
    registry.follow(metric::kDoorbellsDropped, {"parked"}, [&bus] { return bus.counts().parked; });
    registry.follow(metric::kDoorbellsDropped, {"malformed"},
                    [&bus] { return bus.counts().malformed; });
    registry.before_text([depth = registry.gauge(metric::kQueueDepth, {"work"}), &bus]() mutable {
        depth.set(static_cast<double>(bus.counts().queued));
    });
}

void show(Registry& registry, const EventReader& reader) {
    registry.follow(metric::kDoorbellsDropped, {"parked"},
                    [&reader] { return reader.counts().newer; });
    registry.follow(metric::kDoorbellsDropped, {"malformed"},
                    [&reader] { return reader.counts().malformed; });
}

}  // namespace millrace::kafka
