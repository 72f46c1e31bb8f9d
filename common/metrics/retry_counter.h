// Counts the retries of all calls of a process by the code that they met.
#pragma once

#include "common/metrics/names.h"
#include "common/metrics/registry.h"
#include "common/net/call.h"

namespace millrace {

// Thread-safe; `registry` outlives it.
class RetryCounter final : public RetryObserver {
  public:
    explicit RetryCounter(Registry& registry) : registry_(registry) {}

    // The service's own word where it has one ("OTSTableNotReady"), else ours ("throttled").
    void retried(const Status& why) override {
        const std::string code =
            why.service_code().empty() ? std::string(name_of(why.code())) : why.service_code();
        registry_.counter(metric::kRetries, {code}).add();
    }

  private:
    Registry& registry_;
};

}  // namespace millrace
