// What every process of the cluster has: its clocks, its chances, its ways to the world.
#pragma once

#include "common/base/check.h"
#include "common/base/fakes/fake_random.h"
#include "common/base/fakes/memory_file_system.h"
#include "common/config/job_package.h"
#include "coordinator/catalog/memory_log.h"
#include "coordinator/service/run_driver.h"
#include "tests/sim/clock.h"
#include "tests/sim/cloud.h"
#include "tests/sim/referee.h"
#include "worker/window/quarantine_folder.h"

namespace millrace::sim {

// What the processes share.
struct World {
    World(Scheduler& its_scheduler, History& its_history, const Scenario& its_scenario,
          Cloud& its_cloud, Referee& its_referee)
        : scheduler(its_scheduler),
          history(its_history),
          scenario(its_scenario),
          cloud(its_cloud),
          referee(its_referee) {
        for (size_t i = 0; i < scenario.windows.size(); ++i) {
            packages.push_back({.request = request_of(scenario, i)});
            const Result<JobSpec> job = job_of(packages.back());
            if (!job.ok()) std::fprintf(stderr, "%s\n", job.status().text().c_str());
            MILLRACE_CHECK(job.ok());
            jobs.push_back(*job);
        }
    }

    Scheduler& scheduler;
    History& history;
    const Scenario& scenario;
    Cloud& cloud;
    Referee& referee;
    TrueClock clock{scheduler};
    StoreFaults store_faults = scenario.store;
    BusFaults bus_faults = scenario.bus;
    MemoryLiveServer live{clock};
    MemoryCatalog catalog;
    SimBus work{scheduler, bus_faults}, events{scheduler, bus_faults};
    MemoryFileSystem files;
    QuarantineFolder quarantine{files, "/state"};
    const SealKey key = *SealKey::parse(Secret(std::string(64, 'a')));
    std::vector<JobPackage> packages;  // by window
    std::vector<JobSpec> jobs;         // by window
    std::set<size_t> done;             // windows that are cleaned
    StreamId stream;
};

class Node {
  public:
    Node(World& world, const std::string& name, uint64_t number)
        : world_(world),
          process_(world.scheduler, name),
          boot_(std::chrono::hours(1 + number)),
          clock_(world.scheduler, boot_),
          random_(world.scenario.seed * 1000 + number),
          http_(world.cloud.network(), process_, boot_) {}
    virtual ~Node() = default;
    Node(const Node&) = delete;
    Node& operator=(const Node&) = delete;

    Process& process() { return process_; }
    ProcessClock& clock() { return clock_; }
    // SIGTERM.
    void drain() { stop_.request_stop(); }

  protected:
    void note(std::string_view what, const std::string& more) {
        world_.history.note(world_.scheduler.now(), process_.name(), what, more);
    }

    // A way to the live store.
    std::unique_ptr<SimStore> make_store(std::optional<Token> token) {
        return std::make_unique<SimStore>(
            world_.live, token,
            SimStore::Parts{world_.scheduler, world_.history, world_.store_faults, world_.referee,
                            process_.name(), [this](Epoch epoch) {
                                http_.tags[world_.scheduler.current().get()] =
                                    static_cast<uint64_t>(epoch);
                            }});
    }

    World& world_;
    Process process_;
    const Duration boot_;
    ProcessClock clock_;
    FakeRandom random_;
    SimHttp http_;
    std::stop_source stop_;
};

}  // namespace millrace::sim
