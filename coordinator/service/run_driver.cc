#include "coordinator/service/run_driver.h"

#include "common/config/otsstream_reader.h"
#include "coordinator/commit/make.h"
#include "coordinator/sources/make.h"
#include "coordinator/windows.h"

namespace millrace {

Result<JobSpec> job_of(const JobPackage& package) {
    ParsedJob parsed = parse_job(package.request);
    if (!parsed.job) return parsed.status();
    return *std::move(parsed.job);
}

bool is_continuous(const JobSpec& job) {
    if (job.reader.plugin != "otsstream" || job.window) return false;
    const auto reader = read_otsstream_reader(job.reader);
    return reader.ok() && reader->realtime;
}

bool may_be_cancelled(const InstanceView& instance) {
    return instance.state == InstanceState::kRunning && instance.intent.empty();
}

Status keep_package(const RunWorld& world, const RunId& run, const JobPackage& package) {
    return world.store.put_package(run, seal(package, run, world.key, world.random));
}

Result<JobPackage> package_of(const RunWorld& world, const RunId& run) {
    MILLRACE_ASSIGN(const std::string sealed, world.store.package(run));
    return open_package(sealed, run, world.key);
}

RunDriver::RunDriver(const RunWorld& world, JobSpec job, JobPackage package, Bus& events,
                     std::stop_token stop)
    : world_(world),
      job_(std::move(job)),
      package_(std::move(package)),
      work_(world.work, package_.label),
      events_(events),
      context_{world.http, world.clock, world.random, std::move(stop), {}, world.retries} {}

Status RunDriver::connect() {
    MILLRACE_ASSIGN(std::unique_ptr<SourceSide> source, make_source_side(job_, context_));
    coordinator_ = std::make_unique<JobCoordinator>(
        job_, CoordinatorParts{.store = world_.store,
                               .work = work_,
                               .events = events_,
                               .context = context_,
                               .source = std::move(source),
                               .make_target =
                                   [this](const InstanceView& instance) {
                                       return make_target_commit(
                                           job_, instance,
                                           {context_, world_.store, coordinator_->source().shape,
                                            world_.late_writes});
                                   },
                               .quarantine_of = world_.quarantine_of,
                               .failure = {},
                               .host = world_.host,
                               .program = world_.program,
                               .keep_package =
                                   [this](const RunId& run) {
                                       package_.shape = coordinator_->source().shape;
                                       package_.stream = coordinator_->source().stream;
                                       return keep_package(world_, run, package_);
                                   }});
    return coordinator_->connect();
}

RunRequest RunDriver::request() const {
    return {.window = job_.window,
            .replay = package_.replay,
            .accept_loss = package_.accept_loss,
            .run = {},
            .whole_partition = package_.whole_partition};
}

Result<Opened> RunDriver::open(const RunId& run, const Say& say) {
    RunRequest wanted = request();
    wanted.run = run;
    if (is_continuous(job_)) {
        MILLRACE_ASSIGN(const StreamReaderConfig reader, read_otsstream_reader(job_.reader));
        // By this machine's clock, which need not be the source's.
        const Duration accepted_ago = world_.clock.now() - package_.request.schedule;
        MILLRACE_ASSIGN(wanted.window, next_realtime_window(*coordinator_, reader.window_length, {},
                                                            accepted_ago));
    }
    return coordinator_->open(wanted, say);
}

Status RunDriver::reopen(const RunId& run) {
    MILLRACE_ASSIGN(const InstanceView instance, world_.store.instance(run));
    return coordinator_->reopen(instance);
}

Status RunDriver::abandon(const InstanceView& instance) {
    MILLRACE_ASSIGN(const auto target,
                    make_target_commit(job_, instance, {context_, world_.store, package_.shape}));
    return target->abandon();
}

Status RunDriver::run(const RunId& run) {
    MILLRACE_ASSIGN(const InstanceView instance, world_.store.instance(run));
    if (instance.state == InstanceState::kRunning && coordinator_->is_changed(instance)) {
        MILLRACE_TRY(coordinator_->reopen(instance));
    }
    return coordinator_->run(run, request());
}

}  // namespace millrace
