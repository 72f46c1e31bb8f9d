#include "tests/sim/simulation.h"

#include "common/store/memory_store.h"
#include "tests/sim/coordinator_node.h"
#include "tests/sim/worker_node.h"

namespace millrace::sim {
namespace {

using std::chrono::milliseconds;
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
        for (size_t i = 0; i < scenario_.windows.size(); ++i) {
            world_.jobs.push_back(job_of(scenario_, i));
        }
        world_.work = std::make_unique<SimBus>(scheduler_, world_.bus_faults);
        world_.events = std::make_unique<SimBus>(scheduler_, world_.bus_faults);
        cloud_.network().on_request = [this](const Process&, uint64_t tag, const standin::Request&,
                                             const std::string& action) {
            referee_.requested(tag, action);
        };
        cloud_.begin_writing();
        scheduler_.at(scenario_.settled(0) - seconds(3), [this] { begin(); });
        scheduler_.at(scenario_.faults_end, [this] { calm_down(); });
        scheduler_.run(scenario_.deadline, [this] {
            return referee_.violation() || (scheduler_.now() > last_look_ && is_done());
        });
        if (!referee_.violation()) judge();
        return {referee_.violation(), history_.hash(), history_.events(), scheduler_.now(),
                scenario_};
    }

  private:
    void begin() {
        coordinators_.push_back(std::make_unique<CoordinatorNode>(world_, "c1", next_++));
        coordinators_.back()->start();
        for (int i = 0; i < scenario_.workers; ++i) {
            workers_.push_back(
                std::make_unique<WorkerNode>(world_, "w" + std::to_string(i + 1), next_++));
            workers_.back()->start();
        }
    }
    void calm_down() {
        history_.note(scheduler_.now(), "world", "no more faults", "");
        cloud_.calm_down();
        world_.store_faults = {};
        world_.bus_faults = {};
    }
    bool is_done() {
        last_look_ = scheduler_.now() + seconds(1);
        const auto all = ledger_.instances(world_.jobs[0].task);
        if (!all.ok()) return false;
        size_t done = 0;
        for (const InstanceView& instance : *all) {
            done += instance.state == InstanceState::kCleaned ? 1 : 0;
        }
        return done == scenario_.windows.size();
    }
    void judge() {
        if (!is_done()) {
            std::string text;
            for (const InstanceView& instance : *ledger_.instances(world_.jobs[0].task)) {
                text += instance.run.text() + " is " + std::string(name_of(instance.state)) + "; ";
            }
            return referee_.report("progress when faults stop", text);
        }
        referee_.judge(ledger_, world_.jobs[0].task, world_.stream);
    }

    const Scenario scenario_;
    Scheduler scheduler_;
    History history_;
    Cloud cloud_;
    Referee referee_;
    TrueClock clock_{scheduler_};
    MemoryStore ledger_{clock_};
    World world_{scheduler_,
                 history_,
                 scenario_,
                 cloud_,
                 referee_,
                 ledger_,
                 scenario_.store,
                 scenario_.bus,
                 {},
                 {},
                 {},
                 {},
                 {},
                 {},
                 {}};
    std::vector<std::unique_ptr<CoordinatorNode>> coordinators_;
    std::vector<std::unique_ptr<WorkerNode>> workers_;
    uint64_t next_ = 1;
    Duration last_look_{0};
};

}  // namespace

Outcome simulate(uint64_t seed, bool print) {
    return Simulation(draw_scenario(seed), print).run();
}

}  // namespace millrace::sim
