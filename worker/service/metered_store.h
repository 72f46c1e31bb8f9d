// Counts, on the way to the live ledger, what its fences refuse.
#pragma once

#include "common/metrics/registry.h"
#include "common/store/forwarded_store.h"

namespace millrace {

// As thread-safe as `store`, which outlives it, as does `metrics`.
class MeteredStore final : public ForwardedLiveStore {
  public:
    MeteredStore(LiveStore& store, Registry& metrics);

  protected:
    LiveStore& inner() override { return store_; }
    Status around(const char* verb, const std::function<Status()>& call) override;

  private:
    LiveStore& store_;
    Counter fenced_;
    Counter lost_;
};

}  // namespace millrace
