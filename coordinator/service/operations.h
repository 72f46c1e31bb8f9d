// The operations of the API over the runs of this coordinator.
#pragma once

#include <map>
#include <mutex>

#include "coordinator/api/operations.h"
#include "coordinator/commit/whole_partition.h"
#include "coordinator/service/run_log.h"
#include "coordinator/service/run_views.h"
#include "coordinator/service/submission.h"
#include "coordinator/service/supervisor.h"

namespace millrace {

// All outlive the operations.
struct OperationParts {
    Supervisor& supervisor;
    const RunWorld& world;
    RunLog& log;
    WorkerTable& workers;
    OwnSources sources;
};

class ClusterOperations final : public Operations {
  public:
    explicit ClusterOperations(OperationParts parts)
        : parts_(std::move(parts)), store_(parts_.world.store) {}
    const OperationParts& parts() const { return parts_; }

    Result<Submitted> submit(const Submission& submission) override;
    Result<nlohmann::json> runs(size_t max, bool active_only) override;
    Result<nlohmann::json> run(const RunId& run) override;
    Result<LogPage> log(const RunId& run, uint64_t after, size_t max) override;
    Status pause(const RunId& run) override;
    Status resume(const RunId& run) override;
    Status cancel(const RunId& run) override;
    Status rerun(const RunId& run, std::optional<uint64_t> dirty_records_max) override;
    Status set(const RunId& run, const LimitChange& change) override;
    Result<nlohmann::json> replay(const ReplayRequest& request) override;
    Result<nlohmann::json> cluster() override;
    Status ready() override { return parts_.supervisor.health(); }

  private:
    Status change_control(const RunId& run, const std::function<void(RunControl&)>& change);
    RunFacts facts_of(const RunId& run);
    Result<TaskId> task_of(const ReplayRequest& request);
    // What is to be replayed together.
    struct Replay {
        JobPackage package;  // of the newest window: the script with the values that it had then
        JobSpec job;
        std::string partition;  // of a whole partition
        std::vector<HeldWindow> windows;
    };
    Result<std::vector<Replay>> replays_of(const ReplayRequest& request);
    Result<Replay> replay_with(const RunId& run);

    OperationParts parts_;
    ClusterStore& store_;
    std::mutex controls_;  // one change of limits at a time: each is read, then written
    std::mutex facts_mutex_;
    std::map<RunId, RunFacts> facts_;  // of runs that were shown
};

// Before this coordinator leads: everything but cluster() is answered with kUnreachable. Set once.
class StandingBy final : public Operations {
  public:
    explicit StandingBy(std::string program) : program_(std::move(program)) {}
    // `operations` outlives this object.
    void lead(Operations& operations) { operations_ = &operations; }

    Result<Submitted> submit(const Submission& submission) override;
    Result<nlohmann::json> runs(size_t max, bool active_only) override;
    Result<nlohmann::json> run(const RunId& run) override;
    Result<LogPage> log(const RunId& run, uint64_t after, size_t max) override;
    Status pause(const RunId& run) override;
    Status resume(const RunId& run) override;
    Status cancel(const RunId& run) override;
    Status rerun(const RunId& run, std::optional<uint64_t> dirty_records_max) override;
    Status set(const RunId& run, const LimitChange& change) override;
    Result<nlohmann::json> replay(const ReplayRequest& request) override;
    Result<nlohmann::json> cluster() override;
    Status ready() override;

  private:
    const std::string program_;
    std::atomic<Operations*> operations_ = nullptr;
};

}  // namespace millrace
