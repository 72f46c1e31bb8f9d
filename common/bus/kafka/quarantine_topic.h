// The quarantine of a cluster: topic <cluster>.quarantine, the only one that holds record contents,
// and those only sealed.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "common/bus/kafka/producer.h"
#include "common/crypto/seal.h"

namespace millrace::kafka {

// Lines of JSON, one for each dirty row. Repeated ones are not dropped here (a crash between the
// line and the checkpoint repeats it). Thread-safe; `producer` and `random` outlive it.
class QuarantineTopic {
  public:
    QuarantineTopic(const Cluster& cluster, Producer& producer, SealKey key, Random& random)
        : cluster_(cluster), producer_(producer), key_(std::move(key)), random_(random) {}

    // Acknowledged by Kafka when this returns ok; all, or after an error part of the lines are
    // there.
    Status append(const RunId& run, const ShardId& shard, std::span<const std::string> lines);
    // All lines of a run, those of a shard in the order in which they were added. Reads the whole
    // topic. kConfig: sealed with another key, or written by a newer version.
    Result<std::vector<std::string>> read(const RunId& run);

  private:
    Status send(const RunId& run, const ShardId& shard, std::string_view lines);

    const Cluster cluster_;
    Producer& producer_;
    const SealKey key_;
    Random& random_;
};

}  // namespace millrace::kafka
