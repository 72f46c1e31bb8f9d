#include "cli/embedded.h"

#include <ostream>

#include "cli/process.h"
#include "cli/progress.h"
#include "coordinator/commit/make.h"
#include "coordinator/sources/make.h"
#include "worker/lease/renewer.h"
#include "worker/window/quarantine_files.h"

namespace millrace::cli {

// The worker threads of one instance. Stopped and joined when this ends.
class Embedded::Slots {
  public:
    Slots(Embedded& owner, const InstanceView& instance, bool accept_loss)
        : runner_({owner.job_, owner.coordinator_->source().shape,
                   owner.coordinator_->source().stream, instance, accept_loss},
                  owner.state_.store(), owner.quarantine_, owner.world_.clock),
          leases_(owner.state_.store(), owner.world_.clock, {}),
          work_(owner.work_) {
        for (int i = 0; i < instance.control.concurrent; ++i) {
            threads_.emplace_back([this, &owner](std::stop_token stop) {
                Slot slot({owner.state_.store(),
                           owner.work_,
                           owner.events_,
                           owner.http_,
                           owner.world_.clock,
                           owner.random_,
                           leases_,
                           runner_,
                           {},
                           [this](const Status& status) { note_failure(status); }});
                slot.work(stop);
            });
        }
    }

    // Idle slots wait for doorbells: each gets one, and sees that it is over.
    ~Slots() {
        for (std::jthread& thread : threads_) thread.request_stop();
        for (size_t i = 0; i < threads_.size(); ++i) (void)work_.publish({});
    }
    Slots(const Slots&) = delete;
    Slots& operator=(const Slots&) = delete;

    const JobRunner& runner() const { return runner_; }
    // The first item that failed, with its code.
    Status failure() {
        std::lock_guard lock(mutex_);
        return failure_;
    }

  private:
    void note_failure(const Status& status) {
        std::lock_guard lock(mutex_);
        if (failure_.ok()) failure_ = status;
    }

    JobRunner runner_;
    LeaseRenewer leases_;
    Bus& work_;
    std::mutex mutex_;
    Status failure_;  // guarded by mutex_
    std::vector<std::jthread> threads_;
};

Embedded::Embedded(JobSpec job, StateFolder& state, Surroundings& world, std::stop_token stop)
    : job_(std::move(job)),
      state_(state),
      world_(world),
      quarantine_(world.files, state.path()),
      http_(world.clock),
      context_{http_, world.clock, random_, stop, {}} {}

Embedded::~Embedded() = default;

Result<std::unique_ptr<Embedded>> Embedded::create(JobSpec job, StateFolder& state,
                                                   Surroundings& world, std::stop_token stop) {
    std::unique_ptr<Embedded> made(new Embedded(std::move(job), state, world, std::move(stop)));
    Embedded* self = made.get();
    MILLRACE_ASSIGN(std::unique_ptr<SourceSide> source,
                    make_source_side(made->job_, made->context_));
    made->coordinator_ = std::make_unique<JobCoordinator>(
        made->job_,
        CoordinatorParts{
            state.store(), made->work_, made->events_, made->context_, std::move(source),
            [self](const InstanceView& instance) {
                // Former owners of items are dead (the lock of the state folder), or slots of this
                // process, which end their requests before they give an item up: none writes late.
                return make_target_commit(self->job_, instance,
                                          {self->context_, self->state_.store(),
                                           self->coordinator_->source().shape, Duration(0)});
            },
            [self](const RunId& run) { return self->quarantine_of(run); },
            [self] { return self->slots_ ? self->slots_->failure() : Status(); }, host_name(),
            MILLRACE_VERSION});
    return made;
}

Status Embedded::connect() {
    MILLRACE_TRY(coordinator_->connect());
    return coordinator_->finish_open_commits();
}

Result<std::vector<nlohmann::json>> Embedded::quarantine_of(const RunId& run) {
    MILLRACE_ASSIGN(const std::vector<QuarantineLine> lines,
                    read_quarantine(world_.files, quarantine_path(state_.path(), run)));
    std::vector<nlohmann::json> forms;
    for (const QuarantineLine& line : lines) {
        forms.push_back(
            {{"shard", line.shard.text()},
             {"sequence",
              {line.sequence.epoch, line.sequence.timestamp_us, line.sequence.row_index}},
             {"reason", line.reason},
             {"column", line.column_name}});
    }
    return forms;
}

Result<RunOutcome> Embedded::run(const RunRequest& request, const Show& show) {
    RunOutcome outcome;
    outcome.started = world_.clock.now();
    MILLRACE_ASSIGN(const Opened opened,
                    coordinator_->open(request, [this](const std::string& text) { say(text); }));
    if (!opened.warning.empty()) say("warning: " + opened.warning);
    outcome.was_done = opened.was_done;
    outcome.instance = opened.instance;
    if (!opened.was_done) {
        slots_ = std::make_unique<Slots>(*this, opened.instance, request.accept_loss);
        const Status status = run_items(opened.instance, request, show);
        slots_.reset();
        MILLRACE_TRY(status);
        MILLRACE_ASSIGN(outcome.instance, state_.store().instance(opened.instance.run));
    }
    outcome.ended = world_.clock.now();
    return outcome;
}

Status Embedded::run_items(const InstanceView& instance, const RunRequest& request,
                           const Show& show) {
    Slots& slots = *slots_;
    std::optional<ProgressBar> bar;
    if (show.progress) {
        bar.emplace(world_.clock, show.terminal, [&] {
            ProgressState state;
            const auto items = state_.store().items(instance.run);
            if (items.ok()) {
                state.items = items->size();
                for (const ItemView& item : *items) {
                    state.items_done += item.state == ItemState::kWritten ? 1 : 0;
                }
            }
            state.records = slots.runner().meter().records();
            state.bytes = slots.runner().meter().bytes();
            return state;
        });
    }
    const Status status = coordinator_->run(instance.run, request);
    const Status failure = slots.failure();
    // The item's own failure says more than "an item is parked", and its code decides the exit
    // code.
    if (!status.ok() && status.code() == Code::kFatal && !failure.ok()) return failure;
    if (status.code() != Code::kDirtyRecord) return status;
    return Status(status.code(),
                  status.text() + "; they are kept in " +
                      quarantine_path(state_.path(), instance.run) +
                      (target_rules(job_).keyed ? "; what was written before stays"
                                                : "; nothing of this run became visible"));
}

}  // namespace millrace::cli
