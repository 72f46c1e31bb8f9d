// What a coordinator reaches of its cluster: Kafka, Redis, and the ledger over both.
#pragma once

#include "common/bus/kafka/event_bus.h"
#include "common/bus/kafka/quarantine_topic.h"
#include "common/bus/kafka/work_bus.h"
#include "common/metrics/registry.h"
#include "common/store/redis/redis_store.h"
#include "coordinator/catalog/cluster_store.h"

namespace millrace {

// Again and again while the other side does not answer; kCancelled: stopped.
Status until_it_answers(Clock& clock, std::stop_token stop, const std::string& what,
                        const std::function<Status()>& call);

struct ServerParts {
    const ProcessConfig& config;
    Clock& clock;
    Random& random;
    Registry& registry;
    SealKey key;
    kafka::EventReader::Take take;
};

// The parts outlive it. Thread-safe, but for its making and its end.
class Servers {
  public:
    // Waits until Kafka and Redis answer. kConfig: they are not as they must be.
    static Result<std::unique_ptr<Servers>> connect(const ServerParts& parts, std::stop_token stop);

    ClusterStore& store() { return *store_; }
    Bus& work() { return *work_; }
    // Without a token: for the lead only.
    LiveStore& live() { return *redis_; }
    // What stands in the quarantine of a run, without contents of records.
    Result<std::vector<nlohmann::json>> quarantine_of(const RunId& run);
    // Messages that wait to be sent.
    int queued() const { return producer_->counts().queued; }
    // No event is taken any more.
    void close_events() { events_.reset(); }

  private:
    Servers() = default;
    Status connect_kafka(const ServerParts& parts, const kafka::Cluster& cluster);
    Status connect_redis(const ServerParts& parts);

    std::unique_ptr<kafka::Producer> producer_;
    std::unique_ptr<Bus> work_;
    std::unique_ptr<kafka::QuarantineTopic> quarantine_;
    std::unique_ptr<kafka::EventReader> events_;
    std::shared_ptr<RedisStore> redis_;
    std::unique_ptr<CatalogLog> log_, metered_log_;
    std::unique_ptr<ClusterStore> store_;
};

}  // namespace millrace
