// The way from a coordinator to the catalog's log: appends take time, fail, and are done although
// they failed.
#pragma once

#include "coordinator/catalog/memory_log.h"
#include "tests/sim/store.h"

namespace millrace::sim {

class SimLog final : public CatalogLog {
  public:
    SimLog(MemoryCatalog& catalog, Scheduler& scheduler, History& history,
           const StoreFaults& faults, std::string process)
        : log_(catalog),
          scheduler_(scheduler),
          history_(history),
          faults_(faults),
          process_(std::move(process)) {}

    Status open(const std::function<Status(CatalogRecord)>& take) override;
    Status append(std::span<const CatalogRecord> records) override;

  private:
    void travel();

    MemoryCatalogLog log_;
    Scheduler& scheduler_;
    History& history_;
    const StoreFaults& faults_;
    const std::string process_;
};

}  // namespace millrace::sim
