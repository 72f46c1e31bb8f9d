// What the service needs of the ledger beyond its verbs.
#pragma once

#include <string>
#include <vector>

#include "common/store/state_store.h"

namespace millrace {

// Thread-safe. Fails as the ledger does: kLedgerLost until it is rebuilt, kFenced for good.
class RunCatalog {
  public:
    virtual ~RunCatalog() = default;
    virtual StateStore& ledger() = 0;
    // Sealed packages by run, see common/config/job_package.h. Workers find them, too, once the
    // instance is there.
    virtual Status put_package(const RunId& run, const std::string& sealed) = 0;
    virtual Result<std::string> package(const RunId& run) = 0;
    virtual Status drop_package(const RunId& run) = 0;
    // Packages of which no instance was made, in the order in which they were put.
    virtual Result<std::vector<RunId>> pending() = 0;
    // The newest first.
    virtual Result<std::vector<InstanceView>> newest(size_t max, bool unfinished_only) = 0;
    // After kLedgerLost: makes the live half anew from the catalog. Waits for old leases to end.
    virtual Status rebuild() = 0;
};

}  // namespace millrace
