#include "common/bus/kafka/topics.h"

#include <algorithm>
#include <array>
#include <map>

#include "common/base/log.h"
#include "common/bus/kafka/client.h"
#include "common/bus/kafka/errors.h"

namespace millrace::kafka {
namespace {

constexpr int kTryMs = 5000, kAnswerMs = 30'000, kShowTries = 100;

struct TopicPlan {
    std::string name;
    int partitions = 1;
    std::string cleanup = "delete";
    Properties config;
};

std::string hours(int count) {
    return std::to_string(int64_t{count} * 3'600'000);
}

std::vector<TopicPlan> plans_of(const Cluster& cluster) {
    const int partitions = cluster.kafka.partitions;
    std::vector<TopicPlan> plans = {
        {cluster.work(), partitions, "delete", {{"retention.ms", hours(1)}}},
        {cluster.events(), partitions, "delete", {{"retention.ms", hours(1)}}},
        // One partition, because one order; small segments, because the last one is never
        // compacted.
        {cluster.catalog(),
         1,
         "compact",
         {{"segment.bytes", std::to_string(64 << 20)},
          {"segment.ms", hours(24)},
          {"min.cleanable.dirty.ratio", "0.1"}}},
        // A record with its values may be long, and cannot be cut.
        {cluster.quarantine(),
         partitions,
         "delete",
         {{"retention.ms", hours(90 * 24)}, {"max.message.bytes", std::to_string(kMessageMax)}}},
        {cluster.parked(), 1, "delete", {{"retention.ms", hours(7 * 24)}}},
    };
    for (TopicPlan& plan : plans) {
        plan.config.emplace_back("cleanup.policy", plan.cleanup);
        if (cluster.kafka.replication >= 3) plan.config.emplace_back("min.insync.replicas", "2");
    }
    return plans;
}

using Event = std::unique_ptr<rd_kafka_event_t, decltype(&rd_kafka_event_destroy)>;
using Queue = std::unique_ptr<rd_kafka_queue_t, decltype(&rd_kafka_queue_destroy)>;
using NewTopic = std::unique_ptr<rd_kafka_NewTopic_t, decltype(&rd_kafka_NewTopic_destroy)>;
using Resource =
    std::unique_ptr<rd_kafka_ConfigResource_t, decltype(&rd_kafka_ConfigResource_destroy)>;

// Number of partitions by topic. Tries again while Kafka cannot be reached: it may be starting.
Result<std::map<std::string, int>> list_topics(rd_kafka_t* client, int tries) {
    rd_kafka_resp_err_t code = RD_KAFKA_RESP_ERR_NO_ERROR;
    for (int i = 0; i < tries; ++i) {
        const rd_kafka_metadata_t* found = nullptr;
        code = rd_kafka_metadata(client, 1, nullptr, &found, kTryMs);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) {
            std::map<std::string, int> topics;
            for (int t = 0; t < found->topic_cnt; ++t) {
                topics[found->topics[t].topic] = found->topics[t].partition_cnt;
            }
            rd_kafka_metadata_destroy(found);
            return topics;
        }
    }
    return status_of(code, "the topics cannot be listed");
}

Result<NewTopic> topic_of(const TopicPlan& plan, int replication) {
    std::array<char, 256> why{};
    NewTopic topic(rd_kafka_NewTopic_new(plan.name.c_str(), plan.partitions, replication,
                                         why.data(), why.size()),
                   rd_kafka_NewTopic_destroy);
    if (!topic) {
        return config_error("the topic " + plan.name + " cannot be made: " + why.data());
    }
    for (const auto& [name, value] : plan.config) {
        const auto code = rd_kafka_NewTopic_set_config(topic.get(), name.c_str(), value.c_str());
        MILLRACE_TRY(status_of(code, "the topic " + plan.name));
    }
    return topic;
}

// Another process may do the same at the same time.
Status create(rd_kafka_t* client, const TopicPlan& plan, int replication) {
    MILLRACE_ASSIGN(const NewTopic topic, topic_of(plan, replication));
    rd_kafka_NewTopic_t* one = topic.get();
    const Queue queue(rd_kafka_queue_new(client), rd_kafka_queue_destroy);
    rd_kafka_CreateTopics(client, &one, 1, nullptr, queue.get());
    const Event event(rd_kafka_queue_poll(queue.get(), kAnswerMs), rd_kafka_event_destroy);
    const std::string what = "the topic " + plan.name + " cannot be created";
    if (!event) return Status(Code::kUnreachable, what + ": Kafka does not answer");
    MILLRACE_TRY(status_of(rd_kafka_event_error(event.get()), what));
    size_t count = 0;
    const auto* const* answers = rd_kafka_CreateTopics_result_topics(
        rd_kafka_event_CreateTopics_result(event.get()), &count);
    for (size_t i = 0; i < count; ++i) {
        const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(answers[i]);
        if (code == RD_KAFKA_RESP_ERR_NO_ERROR) log::info("topic-created", {{"topic", plan.name}});
        if (code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) continue;
        const char* text = rd_kafka_topic_result_error_string(answers[i]);
        MILLRACE_TRY(status_of(code, what + (text ? " (" + std::string(text) + ")" : "")));
    }
    return {};
}

Status check_policy(const TopicPlan& plan, const rd_kafka_ConfigResource_t* resource) {
    size_t count = 0;
    const auto* const* entries = rd_kafka_ConfigResource_configs(resource, &count);
    for (size_t i = 0; i < count; ++i) {
        if (rd_kafka_ConfigEntry_name(entries[i]) != std::string("cleanup.policy")) continue;
        const char* value = rd_kafka_ConfigEntry_value(entries[i]);
        if (value == nullptr || value == plan.cleanup) return {};
        return config_error("the topic " + plan.name + " has cleanup.policy=" + value +
                            " and would lose what must be kept: set it to " + plan.cleanup +
                            ", or give the cluster another name");
    }
    return {};
}

// Who may not ask for the configuration is believed to have made the topics as documented.
Status check(rd_kafka_t* client, const std::vector<TopicPlan>& plans) {
    std::vector<Resource> asked;
    std::vector<rd_kafka_ConfigResource_t*> list;
    for (const TopicPlan& plan : plans) {
        asked.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, plan.name.c_str()),
                           rd_kafka_ConfigResource_destroy);
        list.push_back(asked.back().get());
    }
    const Queue queue(rd_kafka_queue_new(client), rd_kafka_queue_destroy);
    rd_kafka_DescribeConfigs(client, list.data(), list.size(), nullptr, queue.get());
    const Event event(rd_kafka_queue_poll(queue.get(), kAnswerMs), rd_kafka_event_destroy);
    const std::string what = "the configuration of the topics cannot be read";
    if (!event) return Status(Code::kUnreachable, what + ": Kafka does not answer");
    MILLRACE_TRY(status_of(rd_kafka_event_error(event.get()), what));
    size_t count = 0;
    const auto* const* answers = rd_kafka_DescribeConfigs_result_resources(
        rd_kafka_event_DescribeConfigs_result(event.get()), &count);
    for (size_t i = 0; i < count; ++i) {
        const std::string name = rd_kafka_ConfigResource_name(answers[i]);
        const rd_kafka_resp_err_t code = rd_kafka_ConfigResource_error(answers[i]);
        if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
            log::warn("topic-unchecked", {{"topic", name}, {"why", rd_kafka_err2str(code)}});
            continue;
        }
        for (const TopicPlan& plan : plans) {
            if (plan.name == name) MILLRACE_TRY(check_policy(plan, answers[i]));
        }
    }
    return {};
}

