// The coordinator of one job: opens an instance, drives its items, commits it. The same code in
// embedded mode and in the cluster.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/bus/bus.h"
#include "common/config/job_spec.h"
#include "common/net/call.h"
#include "coordinator/commit/target_commit.h"
#include "coordinator/sources/source_side.h"

namespace millrace {

struct CoordinatorParts {
    StateStore& store;
    Bus& work;
    Bus& events;
    const CallContext& context;
    std::unique_ptr<SourceSide> source;
    // The end of an instance in the job's target.
    std::function<Result<std::unique_ptr<TargetCommit>>(const InstanceView&)> make_target;
    // What stands in the quarantine of a run, without record contents.
    std::function<Result<std::vector<nlohmann::json>>(const RunId&)> quarantine_of;
    // Of a worker in this process, see ItemDriverParts.
    std::function<Status()> failure;
    std::string host;     // of the receipt's meta
    std::string program;  // version of the program, of the receipt's meta
    // Called before an instance is made or reopened: keeps what workers elsewhere need of it.
    // Empty = workers are in this process.
    std::function<Status(const RunId&)> keep_package;
};

// An instance that is open, or was committed before.
struct Opened {
    InstanceView instance;
    bool was_done = false;
    std::string warning;
};

// Used by one thread; blocking.
class JobCoordinator {
  public:
    JobCoordinator(const JobSpec& job, CoordinatorParts parts)
        : job_(job), parts_(std::move(parts)) {}

    // Asks the source; comes first.
    Status connect();
    // Goes on with commits of this task that an earlier process has left open.
    Status finish_open_commits();
    // Creates the instance, or reopens the one that is there. Waits when the window's end is at
    // most 10 min too young (P14), saying so to `say`.
    Result<Opened> open(const RunRequest& request, const Say& say);
    // The script, the source's columns or the program are not those that the run was made with.
    bool is_changed(const InstanceView& instance) const;
    // A person wants a run that has failed, or whose items are parked, to go on.
    Status reopen(const InstanceView& instance);
    // Until the instance is committed and cleaned; workers run meanwhile. kDirtyRecord: it is
    // FAILED.
    Status run(const RunId& run, const RunRequest& request);

    const SourceFacts& source() const { return facts_; }
    SourceSide& source_side() { return *parts_.source; }
    // What a request means, for `plan`.
    Result<StartDecision> decide(const RunRequest& request);
    Result<std::vector<InstanceView>> history() { return parts_.store.instances(job_.task); }

  private:
    Status close_outgrown(const StartDecision& decision);
    Result<RunId> create(const StartDecision& decision, RunId run);
    Status keep_package(const RunId& run) const;
    RunControl control() const;
    std::string version() const;
    Window window_of(const RunRequest& request) const;
    // From the run's first item, or wherever it stands, to its commit. False: what was staged is
    // lost, its items start again.
    Result<bool> attempt(const RunId& run, const RunRequest& request);
    Status drive(const InstanceView& instance, const RunRequest& request, TargetCommit& target);
    Status give_up_when_changed(const InstanceView& instance, const Status& why,
                                TargetCommit& target);
    Result<std::optional<uint64_t>> dirty_records_max(const InstanceView& instance);
    Status judge_limits(const InstanceView& instance);
    Status fail(const InstanceView& instance, const Status& why);
    Result<bool> commit(const InstanceView& instance, TargetCommit& target);
    void announce(const InstanceView& instance);
    Result<nlohmann::json> receipt(const InstanceView& instance, TimePoint started);

    const JobSpec& job_;
    CoordinatorParts parts_;
    SourceFacts facts_;
    std::vector<std::string> notes_;
};

// Of the code that encodes: a run that another version began starts its items again.
inline constexpr std::string_view kEncoderVersion = "1";

}  // namespace millrace
