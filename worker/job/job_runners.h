// Runs the claimed items of all runs of a cluster: what a run is comes from its package.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/crypto/seal.h"
#include "common/metrics/registry.h"
#include "common/store/live_store.h"
#include "worker/job/job_runner.h"

namespace millrace {

struct JobRunnersParts {
    LiveStore& store;
    QuarantineSink& quarantine;
    Clock& clock;
    Registry& metrics;
    SealKey key;
    std::vector<std::string> labels;  // resource groups whose items are taken; none = all
};

// A runner per run, made from its package when an item of it is due and dropped when the run is not
// there any more or was idle for long. A run whose package cannot be opened here (another key, a
// newer form or job language) is left alone: its items wait for a worker that can. Thread-safe.
class JobRunners final : public ItemRunner {
  public:
    explicit JobRunners(JobRunnersParts parts) : parts_(std::move(parts)) {}

    bool takes(const RunId& run) override;
    // A package that has changed since (a rerun of another script) makes a new runner.
    Status run(const Claimed& claimed, const CallContext& context) override;
    void control(const RunId& run, const RunControl& control) override;

    // The items that run now.
    std::vector<ItemId> held() const;
    size_t known() const;

  private:
    using Runner = std::shared_ptr<JobRunner>;
    struct Known {
        std::string package;  // sealed
        Runner runner;        // none: the package cannot be opened here, or the run is not for us
        MonoTime used;        // when it was last asked for; without a runner: when it was looked at
    };
    struct Opened {
        Runner runner;
        std::string why;  // there is none
    };

    Result<Runner> runner_of(const RunId& run);
    Result<Opened> open(const RunId& run, const std::string& package);
    Runner keep(const RunId& run, const std::string& package, Opened opened);
    void forget_idle(MonoTime now);

    JobRunnersParts parts_;
    mutable std::mutex mutex_;  // not held while the store is asked
    std::map<RunId, Known> known_;
    std::set<ItemId> held_;
    MonoTime next_clean_;
};

}  // namespace millrace
