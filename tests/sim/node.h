// What every process of the cluster has: its clocks, its chances, its ways to the world.
#pragma once

#include "common/base/fakes/fake_random.h"
#include "common/base/fakes/memory_file_system.h"
#include "common/bus/bus.h"
#include "common/record/shape.h"
#include "tests/sim/clock.h"
#include "tests/sim/cloud.h"
#include "tests/sim/referee.h"

namespace millrace::sim {

// What the processes share.
struct World {
    Scheduler& scheduler;
    History& history;
    const Scenario& scenario;
    Cloud& cloud;
    Referee& referee;
    StateStore& ledger;
    StoreFaults store_faults;
    BusFaults bus_faults;
    std::vector<JobSpec> jobs;     // by window
    std::map<RunId, size_t> runs;  // the window of each
    // As a run's package brings it to workers.
    RecordShape shape;
    StreamId stream;
    MemoryFileSystem quarantine;
    std::unique_ptr<Bus> work, events;
};

class Node {
  public:
    Node(World& world, const std::string& name, uint64_t number)
        : world_(world),
          process_(world.scheduler, name),
          boot_(std::chrono::hours(1 + number)),
          clock_(world.scheduler, boot_),
          random_(world.scenario.seed * 1000 + number),
          http_(world.cloud.network(), process_, boot_),
          store_(world.ledger, name,
                 {world.scheduler, world.history, world.store_faults, world.referee,
                  [this](Epoch epoch) {
                      http_.tags[world_.scheduler.current().get()] = static_cast<uint64_t>(epoch);
                  }}) {}
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

    World& world_;
    Process process_;
    const Duration boot_;
    ProcessClock clock_;
    FakeRandom random_;
    SimHttp http_;
    SimStore store_;
    std::stop_source stop_;
};

}  // namespace millrace::sim
