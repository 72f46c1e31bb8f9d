#include "coordinator/commit/whole_partition.h"

#include "coordinator/joined.h"
#include "coordinator/start.h"

namespace millrace {
namespace {

constexpr std::string_view kOdps = "odps";

// None: the window was never committed.
Result<std::optional<OdpsPartition>> partition_of(const std::vector<InstanceView>& history,
                                                  const Window& window) {
    const InstanceView* last = nullptr;
    for (const InstanceView& run : history) {
        if (run.window == window && is_committed(run)) last = &run;
    }
    if (!last) return std::optional<OdpsPartition>();
    MILLRACE_ASSIGN(const OdpsIntent intent, parse_odps_intent(last->intent));
    return std::optional<OdpsPartition>(intent.partition);
}

}  // namespace

Result<WholePartition> whole_partition_of(const JobSpec& job,
                                          const std::vector<InstanceView>& history,
                                          const Window& window) {
    if (job.writer.plugin != kOdps) {
        return config_error("--whole-partition is for jobs that write into MaxCompute; writer \"" +
                            job.writer.plugin + "\" replays each window by itself");
    }
    MILLRACE_ASSIGN(const OdpsWriterConfig config, read_odps_writer(job.writer));
    MILLRACE_ASSIGN(const auto partition, partition_of(history, window));
    if (!partition) {
        return config_error("window " + to_text(window) +
                            " was never committed: name one that was, its partition is replayed");
    }
    WholePartition whole{to_text(*partition), windows_in(history, *partition), {}};
    MILLRACE_ASSIGN(whole.joined, joined_window(config, whole.windows));
    return whole;
}

Status may_replay_alone(const JobSpec& job, const std::vector<InstanceView>& history,
                        const Window& window) {
    if (job.writer.plugin != kOdps) return {};
    MILLRACE_ASSIGN(const OdpsWriterConfig config, read_odps_writer(job.writer));
    MILLRACE_ASSIGN(const auto partition, partition_of(history, window));
    if (!partition) return {};
    InstanceView replay;
    replay.window = window;
    replay.kind = RunKind::kReplay;
    return decide_overwrite(config, replay, windows_in(history, *partition)).status();
}

}  // namespace millrace
