// One run of the cluster, from its package to its receipt, in the thread that calls.
#pragma once

#include <memory>

#include "common/config/job_package.h"
#include "coordinator/catalog/cluster_store.h"
#include "coordinator/commit/late_writers.h"
#include "coordinator/job_coordinator.h"

namespace millrace {

// What all runs of a coordinator share; outlives them.
struct RunWorld {
    ClusterStore& store;
    Bus& work;
    HttpClient& http;
    Clock& clock;
    Random& random;
    RetryObserver* retries = nullptr;
    const SealKey& key;
    // What stands in the quarantine of a run, without record contents.
    std::function<Result<std::vector<nlohmann::json>>(const RunId&)> quarantine_of;
    std::string host;                               // of the receipt's meta
    std::string program;                            // version of the program, of the receipt's meta
    Duration late_writes = LateWriters::kPatience;  // into MaxCompute
};

// Seals a run's package and keeps it; workers find it once the run's items are there.
Status keep_package(const RunWorld& world, const RunId& run, const JobPackage& package);
Result<JobPackage> package_of(const RunWorld& world, const RunId& run);
// The job of a package. kConfig with all findings.
Result<JobSpec> job_of(const JobPackage& package);
// A realtime job that names no window: one follows the other, each a run of its own.
bool is_continuous(const JobSpec& job);
// Nothing of it is visible in a staged target yet; else it only goes forward (P9).
bool may_be_cancelled(const InstanceView& instance);

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

    // Doorbells of a run carry the label of its workers.
    class LabelledBus final : public Bus {
      public:
        LabelledBus(Bus& bus, std::string label) : bus_(bus), label_(std::move(label)) {}
        Status publish(const Doorbell& doorbell) override {
            return bus_.publish({doorbell.run, doorbell.item, label_});
        }
        Result<std::optional<Doorbell>> poll(Duration timeout) override {
            return bus_.poll(timeout);
        }

      private:
        Bus& bus_;
        const std::string label_;
    };

    const RunWorld& world_;
    const JobSpec job_;
    JobPackage package_;
    LabelledBus work_;
    Bus& events_;
    const CallContext context_;
    std::unique_ptr<JobCoordinator> coordinator_;
};

}  // namespace millrace
