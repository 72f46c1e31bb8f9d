// The folder where an embedded Millrace keeps its ledger and quarantine. Held by one process.
#pragma once

#include <memory>
#include <string>

#include "cli/commands.h"
#include "common/store/sqlite_store.h"

namespace millrace::cli {

class StateFolder {
  public:
    // --state, else $XDG_STATE_HOME/millrace, else ~/.local/state/millrace. Made when absent. Fails
    // with the name of the process that holds it. Leases of an earlier holder are void at once.
    static Result<StateFolder> open(const Options& options, Surroundings& world);

    StateStore& store() { return *store_; }
    const std::string& path() const { return path_; }

  private:
    StateFolder() = default;
    std::string path_;
    std::unique_ptr<FileLock> lock_;
    std::unique_ptr<StateStore> store_;
};

}  // namespace millrace::cli
