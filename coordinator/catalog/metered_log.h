// Measures how long the catalog takes to keep something.
#pragma once

#include <chrono>

#include "common/base/clock.h"
#include "common/metrics/names.h"
#include "common/metrics/registry.h"
#include "coordinator/catalog/catalog_log.h"

namespace millrace {

// `log`, `registry` and `clock` outlive it.
class MeteredLog final : public CatalogLog {
  public:
    MeteredLog(CatalogLog& log, Registry& registry, const Clock& clock)
        : log_(log), clock_(clock), took_(registry.histogram(metric::kCatalogAppend)) {}

    Status open(const std::function<Status(CatalogRecord)>& take) override {
        return log_.open(take);
    }

    Status append(std::span<const CatalogRecord> records) override {
        const MonoTime began = clock_.monotonic();
        Status status = log_.append(records);
        took_.observe(std::chrono::duration<double>(clock_.monotonic() - began).count());
        return status;
    }

  private:
    CatalogLog& log_;
    const Clock& clock_;
    Histogram took_;
};

}  // namespace millrace