bool all_there(const std::vector<TopicPlan>& plans, const std::map<std::string, int>& topics) {
    return std::all_of(plans.begin(), plans.end(), [&](const TopicPlan& plan) {
        const auto found = topics.find(plan.name);
        return found != topics.end() && found->second > 0;
    });
}

}  // namespace

Status prepare_topics(const Cluster& cluster, Duration patience) {
    const auto tries = static_cast<int>(patience / std::chrono::milliseconds(kTryMs)) + 1;
    const std::vector<TopicPlan> plans = plans_of(cluster);
    MILLRACE_ASSIGN(const Client client, make_client(cluster, {}));
    MILLRACE_ASSIGN(auto topics, list_topics(client.get(), tries));
    for (const TopicPlan& plan : plans) {
        if (topics.contains(plan.name)) continue;
        MILLRACE_TRY(create(client.get(), plan, cluster.kafka.replication));
    }
    // A new topic is known to all brokers a moment later.
    for (int i = 0; !all_there(plans, topics); ++i) {
        if (i == kShowTries) {
            return Status(Code::kUnreachable, "the topics of " + cluster.name +
                                                  " were created but do not show: look at the "
                                                  "brokers' logs");
        }
        rd_kafka_poll(client.get(), kTryMs / 50);  // waits
        MILLRACE_ASSIGN(topics, list_topics(client.get(), tries));
    }
    MILLRACE_TRY(check(client.get(), plans));
    if (topics[cluster.catalog()] != 1) {
        return config_error("the topic " + cluster.catalog() + " has " +
                            std::to_string(topics[cluster.catalog()]) +
                            " partitions, but must have one: give the cluster another name");
    }
    return {};
}

}  // namespace millrace::kafka
