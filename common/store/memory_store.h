// The ledger in memory: for tests and the simulator. It ends with the process.
#pragma once

#include "common/store/ledger.h"
#include "common/store/memory_tables.h"

namespace millrace {

// Thread-safe. `clock` outlives it.
class MemoryStore final : public Ledger {
  public:
    explicit MemoryStore(Clock& clock) : Ledger(std::make_unique<MemoryTables>(), clock) {}
};

}  // namespace millrace
