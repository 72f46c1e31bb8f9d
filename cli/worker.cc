// `millrace worker`: a worker of a cluster, until it is told to end.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/process.h"
#include "cli/signals.h"
#include "common/bus/kafka/event_bus.h"
#include "common/bus/kafka/metrics.h"
#include "common/bus/kafka/work_bus.h"
#include "common/net/curl_client.h"
#include "common/store/redis/redis_store.h"
#include "worker/service/topic_quarantine.h"
#include "worker/service/worker_process.h"

namespace millrace::cli {
namespace {

// A worker that is started before Redis waits so long for it.
constexpr Duration kRedisWait = std::chrono::minutes(1);

Result<ProcessConfig> configured(const Options& options, Surroundings& world) {
    MILLRACE_ASSIGN(ProcessConfig config, read_process_config(options, world));
    if (options.slots) config.worker.slots = *options.slots;
    if (!options.labels.empty()) config.worker.labels = options.labels;
    return config;
}

Result<std::unique_ptr<RedisStore>> open_store(const ProcessConfig& config, Clock& clock,
                                               std::stop_token stop) {
    const RedisOptions redis = redis_options(config);
    const MonoTime until = clock.monotonic() + kRedisWait;
    for (;;) {
        auto store = RedisStore::open(redis, config.cluster, {}, clock);
        if (store.ok() || store.status().code() != Code::kUnreachable) return store;
        if (clock.monotonic() > until) return store;
        if (!clock.sleep(std::chrono::seconds(1), stop)) return store;
    }
}

// Lines of runs go to coordinators as long as this lives.
class ObservedLog {
  public:
    explicit ObservedLog(WorkerEvents& events) {
        log::set_observer([&events](const log::Line& line) { events.log_line(line); });
    }
    ~ObservedLog() { log::set_observer({}); }
    ObservedLog(const ObservedLog&) = delete;
    ObservedLog& operator=(const ObservedLog&) = delete;
};

Status joined(const kafka::WorkBus& bus) {
    return bus.counts().joined ? Status()
                               : Status(Code::kUnreachable, "the group of workers is not joined");
}

void say_ready(const WorkerProcess& process, const ProcessConfig& config, std::ostream& out) {
    out << nlohmann::json{{"worker", process.id()},
                          {"http", process.url()},
                          {"slots", config.worker.slots},
                          {"labels", config.worker.labels}}
               .dump()
        << std::endl;
}

Status work(const Options& options, Surroundings& world, const Signals& signals) {
    MILLRACE_ASSIGN(const ProcessConfig config, configured(options, world));
    MILLRACE_ASSIGN(SealKey key, SealKey::parse(config.key));
    const kafka::Cluster cluster{config.cluster, config.kafka};
    MILLRACE_TRY(kafka::prepare_topics(cluster));
    MILLRACE_ASSIGN(const auto store, open_store(config, world.clock, signals.stop()));
    MILLRACE_ASSIGN(const auto producer, kafka::Producer::create(cluster));
    MILLRACE_ASSIGN(const auto bus, kafka::WorkBus::create(cluster, *producer));
    SystemRandom random;
    Registry metrics;
    kafka::show(metrics, *producer);
    kafka::show(metrics, *bus);
    CurlClient http(world.clock);
    kafka::EventSender sender(cluster, *producer);
    WorkerEvents events([&sender](const wire::Event& event) { sender.send(event); }, world.clock,
                        metrics);
    const ObservedLog observed(events);
    kafka::QuarantineTopic topic(cluster, *producer, key, random);
    TopicQuarantine quarantine(topic);
    MILLRACE_ASSIGN(
        const auto process,
        WorkerProcess::create(
            config, {*store, *bus, [&bus] { return joined(*bus); }, events, quarantine, http,
                     world.clock, random, metrics, std::move(key), host_name(), MILLRACE_VERSION}));
    say_ready(*process, config, world.out);
    while (world.clock.sleep(std::chrono::hours(1), signals.stop())) {
    }
    // What still runs would keep its threads; its leases run out, and others go on.
    if (!process->drain()) std::_Exit(128 + signals.received());
    return {};
}

}  // namespace

int run_worker(const Options& options, Surroundings& world) {
    const Signals signals;
    show_life_cycle(world);
    const Status status = work(options, world, signals);
    if (!status.ok() && signals.received() == 0) {
        world.err << "millrace worker: " << status.text() << "\n";
        return exit_code_of(status);
    }
    return 128 + signals.received();
}

}  // namespace millrace::cli
