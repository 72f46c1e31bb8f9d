#include "tests/sim/coordinator_node.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "worker/window/quarantine.h"
#include "worker/window/quarantine_files.h"

namespace millrace::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// No request comes later than this.
constexpr Duration kLateWrites = std::chrono::seconds(45);

constexpr Duration kTend = seconds(2);

}  // namespace

CoordinatorNode::CoordinatorNode(World& world, const std::string& name, uint64_t number)
    : Node(world, name, number),
      log_(world.catalog, world.scheduler, world.history, world.store_faults, name),
      ledger_({log_,
               [this](std::optional<Token> token) -> std::unique_ptr<LiveStore> {
                   return make_store(token);
               },
               clock_, world.scenario.lease.ttl}),
      runs_{.store = ledger_,
            .work = world.work,
            .http = http_,
            .clock = clock_,
            .random = random_,
            .key = world.key,
            .quarantine_of = [this](const RunId& run) { return quarantine_of(run); },
            .host = name,
            .program = "simulated",
            .late_writes = kLateWrites} {}

void CoordinatorNode::start() {
    world_.scheduler.start(process_, [this] { lead(); });
}

void CoordinatorNode::lead() {
    recover(generation_);
    if (fenced_) return;
    world_.scheduler.start(process_, [this] { tend(); });
    for (size_t i = 0; i < world_.jobs.size(); ++i) {
        world_.scheduler.start(process_, [this, i] { drive(i); });
    }
}

Result<std::vector<nlohmann::json>> CoordinatorNode::quarantine_of(const RunId& run) {
    MILLRACE_ASSIGN(const auto lines,
                    read_quarantine(world_.files, quarantine_path("/state", run)));
    std::vector<nlohmann::json> forms;
    for (const QuarantineLine& line : lines) forms.push_back(line.reason);
    return forms;
}

void CoordinatorNode::pause_runs(Duration length) {
    if (!process_.alive()) return;
    world_.scheduler.start(process_, [this, length] {
        for (const bool paused : {true, false}) {
            for (const RunId& run : std::set(known_)) {
                Status status = set_paused(run, paused);
                // Nobody forgets a paused run because the ledger was away for a moment.
                while (status.code() == Code::kLedgerLost && !fenced_) {
                    world_.scheduler.pause(seconds(1));
                    status = set_paused(run, paused);
                }
                note(paused ? "pause" : "go on", run.text() + " " + status.text());
            }
            if (paused) world_.scheduler.pause(length);
        }
    });
}

Status CoordinatorNode::set_paused(const RunId& run, bool paused) {
    MILLRACE_ASSIGN(const InstanceView instance, ledger_.instance(run));
    RunControl control = instance.control;
    control.paused = paused;
    return ledger_.set_control(run, control);
}

void CoordinatorNode::tend() {
    while (!fenced_) {
        const uint64_t generation = generation_;
        (void)goes_on(ledger_.tend(), generation);
        world_.scheduler.pause(kTend);
    }
}

void CoordinatorNode::recover(uint64_t generation) {
    while (recovering_) world_.scheduler.pause(milliseconds(50));
    if (generation_ != generation || fenced_) return;
    recovering_ = true;
    for (;;) {
        const Status status = ledger_.take_over(stop_.get_token());
        note("take over", status.ok() ? "done" : status.text());
        if (status.ok()) break;
        if (status.code() == Code::kFenced) {
            fenced_ = true;
            break;
        }
        world_.scheduler.pause(seconds(1));
    }
    ++generation_;
    // As the supervisor does: what the drivers know of their runs is from before.
    std::exchange(knowledge_, {}).request_stop();
    recovering_ = false;
}

bool CoordinatorNode::goes_on(const Status& status, uint64_t generation) {
    if (status.code() == Code::kLedgerLost) recover(generation);
    if (status.code() == Code::kFenced) {
        note("fenced", status.text());
        fenced_ = true;
    }
    return !fenced_;
}

void CoordinatorNode::drive(size_t window) {
    Scheduler& scheduler = world_.scheduler;
    (void)scheduler.wait_until(world_.scenario.settled(window) - seconds(2));
    while (!fenced_ && !world_.done.contains(window)) {
        const uint64_t generation = generation_;
        const Status status = attempt(window);
        note("window", std::to_string(window) + ": " + (status.ok() ? "done" : status.text()));
        if (status.ok()) {
            world_.done.insert(window);
        } else if (goes_on(status, generation)) {
            scheduler.pause(scheduler.dice().between(milliseconds(300), seconds(3)));
        }
    }
}

Result<std::optional<InstanceView>> CoordinatorNode::instance_of(size_t window) {
    MILLRACE_ASSIGN(const auto all, ledger_.instances(world_.jobs[window].task));
    for (const InstanceView& instance : all) {
        if (instance.window == world_.scenario.windows[window]) return std::optional(instance);
    }
    return std::optional<InstanceView>();
}

Status CoordinatorNode::attempt(size_t window) {
    if (window > 0) {
        // People ask for windows in their order; whether one may begin is for the product to say.
        MILLRACE_ASSIGN(const auto before, instance_of(window - 1));
        if (!before) return Status(Code::kRetry, "the window before it was not asked for yet");
    }
    std::stop_source stop;
    const std::stop_callback drained(stop_.get_token(), [&] { stop.request_stop(); });
    const std::stop_callback outdated(knowledge_.get_token(), [&] { stop.request_stop(); });
    RunDriver driver(runs_, world_.jobs[window], world_.packages[window], world_.events,
                     stop.get_token());
    MILLRACE_TRY(driver.connect());
    world_.stream = driver.source().stream;
    MILLRACE_ASSIGN(const Opened opened,
                    driver.open(RunId(random_.hex(16)), [](const std::string&) {}));
    known_.insert(opened.instance.run);
    if (opened.instance.state == InstanceState::kCleaned) return {};
    return driver.run(opened.instance.run);
}

}  // namespace millrace::sim
