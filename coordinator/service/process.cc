#include "coordinator/service/process.h"

#include "common/base/log.h"
#include "common/metrics/names.h"
#include "coordinator/service/servers.h"
#include "coordinator/service/service_metrics.h"

namespace millrace {
namespace {

constexpr Duration kTendEvery = std::chrono::milliseconds(200);
constexpr Duration kFlushEvery = std::chrono::seconds(1);
constexpr Duration kAskLedgerEvery = std::chrono::seconds(2);
// What is kept for days is looked through this often; no more runs in one transaction.
constexpr Duration kForgetEvery = std::chrono::minutes(10);
constexpr size_t kForgottenMax = 100;
// Coordinators of one machine with one configuration.
constexpr int kFoldersMax = 16;

}  // namespace

// What exists while this coordinator leads.
class CoordinatorProcess::Leading {
  public:
    Leading(CoordinatorProcess& owner, Servers& servers, std::stop_token stop)
        : servers_(servers),
          registry_(owner.registry_),
          world_{
              .store = servers.store(),
              .work = servers.work(),
              .http = owner.world_.http,
              .clock = owner.world_.clock,
              .random = owner.world_.random,
              .retries = &owner.retries_,
              .key = owner.key_,
              .quarantine_of = [&servers](const RunId& run) { return servers.quarantine_of(run); },
              .host = owner.world_.host,
              .program = owner.world_.version,
              .late_writes = owner.config_.coordinator.late_writes},
          supervisor_(parts_of(owner, std::move(stop))),
          operations_({supervisor_, world_, *owner.log_, owner.workers_, owner.world_.sources}),
          metrics_(owner.registry_, operations_.parts()) {}

    Supervisor& supervisor() { return supervisor_; }
    Operations& operations() { return operations_; }
    void refresh() {
        metrics_.refresh();
        registry_.gauge(metric::kQueueDepth, {"producer"})
            .set(static_cast<double>(servers_.queued()));
    }

  private:
    SupervisorParts parts_of(CoordinatorProcess& owner, std::stop_token stop) const {
        Registry& registry = owner.registry_;
        return {.world = world_,
                .runs_max = static_cast<size_t>(owner.config_.coordinator.runs_max),
                .lease_ttl = owner.config_.lease.ttl,
                .stop = std::move(stop),
                .done = registry.counter(metric::kRunsEnded, {"CLEANED"}),
                .failed = registry.counter(metric::kRunsEnded, {"FAILED"}),
                .cancelled = registry.counter(metric::kRunsEnded, {"CANCELLED"}),
                .rebuilds = registry.counter(metric::kRebuilds)};
    }

