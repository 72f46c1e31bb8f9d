#include "tests/sim/simulation.h"

#include "common/base/check.h"
#include "coordinator/catalog/catalog_ledger.h"
#include "tests/sim/cluster.h"

namespace millrace::sim {
namespace {

using std::chrono::seconds;

class Simulation {
  public:
    Simulation(const Scenario& scenario, bool print)
        : scenario_(scenario),
          scheduler_(scenario.seed),
          history_(print),
          cloud_(scheduler_, history_, scenario_),
          referee_(scheduler_, history_, cloud_, scenario_) {}

    Outcome run() {
        cloud_.network().on_request = [this](const Process&, uint64_t tag, const standin::Request&,
                                             const std::string& action) {
            referee_.requested(tag, action);
        };
        cloud_.begin_writing();
        scheduler_.at(scenario_.settled(0) - seconds(3), [this] { cluster_.begin(); });
        scheduler_.at(scenario_.faults_end, [this] { calm_down(); });
        scheduler_.run(scenario_.deadline, [this] {
            cluster_.look();
            return referee_.violation() || world_.done.size() == scenario_.windows.size();
        });
        cluster_.end();
        if (!referee_.violation()) judge();
        return {referee_.violation(), history_.hash(), history_.events(), scheduler_.now(),
                scenario_};
    }

  private:
    void calm_down() {
        cloud_.calm_down();
        world_.store_faults = {};
        world_.bus_faults = {};
        cluster_.calm_down();
    }
    // What counts is what the catalog's log holds.
    void judge() {
        MemoryCatalogLog log(world_.catalog);
        const auto ledger = CatalogLedger::open(log, world_.clock);
        if (!ledger.ok()) return referee_.report("the catalog is whole", ledger.status().text());
        const TaskId task = world_.jobs[0].task;
        if (world_.done.size() == scenario_.windows.size()) {
            return referee_.judge(**ledger, task, world_.stream);
        }
        std::string text;
        const auto instances = (*ledger)->instances(task);
        MILLRACE_CHECK(instances.ok());
        for (const InstanceView& instance : *instances) {
            text +=
                "run " + instance.run.text() + " is " + std::string(name_of(instance.state)) + "; ";
        }
        referee_.report("progress when faults stop", text);
    }

    const Scenario scenario_;
    Scheduler scheduler_;
    History history_;
    Cloud cloud_;
    Referee referee_;
    World world_{scheduler_, history_, scenario_, cloud_, referee_};
    Cluster cluster_{world_};
};

}  // namespace

Outcome simulate(uint64_t seed, bool print) {
    return Simulation(draw_scenario(seed), print).run();
}

}  // namespace millrace::sim
