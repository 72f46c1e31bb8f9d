// One run of the cluster, from its package to its receipt, in the thread that calls.
#pragma once

#include <memory>

#include "common/bus/memory_bus.h"
#include "common/config/job_package.h"
#include "coordinator/job_coordinator.h"

namespace millrace {

// What all runs of a coordinator share; outlives them.
struct RunWorld {
    StateStore& store;
    Bus& work;
    HttpClient& http;
    Clock& clock;
    Random& random;
    // Keeps a run's package where workers find it, before its items are there.
    std::function<Status(const RunId&, const JobPackage&)> keep_package;
    // What stands in the quarantine of a run, without record contents.
    std::function<Result<std::vector<nlohmann::json>>(const RunId&)> quarantine_of;
    std::string host;     // of the receipt's meta
    std::string program;  // version of the program, of the receipt's meta
};

// The job of a package. kConfig with all findings.
Result<JobSpec> job_of(const JobPackage& package);

// Used by one thread, but for the stop token. Made anew for every attempt: all it knows is in the
// ledger.
class RunDriver {
  public:
    // `world` and `events` outlive it. `package.shape` and `package.stream` are what the source
    // says after connect().
    RunDriver(const RunWorld& world, JobSpec job, JobPackage package, Bus& events,
              std::stop_token stop);

    // Asks the source; comes first.
    Status connect();
    // Makes the instance as `run`, or finds the one that is there and lets it go on.
    Result<Opened> open(const RunId& run, const Say& say);
    // A person wants this run to go on.
    Status reopen(const RunId& run);
    // Until the run is committed and cleaned; see JobCoordinator::run. When what the source says
    // has changed since the run was made, its items start again.
    Status run(const RunId& run);
    // The run is cancelled: removes what its items have staged. Needs no connect().
    Status abandon(const InstanceView& instance);

    const SourceFacts& source() const { return coordinator_->source(); }

  private:
    RunRequest request() const;

    const RunWorld& world_;
    const JobSpec job_;
    JobPackage package_;
    Bus& events_;
    const CallContext context_;
    std::unique_ptr<JobCoordinator> coordinator_;
};

}  // namespace millrace