    Servers& servers_;
    Registry& registry_;
    const RunWorld world_;
    Supervisor supervisor_;
    ClusterOperations operations_;
    ServiceMetrics metrics_;
};

CoordinatorProcess::CoordinatorProcess(const ProcessConfig& config, CoordinatorWorld world,
                                       SealKey key)
    : config_(config),
      world_(std::move(world)),
      key_(std::move(key)),
      id_(world_.host + "/" + world_.random.hex(8)),
      operations_(world_.version) {}

CoordinatorProcess::~CoordinatorProcess() {
    log::set_observer({});
}

Result<std::unique_ptr<CoordinatorProcess>> CoordinatorProcess::create(const ProcessConfig& config,
                                                                       CoordinatorWorld world) {
    MILLRACE_ASSIGN(SealKey key, SealKey::parse(config.key));
    std::unique_ptr<CoordinatorProcess> made(
        new CoordinatorProcess(config, std::move(world), std::move(key)));
    MILLRACE_TRY(made->open_folder());
    MILLRACE_TRY(made->listen());
    return made;
}

Status CoordinatorProcess::open_folder() {
    Status refused;
    for (int i = 1; i <= kFoldersMax && !lock_; ++i) {
        const std::string folder =
            config_.state_folder + "/coordinator" + (i == 1 ? "" : "-" + std::to_string(i));
        MILLRACE_TRY(world_.files.make_folders(folder));
        auto lock = world_.files.lock(folder + "/lock", id_);
        refused = lock.status();
        if (!lock.ok()) continue;
        lock_ = *std::move(lock);
        log_ = std::make_unique<RunLog>(world_.files, folder + "/logs");
    }
    if (!lock_) return refused.with_context("the state folder " + config_.state_folder);
    MILLRACE_TRY(log_->open());
    events_ = std::make_unique<EventDispatcher>(*log_, workers_, world_.clock);
    log::set_observer([this](const log::Line& line) {
        if (line.run.empty()) return;
        log_->add(RunId(std::string(line.run)), world_.clock.now(), std::string(line.text));
    });
    return {};
}

Status CoordinatorProcess::listen() {
    registry_.gauge(metric::kActive).set(0);
    registry_.before_text([this] {
        if (Leading* leading = leading_) leading->refresh();
    });
    api_ = std::make_unique<api::Api>(
        api::ApiParts{operations_, registry_, world_.clock, config_.coordinator.api_token});
    MILLRACE_ASSIGN(server_, api::serve(config_.coordinator.listen, *api_));
    return {};
}

Status CoordinatorProcess::run(std::stop_token stop) {
    const auto take = [this](const wire::Event& event) { events_->take(event); };
    auto servers =
        Servers::connect({config_, world_.clock, world_.random, registry_, key_, take}, stop);
    const Status status = servers.ok() ? lead(**servers, stop) : servers.status();
    server_.reset();  // it tells of the servers
    (void)log_->flush();
    return stop.stop_requested() && status.code() != Code::kFenced ? Status() : status;
}

Status CoordinatorProcess::wait_to_lead(Servers& servers, std::stop_token stop) {
    const Duration ttl = config_.coordinator.lead_ttl;
    bool told = false;
    for (;;) {
        const Result<bool> leads = servers.live().lead(id_, ttl);
        if (leads.ok() && *leads) return {};
        if (!told) {
            log::info("stands_by", {{"reason", leads.ok() ? "another coordinator leads"
                                                          : leads.status().text()}});
        }
        told = true;
        (void)log_->flush();
        if (!world_.clock.sleep(ttl / 4, stop)) return Status(Code::kCancelled, "stopped");
    }
}

Status CoordinatorProcess::lead(Servers& servers, std::stop_token stop) {
    MILLRACE_TRY(wait_to_lead(servers, stop));
    // Also while a rebuild or a slow step takes its time.
    const std::jthread keeps_lead([&](std::stop_token ends) {
        const Duration ttl = config_.coordinator.lead_ttl;
        while (world_.clock.sleep(ttl / 4, ends)) (void)servers.live().lead(id_, ttl);
        (void)servers.live().lead(id_, std::chrono::milliseconds(1));  // the next one need not wait
    });
    log::info("takes_over", {{"id", id_}});
    MILLRACE_TRY(until_it_answers(world_.clock, stop, "the ledger",
                                  [&] { return servers.store().take_over(stop); }));
    registry_.counter(metric::kTakeOvers).add();
    Leading leading(*this, servers, stop);
    events_->lead(leading.supervisor());
    Status status = until_it_answers(world_.clock, stop, "the open runs",
                                     [&] { return leading.supervisor().resume_all(); });
    if (status.ok()) status = serve(servers, leading, stop);
    // Nobody may ask what ends now.
    server_.reset();
    servers.close_events();
    leading_ = nullptr;
    return status;
}

// True: there may be more.
bool CoordinatorProcess::forget_work(Servers& servers) {
    const auto before = std::chrono::floor<std::chrono::milliseconds>(world_.clock.now() -
                                                                      config_.coordinator.keep);
    const Result<size_t> forgotten = servers.store().forget_work(before, kForgottenMax);
    if (!forgotten.ok()) {
        log::warn("old_runs_not_forgotten", {{"reason", forgotten.status().text()}});
    } else if (*forgotten > 0) {
        log::info("old_runs_forgotten", {{"runs", *forgotten}});
    }
    return forgotten.ok() && *forgotten == kForgottenMax;
}

Status CoordinatorProcess::serve(Servers& servers, Leading& leading, std::stop_token stop) {
    leading_ = &leading;
    operations_.lead(leading.operations());
    registry_.gauge(metric::kActive).set(1);
    log::info("leads", {{"api", url()}});
    MonoTime flushed, looked, forget_at;
    while (world_.clock.sleep(kTendEvery, stop)) {
        leading.supervisor().tend();
        const MonoTime now = world_.clock.monotonic();
        if (now - flushed >= kFlushEvery) {
            flushed = now;
            if (const Status status = log_->flush(); !status.ok()) {
                log::error("run_log_not_written", {{"reason", status.text()}});
            }
        }
        Status status = leading.supervisor().health();
        if (status.code() == Code::kFenced) return status;
        if (now - looked < kAskLedgerEvery) continue;
        looked = now;
        status = servers.store().tend();
        if (status.code() == Code::kFenced) return status;
        if (status.code() == Code::kLedgerLost) leading.supervisor().recover();
        if (status.ok() && now >= forget_at) {
            forget_at = now + (forget_work(servers) ? kAskLedgerEvery : kForgetEvery);
        }
    }
    return Status(Code::kCancelled, "stopped");
}

}  // namespace millrace
