#include "coordinator/service/servers.h"

#include "common/base/log.h"
#include "common/bus/kafka/metrics.h"
#include "coordinator/catalog/kafka_log.h"
#include "coordinator/catalog/metered_log.h"
#include "coordinator/service/quarantine_lines.h"

namespace millrace {
namespace {

constexpr Duration kAskAgain = std::chrono::seconds(1);

}  // namespace

Status until_it_answers(Clock& clock, std::stop_token stop, const std::string& what,
                        const std::function<Status()>& call) {
    for (;;) {
        const Status status = call();
        const bool again = status.retryable() || status.code() == Code::kLedgerLost;
        if (!again) return status;
        log::warn("waits", {{"for", what}, {"reason", status.text()}});
        if (!clock.sleep(kAskAgain, stop)) return Status(Code::kCancelled, "stopped");
    }
}

Result<std::unique_ptr<Servers>> Servers::connect(const ServerParts& parts, std::stop_token stop) {
    std::unique_ptr<Servers> made(new Servers());
    const kafka::Cluster cluster{parts.config.cluster, parts.config.kafka};
    MILLRACE_TRY(until_it_answers(parts.clock, stop, "Kafka",
                                  [&] { return made->connect_kafka(parts, cluster); }));
    MILLRACE_TRY(
        until_it_answers(parts.clock, stop, "Redis", [&] { return made->connect_redis(parts); }));
    kafka::show(parts.registry, *made->producer_);
    kafka::show(parts.registry, *made->events_);
    made->log_ = std::make_unique<KafkaLog>(cluster);
    made->metered_log_ = std::make_unique<MeteredLog>(*made->log_, parts.registry, parts.clock);
    const std::shared_ptr<RedisStore> redis = made->redis_;
    made->store_ = std::make_unique<ClusterStore>(
        ClusterParts{.log = *made->metered_log_,
                     .live = [redis](std::optional<Token> token) -> std::unique_ptr<LiveStore> {
                         return redis->with_token(token);
                     },
                     .clock = parts.clock,
                     .lease_ttl = parts.config.lease.ttl});
    return made;
}

Status Servers::connect_kafka(const ServerParts& parts, const kafka::Cluster& cluster) {
    MILLRACE_TRY(kafka::prepare_topics(cluster));
    if (!producer_) {
        MILLRACE_ASSIGN(producer_, kafka::Producer::create(cluster));
        work_ = std::make_unique<kafka::WorkSender>(cluster, *producer_);
        quarantine_ =
            std::make_unique<kafka::QuarantineTopic>(cluster, *producer_, parts.key, parts.random);
    }
    MILLRACE_ASSIGN(events_, kafka::EventReader::create(cluster, parts.take));
    return {};
}

Status Servers::connect_redis(const ServerParts& parts) {
    MILLRACE_ASSIGN(redis_, RedisStore::open(redis_options(parts.config), parts.config.cluster, {},
                                             parts.clock));
    return {};
}

Result<std::vector<nlohmann::json>> Servers::quarantine_of(const RunId& run) {
    MILLRACE_ASSIGN(const InstanceView instance, store_->instance(run));
    // The whole topic is read for it.
    if (instance.counts.rows_dirty == 0 && instance.counts.quarantined == 0) {
        return std::vector<nlohmann::json>();
    }
    MILLRACE_ASSIGN(const std::vector<std::string> lines, quarantine_->read(run));
    return quarantine_entries(lines);
}

}  // namespace millrace
