#include "tests/sim/worker_node.h"

namespace millrace::sim {

WorkerNode::WorkerNode(World& world, const std::string& name, uint64_t number)
    : Node(world, name, number), leases_(*this, world.scenario.lease) {}

void WorkerNode::start() {
    world_.scheduler.start(process_, [this] { leases_.work(); });
    slots_left_ = world_.scenario.slots;
    for (int i = 0; i < world_.scenario.slots; ++i) {
        world_.scheduler.start(process_, [this] {
            Slot slot({store_, *world_.work, *world_.events, http_, clock_, random_, leases_, *this,
                       [this](const Status& status) { note("item failed", status.text()); }});
            slot.work(stop_.get_token());
            --slots_left_;
        });
    }
}

void WorkerNode::SimLeases::work() {
    Scheduler& scheduler = owner_.world_.scheduler;
    thread_ = scheduler.current();
    for (;;) (void)scheduler.wait_until(scheduler.now() + renew_due());
}

Status WorkerNode::run(const Claimed& claimed, const CallContext& context) {
    std::unique_ptr<JobRunner>& runner = runners_[claimed.run];
    if (!runner) {
        MILLRACE_ASSIGN(const InstanceView instance, world_.ledger.instance(claimed.run));
        const JobSpec& spec = world_.jobs[world_.runs.at(claimed.run)];
        runner = std::make_unique<JobRunner>(Job{spec, world_.shape, world_.stream, instance},
                                             store_, world_.quarantine, clock_, "/state");
    }
    return runner->run(claimed, context);
}

void WorkerNode::control(const RunControl& control) {
    for (auto& [run, runner] : runners_) static_cast<ItemRunner&>(*runner).control(control);
}

}  // namespace millrace::sim
