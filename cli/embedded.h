// Embedded mode: the coordinator and the workers of one job in this process.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "cli/state_folder.h"
#include "common/bus/memory_bus.h"
#include "common/net/curl_client.h"
#include "coordinator/job_coordinator.h"
#include "worker/job/job_runner.h"
#include "worker/window/quarantine_folder.h"

namespace millrace::cli {

struct RunOutcome {
    InstanceView instance;
    bool was_done = false;  // committed by an earlier run: nothing was done
    TimePoint started, ended;
};

struct Show {
    bool progress = false;
    bool terminal = false;
};

// Runs windows, or transfers, of one job, one after the other. Used by one thread; slots have their
// own.
class Embedded {
  public:
    static Result<std::unique_ptr<Embedded>> create(JobSpec job, StateFolder& state,
                                                    Surroundings& world, std::stop_token stop);

    ~Embedded();

    // Asks the source and goes on with commits that were left open; comes first.
    Status connect();
    Result<RunOutcome> run(const RunRequest& request, const Show& show);

    JobCoordinator& coordinator() { return *coordinator_; }
    const JobSpec& job() const { return job_; }
    const CallContext& context() const { return context_; }

  private:
    class Slots;

    Embedded(JobSpec job, StateFolder& state, Surroundings& world, std::stop_token stop);
    Result<std::vector<nlohmann::json>> quarantine_of(const RunId& run);
    Status run_items(const InstanceView& instance, const RunRequest& request, const Show& show);
    void say(const std::string& text) { world_.err << text << "\n"; }

    const JobSpec job_;
    StateFolder& state_;
    Surroundings& world_;
    QuarantineFolder quarantine_;
    SystemRandom random_;
    CurlClient http_;
    const CallContext context_;
    MemoryBus work_, events_;
    std::unique_ptr<JobCoordinator> coordinator_;
    std::unique_ptr<Slots> slots_;  // of the instance that runs
};

}  // namespace millrace::cli
