#include "tests/sim/cluster.h"

namespace millrace::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

void Cluster::note(std::string_view what, const std::string& more) {
    world_.history.note(world_.scheduler.now(), "world", what, more);
}

void Cluster::begin() {
    workers_.resize(static_cast<size_t>(world_.scenario.workers));
    look_after_coordinators();
    for (size_t i = 0; i < workers_.size(); ++i) start_worker(i);
    began_ = world_.history.events();
    calm_ = false;
}

void Cluster::look() {
    const std::vector<Accident>& all = world_.scenario.accidents;
    while (!calm_ && next_ < all.size() && world_.history.events() >= began_ + all[next_].after) {
        happen(all[next_++]);
    }
}

void Cluster::calm_down() {
    calm_ = true;
    note("no more faults", "");
    no_coordinator_until_ = Duration(0);
    for (size_t i = 0; i < workers_.size(); ++i) {
        if (!workers_[i]) start_worker(i);
    }
}

void Cluster::end() {
    for (const auto& node : all_workers_) node->process().kill();
    for (const auto& node : all_coordinators_) node->process().kill();
}

void Cluster::start_worker(size_t place) {
    const uint64_t number = all_workers_.size() + 1;
    const std::string name = "w" + std::to_string(number);
    all_workers_.push_back(std::make_unique<WorkerNode>(world_, name, number));
    workers_[place] = all_workers_.back().get();
    note("start", name);
    workers_[place]->start();
}

void Cluster::start_coordinator() {
    const uint64_t number = all_coordinators_.size() + 1;
    const std::string name = "c" + std::to_string(number);
    all_coordinators_.push_back(std::make_unique<CoordinatorNode>(world_, name, 100 + number));
    note("start", name);
    all_coordinators_.back()->start();
}

void Cluster::look_after_coordinators() {
    bool any = false;
    for (const auto& node : all_coordinators_) {
        if (node->fenced()) node->process().kill();
        any = any || node->process().alive();
    }
    if (!any && world_.scheduler.now() >= no_coordinator_until_) start_coordinator();
    world_.scheduler.after(seconds(2), [this] { look_after_coordinators(); });
}

void Cluster::end_worker(size_t place, Duration pause) {
    workers_[place]->process().kill();
    workers_[place] = nullptr;
    world_.scheduler.after(pause, [this, place] {
        if (!workers_[place]) start_worker(place);
    });
}

// It is given time to put its work down.
void Cluster::drain_worker(size_t place, Duration pause) {
    WorkerNode* worker = workers_[place];
    worker->drain();
    world_.scheduler.after(pause, [this, place, worker] {
        if (workers_[place] == worker) end_worker(place, milliseconds(100));
    });
}

void Cluster::end_coordinator(Duration pause) {
    all_coordinators_.back()->process().kill();
    no_coordinator_until_ = world_.scheduler.now() + pause;
}

void Cluster::happen(const Accident& accident) {
    note(name_of(accident.kind), std::to_string(accident.length.count()));
    switch (accident.kind) {
        case AccidentKind::kFlush:
            world_.live.lose();
            if (accident.who % 2 == 0) end_coordinator(accident.length / 4);
            break;
        case AccidentKind::kOldCopy:
            old_copy_ = world_.live.snapshot();
            world_.scheduler.after(accident.length, [this] {
                note("the old copy comes back", "");
                if (!calm_) world_.live.restore_snapshot(old_copy_);
            });
            break;
        default: happen_to_worker(accident); happen_to_coordinator(accident);
    }
}

void Cluster::happen_to_worker(const Accident& accident) {
    const size_t place = accident.who % workers_.size();
    WorkerNode* worker = workers_[place];
    if (!worker) return;
    const Duration until = world_.scheduler.now() + accident.length;
    switch (accident.kind) {
        case AccidentKind::kKillWorker: end_worker(place, accident.length); break;
        case AccidentKind::kDrainWorker: drain_worker(place, accident.length); break;
        case AccidentKind::kFreezeWorker: worker->process().freeze(until); break;
        case AccidentKind::kFreezeAtLook:
            worker->clock().freeze_at_next_look(accident.length);
            break;
        case AccidentKind::kSetBackAsleep:
            worker->process().freeze(until);
            worker->clock().step_wall(-accident.length - seconds(30));
            break;
        case AccidentKind::kStepWorkerClock: worker->clock().step_wall(accident.length); break;
        default: break;
    }
}

void Cluster::happen_to_coordinator(const Accident& accident) {
    CoordinatorNode& newest = *all_coordinators_.back();
    const Duration until = world_.scheduler.now() + accident.length;
    switch (accident.kind) {
        case AccidentKind::kKillCoordinator: end_coordinator(accident.length); break;
        case AccidentKind::kStepCoordinatorClock: newest.clock().step_wall(accident.length); break;
        case AccidentKind::kFreezeCoordinator:
            newest.process().freeze(until);
            if (accident.who % 2 == 0) start_coordinator();
            break;
        case AccidentKind::kRival: start_coordinator(); break;
        case AccidentKind::kPause: newest.pause_runs(accident.length); break;
        default: break;
    }
}

}  // namespace millrace::sim
