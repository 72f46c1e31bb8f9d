// What the clients of Kafka count themselves, at /metrics.
#pragma once

#include "common/bus/kafka/event_bus.h"
#include "common/bus/kafka/work_bus.h"
#include "common/metrics/registry.h"

namespace millrace::kafka {

// The clients outlive every Registry::text().
void show(Registry& registry, const Producer& producer);
void show(Registry& registry, const WorkBus& bus);
void show(Registry& registry, const EventReader& reader);

}  // namespace millrace::kafka
