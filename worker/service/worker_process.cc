#include "worker/service/worker_process.h"

#include <algorithm>

#include "common/metrics/names.h"

namespace millrace {
namespace {

constexpr Duration kTellEvery = std::chrono::seconds(2);
// The reporting thread asks the ledger, whose calls have time-outs of about a second.
constexpr Duration kBeatMax = std::chrono::seconds(30);

LeaseSettings lease_settings(const ProcessConfig::Lease& lease) {
    return {.ttl = lease.ttl,
            .renew_every = lease.renew_every,
            .retry_after = std::min<Duration>(std::chrono::seconds(1), lease.renew_every / 4),
            .margin = lease.margin};
}

ServerResponse text_answer(int status, std::string text) {
    ServerResponse response;
    response.status = status;
    response.headers = {{"content-type", "text/plain; charset=utf-8"}};
    response.set_body(std::move(text));
    return response;
}

ServerResponse verdict_answer(const Status& status) {
    return text_answer(status.ok() ? 200 : 503, (status.ok() ? "ok" : status.text()) + "\n");
}

}  // namespace

WorkerProcess::WorkerProcess(const ProcessConfig& config, WorkerWorld world)
    : config_(config.worker),
      world_(std::move(world)),
      id_(world_.host + "/" + world_.random.hex(4)),
      store_(world_.store, world_.metrics),
      retries_(world_.metrics),
      runners_({store_, world_.quarantine, world_.clock, world_.metrics, world_.key,
                config.worker.labels}),
      leases_(store_, world_.clock, lease_settings(config.lease)),
      slots_at_work_(config.worker.slots),
      ledger_(Code::kLedgerLost, "the ledger was not asked yet"),
      beat_(world_.clock.monotonic()) {}

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::create(const ProcessConfig& config,
                                                             WorkerWorld world) {
    std::unique_ptr<WorkerProcess> made(new WorkerProcess(config, std::move(world)));
    WorkerProcess* self = made.get();
    MILLRACE_ASSIGN(
        made->server_,
        HttpServer::create({.host = config.worker.listen.host, .port = config.worker.listen.port},
                           [self](const ServerRequest& request) { return self->answer(request); }));
    made->start();
    return made;
}

WorkerProcess::~WorkerProcess() {
    reporter_ = {};
    for (std::jthread& slot : slots_) slot.request_stop();
}

void WorkerProcess::start() {
    for (int i = 0; i < config_.slots; ++i) {
        slots_.emplace_back([this](std::stop_token stop) { work(stop); });
    }
    reporter_ = std::jthread([this](std::stop_token stop) { report(stop); });
    log::info("worker_ready", {{"worker", id_}, {"slots", config_.slots}});
}

void WorkerProcess::work(std::stop_token stop) {
    Slot slot({store_,
               world_.work,
               world_.events,
               world_.http,
               world_.clock,
               world_.random,
               leases_,
               runners_,
               {.look_every = config_.look_every, .attempts = true, .look_at_start = true},
               [](const Status&) {},
               item_ends(world_.metrics),
               &retries_});
    slot.work(stop);
    const std::lock_guard lock(mutex_);
    --slots_at_work_;
    slot_ended_.notify_all();
}

void WorkerProcess::report(std::stop_token stop) {
    do {
        look_at_ledger();
        tell(false);
    } while (world_.clock.sleep(kTellEvery, stop));
}

// The package of no run: a store that is whole says that it is not there.
void WorkerProcess::look_at_ledger() {
    Status looked = world_.store.package(RunId("-")).status();
    if (looked.code() == Code::kNotFound) looked = {};
    const std::lock_guard lock(mutex_);
    if (looked.code() != ledger_.code()) {
        if (looked.ok()) {
            log::info("ledger_reached");
        } else {
            log::warn("ledger_away", {{"reason", looked.text()}});
        }
    }
    ledger_ = std::move(looked);
    beat_ = world_.clock.monotonic();
}

void WorkerProcess::tell(bool leaving) {
    wire::WorkerState state;
    state.set_id(id_);
    state.set_host(world_.host);
    state.set_slots(static_cast<uint32_t>(config_.slots));
    for (const std::string& label : config_.labels) state.add_labels(label);
    for (const ItemId& item : runners_.held()) state.add_items(item.text());
    state.set_leaving(leaving);
    state.set_version(world_.version);
    state.set_metrics_url(server_->url() + "/metrics");
    world_.events.state(std::move(state));
}

bool WorkerProcess::drain() {
    {
        const std::lock_guard lock(mutex_);
        draining_ = true;
    }
    log::info("draining", {{"items", runners_.held().size()}});
    for (std::jthread& slot : slots_) slot.request_stop();
    bool drained = false;
    {
        std::unique_lock lock(mutex_);
        // The system's time on purpose: a real wait of a thread, woken by the slots.
        drained = slot_ended_.wait_for(lock, config_.drain, [this] { return slots_at_work_ == 0; });
    }
    reporter_ = {};
    if (!drained) {
        log::warn("drain_gave_up", {{"items", runners_.held().size()}});
    }
    tell(true);
    return drained;
}

Status WorkerProcess::alive() const {
    const std::lock_guard lock(mutex_);
    if (world_.clock.monotonic() - beat_ > kBeatMax) return fatal_error("a thread stands still");
    if (!draining_ && slots_at_work_ != config_.slots) return fatal_error("a slot has ended");
    return {};
}

Status WorkerProcess::ready() const {
    MILLRACE_TRY(world_.work_ready().with_context("Kafka"));
    const std::lock_guard lock(mutex_);
    if (draining_) return Status(Code::kCancelled, "draining");
    return ledger_.with_context("Redis");
}

std::string WorkerProcess::metrics() {
    const auto busy = static_cast<double>(runners_.held().size());
    world_.metrics.gauge(metric::kLeasesHeld).set(busy);
    world_.metrics.gauge(metric::kSlots, {"busy"}).set(busy);
    world_.metrics.gauge(metric::kSlots, {"free"}).set(config_.slots - busy);
    return world_.metrics.text();
}

ServerResponse WorkerProcess::answer(const ServerRequest& request) {
    if (request.method != "GET" && request.method != "HEAD") {
        return text_answer(405, "GET only\n");
    }
    if (request.path() == "/healthz") return verdict_answer(alive());
    if (request.path() == "/readyz") return verdict_answer(ready());
    if (request.path() == "/metrics") {
        ServerResponse response = text_answer(200, metrics());
        response.headers = {{"content-type", "text/plain; version=0.0.4; charset=utf-8"}};
        return response;
    }
    return text_answer(404, "not here: /healthz, /readyz, /metrics\n");
}

}  // namespace millrace
