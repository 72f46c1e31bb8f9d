#include "tests/sim/coordinator_node.h"

#include <nlohmann/json.hpp>

#include "coordinator/commit/make.h"
#include "coordinator/sources/make.h"
#include "worker/window/quarantine.h"
#include "worker/window/quarantine_files.h"

namespace millrace::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

CoordinatorNode::CoordinatorNode(World& world, const std::string& name, uint64_t number)
    : Node(world, name, number), context_{http_, clock_, random_, stop_.get_token(), {}} {}

void CoordinatorNode::start() {
    world_.scheduler.start(process_, [this] { lead(); });
}

// Commits that somebody else has left open come first.
void CoordinatorNode::lead() {
    for (;;) {
        const auto coordinator = job_coordinator(0);
        Status status = coordinator->connect();
        if (status.ok()) status = coordinator->finish_open_commits();
        if (status.ok()) break;
        note("not ready", status.text());
        world_.scheduler.pause(seconds(1));
    }
    for (size_t i = 0; i < world_.jobs.size(); ++i) {
        world_.scheduler.start(process_, [this, i] { drive(i); });
    }
}

void CoordinatorNode::drive(size_t window) {
    Scheduler& scheduler = world_.scheduler;
    (void)scheduler.wait_until(world_.scenario.settled(window) - seconds(2));
    while (!is_done(window)) {
        if (may_begin(window)) {
            const Status status = attempt(window);
            note("window", std::to_string(window) + ": " + (status.ok() ? "done" : status.text()));
        }
        scheduler.pause(scheduler.dice().between(milliseconds(300), seconds(3)));
    }
}

Status CoordinatorNode::attempt(size_t window) {
    const auto coordinator = job_coordinator(window);
    const RunRequest request{world_.scenario.windows[window], false, false};
    MILLRACE_TRY(coordinator->connect());
    world_.shape = coordinator->source().shape;
    world_.stream = coordinator->source().stream;
    MILLRACE_ASSIGN(const Opened opened, coordinator->open(request, [](const std::string&) {}));
    world_.runs[opened.instance.run] = window;
    return coordinator->run(opened.instance.run, request);
}

std::unique_ptr<JobCoordinator> CoordinatorNode::job_coordinator(size_t window) {
    const JobSpec& job = world_.jobs[window];
    const auto self = std::make_shared<JobCoordinator*>(nullptr);
    auto made = std::make_unique<JobCoordinator>(
        job, CoordinatorParts{store_,
                              *world_.work,
                              *world_.events,
                              context_,
                              *make_source_side(job, context_),
                              [this, &job, self](const InstanceView& instance) {
                                  return make_target_commit(
                                      job, instance, {context_, store_, (*self)->source().shape});
                              },
                              [this](const RunId& run) -> Result<std::vector<nlohmann::json>> {
                                  MILLRACE_ASSIGN(const auto lines,
                                                  read_quarantine(world_.quarantine,
                                                                  quarantine_path("/state", run)));
                                  std::vector<nlohmann::json> forms;
                                  for (const QuarantineLine& line : lines)
                                      forms.push_back(line.reason);
                                  return forms;
                              },
                              {},
                              process_.name(),
                              "simulated"});
    *self = made.get();
    return made;
}

bool CoordinatorNode::is_done(size_t window) const {
    const auto all = world_.ledger.instances(world_.jobs[window].task);
    if (!all.ok()) return false;
    return std::any_of(all->begin(), all->end(), [&](const InstanceView& instance) {
        return instance.window == world_.scenario.windows[window] &&
               instance.state == InstanceState::kCleaned;
    });
}

// People ask for windows in their order; whether one may begin yet is for the product to say.
bool CoordinatorNode::may_begin(size_t window) const {
    if (window == 0) return true;
    const auto all = world_.ledger.instances(world_.jobs[window].task);
    return all.ok() && std::any_of(all->begin(), all->end(), [&](const InstanceView& instance) {
               return instance.window == world_.scenario.windows[window - 1];
           });
}

}  // namespace millrace::sim
