// The quarantine of a cluster: sealed, in a topic.
#pragma once

#include "common/bus/kafka/quarantine_topic.h"
#include "worker/window/quarantine_sink.h"

namespace millrace {

// Thread-safe; `topic` outlives it.
class TopicQuarantine final : public QuarantineSink {
  public:
    explicit TopicQuarantine(kafka::QuarantineTopic& topic) : topic_(topic) {}

    Status store(const RunId& run, const ShardId& shard,
                 std::span<const std::string> lines) override {
        return topic_.append(run, shard, lines);
    }

  private:
    kafka::QuarantineTopic& topic_;
};

}  // namespace millrace
