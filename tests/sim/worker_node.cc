#include "tests/sim/worker_node.h"

namespace millrace::sim {

WorkerNode::WorkerNode(World& world, const std::string& name, uint64_t number)
    : Node(world, name, number),
      store_(make_store({})),
      leases_(*this, world.scenario.lease),
      runners_({*store_, world.quarantine, clock_, metrics_, world.key, {}}) {}

void WorkerNode::start() {
    world_.scheduler.start(process_, [this] { leases_.work(); });
    slots_left_ = world_.scenario.slots;
    for (int i = 0; i < world_.scenario.slots; ++i) {
        world_.scheduler.start(process_, [this] {
            Slot slot({*store_, world_.work, world_.events, http_, clock_, random_, leases_,
                       runners_,
                       SlotSettings{.look_every = std::chrono::seconds(2),
                                    .attempts = true,
                                    .look_at_start = true},
                       [this](const Status& status) { note("item failed", status.text()); },
                       ItemEnds(), nullptr});
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

}  // namespace millrace::sim
