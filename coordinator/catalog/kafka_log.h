// The catalog in Kafka: the compacted topic <cluster>.catalog.
#pragma once

#include <memory>

#include "common/bus/kafka/topics.h"
#include "coordinator/catalog/catalog_log.h"

struct rd_kafka_s;

namespace millrace {

// One transactional id per cluster, so that opening the log fences whoever wrote before. Used by
// one thread; one append takes some 50 ms however many records it has.
class KafkaLog final : public CatalogLog {
  public:
    explicit KafkaLog(kafka::Cluster cluster) : cluster_(std::move(cluster)) {}

    // Waits up to a minute for Kafka. kUnreachable; kNotFound: the topic is missing
    // (kafka::prepare_topics makes it).
    Status open(const std::function<Status(CatalogRecord)>& take) override;
    // kUnreachable or kLedgerLost: whether the records are there shows when it is opened again;
    // until then every append fails.
    Status append(std::span<const CatalogRecord> records) override;

  private:
    Status connect();
    Status produce(const CatalogRecord& record);
    Status commit();
    Status fail(Status why);

    const kafka::Cluster cluster_;
    std::shared_ptr<rd_kafka_s> writer_;  // none: it must be opened
    Status ended_;                        // why there is none
};

}  // namespace millrace
