// The gauges of a coordinator, brought up to date when somebody looks.
#pragma once

#include "common/metrics/registry.h"
#include "coordinator/service/operations.h"

namespace millrace {

// All outlive it. Called by one thread at a time.
class ServiceMetrics {
  public:
    ServiceMetrics(Registry& registry, const OperationParts& parts)
        : registry_(registry), parts_(parts) {}

    void refresh();

  private:
    struct Seen;
    void look_at(const InstanceView& instance, Seen& seen);
    void show_workers();

    Registry& registry_;
    const OperationParts& parts_;
};

}  // namespace millrace
