#include "worker/window/quarantine_folder.h"

#include <algorithm>

namespace millrace {

std::string quarantine_path(const std::string& state_folder, const RunId& run) {
    return state_folder + "/quarantine/" + run.text() + ".jsonl";
}

// A file that an earlier process has begun may end anyhow.
Result<bool> QuarantineFolder::may_be_torn(const RunId& run) {
    if (const auto known = torn_.find(run); known != torn_.end()) return known->second;
    const std::string folder = state_folder_ + "/quarantine";
    MILLRACE_TRY(files_.make_folders(folder));
    MILLRACE_ASSIGN(const std::vector<std::string> names, files_.list(folder));
    return std::find(names.begin(), names.end(), run.text() + ".jsonl") != names.end();
}

Status QuarantineFolder::store(const RunId& run, const ShardId& /*shard*/,
                               std::span<const std::string> lines) {
    const std::lock_guard lock(mutex_);
    MILLRACE_ASSIGN(const bool torn, may_be_torn(run));
    // An empty line parts the new lines from half a line of a former process or a full disk.
    std::string text = torn ? "\n" : "";
    for (const std::string& line : lines) text += line + "\n";
    const Status status = files_.append(quarantine_path(state_folder_, run), text);
    torn_[run] = !status.ok();
    return status;
}

}  // namespace millrace
