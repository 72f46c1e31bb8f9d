// The quarantine in files of a state folder: embedded mode.
#pragma once

#include <map>
#include <mutex>

#include "common/base/file_system.h"
#include "worker/window/quarantine_sink.h"

namespace millrace {

// `<state>/quarantine/<run>.jsonl`: the only files with record contents, for their owner only.
std::string quarantine_path(const std::string& state_folder, const RunId& run);

// Appends to these files. `files` outlives it.
class QuarantineFolder final : public QuarantineSink {
  public:
    QuarantineFolder(FileSystem& files, std::string state_folder)
        : files_(files), state_folder_(std::move(state_folder)) {}

    Status store(const RunId& run, const ShardId& shard,
                 std::span<const std::string> lines) override;

  private:
    Result<bool> may_be_torn(const RunId& run);

    FileSystem& files_;
    const std::string state_folder_;
    std::mutex mutex_;
    std::map<RunId, bool> torn_;  // whether a run's file may end in half a line; guarded by mutex_
};

}  // namespace millrace
