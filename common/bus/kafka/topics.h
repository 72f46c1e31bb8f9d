// The topics of a cluster. proto/messages.md says what is in them.
#pragma once

#include <string>

#include "common/base/status.h"
#include "common/config/process_config.h"

namespace millrace::kafka {

// Whose topics, and how Kafka is reached.
struct Cluster {
    std::string name;  // prefix of the topics
    ProcessConfig::Kafka kafka;

    std::string work() const { return name + ".work"; }
    std::string events() const { return name + ".events"; }
    std::string catalog() const { return name + ".catalog"; }
    std::string quarantine() const { return name + ".quarantine"; }
    std::string parked() const { return name + ".parked"; }
};

// Bytes of the longest message of any topic.
constexpr int kMessageMax = 16 << 20;

// Creates the topics that are missing, and checks those that are there. Every process calls it when
// it starts. Waits for Kafka up to `patience`, in steps of some seconds; kUnreachable: it does not
// answer. kConfig: a topic cannot be created as configured, or is one that would lose records.
Status prepare_topics(const Cluster& cluster, Duration patience = std::chrono::minutes(1));

}  // namespace millrace::kafka
