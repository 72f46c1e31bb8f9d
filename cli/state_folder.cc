#include "cli/state_folder.h"

#include <unistd.h>

namespace millrace::cli {
namespace {

Result<std::string> folder_of(const Options& options, Surroundings& world) {
    if (!options.state.empty()) return options.state;
    if (const auto home = world.environment("XDG_STATE_HOME"); home && !home->empty()) {
        return *home + "/millrace";
    }
    if (const auto home = world.environment("HOME"); home && !home->empty()) {
        return *home + "/.local/state/millrace";
    }
    return config_error("no state folder: give --state DIR, or set HOME");
}

}  // namespace

Result<StateFolder> StateFolder::open(const Options& options, Surroundings& world) {
    StateFolder folder;
    MILLRACE_ASSIGN(folder.path_, folder_of(options, world));
    MILLRACE_TRY(world.files.make_folders(folder.path_));
    const std::string holder =
        "process " + std::to_string(getpid()) + " since " + to_iso8601(world.clock.now());
    Result<std::unique_ptr<FileLock>> lock = world.files.lock(folder.path_ + "/lock", holder);
    if (!lock.ok()) {
        return fatal_error("the state folder " + folder.path_ + " is in use by " +
                           lock.status().text() +
                           ": wait for it, or give this job its own folder with --state");
    }
    folder.lock_ = *std::move(lock);
    MILLRACE_ASSIGN(folder.store_,
                    SqliteStore::create(folder.path_ + "/ledger.sqlite", world.clock));
    MILLRACE_TRY(folder.store_->void_claims());
    return folder;
}

}  // namespace millrace::cli
