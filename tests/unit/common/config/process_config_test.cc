#include "common/config/process_config.h"

#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "common/config/job_pages.h"

namespace millrace {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

const std::map<std::string, std::string> kFiles = {
    {"/etc/millrace/key", "aabb\n"}, {"/etc/millrace/api-token", "token"}, {"/empty", "\n"}};

Result<ProcessConfig> parse(const std::string& text) {
    const std::map<std::string, std::string, std::less<>> variables = {
        {"MILLRACE_KAFKA", "kafka:9092"},
        {"MILLRACE_REDIS", "redis:6379"},
        {"MILLRACE_REDIS_PASSWORD", "pass"},
        {"MILLRACE_API", "0.0.0.0:8470"},
        {"MILLRACE_WORKER", "0.0.0.0:8471"}};
    return parse_process_config(
        "millrace.json", text,
        [&](std::string_view name) -> std::optional<std::string> {
            const auto found = variables.find(name);
            if (found == variables.end()) return {};
            return found->second;
        },
        [](const std::string& path) -> Result<std::string> {
            const auto found = kFiles.find(path);
            if (found == kFiles.end()) return Status(Code::kNotFound, path + " is not there");
            return found->second;
        });
}

json least() {
    return {{"stateFolder", "/state"},
            {"key", "aabb"},
            {"kafka", {{"properties", {{"bootstrap.servers", "127.0.0.1:9092"}}}}}};
}

std::string error_of(const json& text) {
    const auto parsed = parse(text.dump());
    if (parsed.ok()) return "";
    EXPECT_EQ(parsed.status().code(), Code::kConfig);
    return parsed.status().text();
}

std::string content(const std::string& path) {
    std::ifstream file(std::string(MILLRACE_SOURCE_DIR) + "/" + path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(ProcessConfigTest, TheLeastConfigurationHasTheDefaults) {
    const auto parsed = parse(least().dump());
    ASSERT_TRUE(parsed.ok()) << parsed.status().text();
    EXPECT_EQ(parsed->cluster, "millrace");
    EXPECT_EQ(parsed->key.reveal(), "aabb");
    EXPECT_EQ(parsed->redis.host, "127.0.0.1");
    EXPECT_EQ(parsed->redis.port, 6379);
    EXPECT_EQ(parsed->lease.ttl, std::chrono::seconds(30));
    EXPECT_EQ(parsed->coordinator.listen.port, 8470);
    EXPECT_EQ(parsed->coordinator.runs_max, 64);
    EXPECT_EQ(parsed->worker.slots, 4);
    EXPECT_EQ(parsed->worker.listen.port, 0);
}

// The table's fallbacks and those of the struct, which tests use without a file, are the same.
TEST(ProcessConfigTest, TheDefaultsAreThoseOfTheStruct) {
    const auto parsed = parse(least().dump());
    ASSERT_TRUE(parsed.ok());
    const ProcessConfig plain;
    EXPECT_EQ(parsed->cluster, plain.cluster);
    EXPECT_EQ(parsed->kafka.partitions, plain.kafka.partitions);
    EXPECT_EQ(parsed->coordinator.late_writes, plain.coordinator.late_writes);
    EXPECT_EQ(parsed->coordinator.keep, plain.coordinator.keep);
    EXPECT_EQ(parsed->kafka.replication, plain.kafka.replication);
    EXPECT_EQ(parsed->redis.timeout, plain.redis.timeout);
    EXPECT_EQ(parsed->redis.master, plain.redis.master);
    EXPECT_EQ(parsed->lease.renew_every, plain.lease.renew_every);
    EXPECT_EQ(parsed->lease.margin, plain.lease.margin);
    EXPECT_EQ(parsed->coordinator.listen.host, plain.coordinator.listen.host);
    EXPECT_EQ(parsed->coordinator.lead_ttl, plain.coordinator.lead_ttl);
    EXPECT_EQ(parsed->worker.drain, plain.worker.drain);
    EXPECT_EQ(parsed->worker.look_every, plain.worker.look_every);
}

TEST(ProcessConfigTest, FractionsOfSecondsAreKept) {
    json text = least();
    text["lease"] = {{"ttlSeconds", 2}, {"renewSeconds", 0.6}, {"marginSeconds", 0.25}};
    const auto parsed = parse(text.dump());
    ASSERT_TRUE(parsed.ok()) << parsed.status().text();
    EXPECT_EQ(parsed->lease.renew_every, std::chrono::milliseconds(600));
    EXPECT_EQ(parsed->lease.margin, std::chrono::milliseconds(250));
}

TEST(ProcessConfigTest, SecretsOfKafkaAreApart) {
    json text = least();
    text["kafka"]["properties"]["sasl.password"] = "hush";
    text["kafka"]["properties"]["enable.idempotence"] = true;
    const auto parsed = parse(text.dump());
    ASSERT_TRUE(parsed.ok()) << parsed.status().text();
    ASSERT_EQ(parsed->kafka.secrets.size(), 1u);
    EXPECT_EQ(parsed->kafka.secrets[0].second.reveal(), "hush");
    for (const auto& [name, value] : parsed->kafka.properties) EXPECT_NE(value, "hush");
}

TEST(ProcessConfigTest, SentinelsStandForTheAddressOfRedis) {
    json text = least();
    text["redis"] = {{"sentinels", {"s1:26379", "[::1]:26380"}},
                     {"master", "ledger"},
                     {"sentinelPassword", "hush"}};
    const auto parsed = parse(text.dump());
    ASSERT_TRUE(parsed.ok()) << parsed.status().text();
    ASSERT_EQ(parsed->redis.sentinels.size(), 2u);
    EXPECT_EQ(parsed->redis.sentinels[0].host, "s1");
    EXPECT_EQ(parsed->redis.sentinels[1].port, 26380);
    EXPECT_EQ(parsed->redis.master, "ledger");
    EXPECT_EQ(parsed->redis.sentinel_password.reveal(), "hush");
}

TEST(ProcessConfigTest, UnknownKeysAreErrorsWithTheNearestName) {
    json text = least();
    text["lease"] = {{"ttlSecond", 2}};
    EXPECT_THAT(error_of(text), HasSubstr("did you mean \"lease.ttlSeconds\""));
    const auto parsed = parse("{\n  \"clutser\": 1\n}");
    ASSERT_FALSE(parsed.ok());
    EXPECT_THAT(parsed.status().text(), HasSubstr("millrace.json:2:3: error:"));
    EXPECT_THAT(parsed.status().text(), HasSubstr("did you mean \"cluster\""));
}

TEST(ProcessConfigTest, AMissingKeySaysHowToMakeOne) {
    json text = least();
    text.erase("key");
    EXPECT_THAT(error_of(text), HasSubstr("openssl rand -hex 32"));
    text["keyFile"] = "/empty";
    EXPECT_THAT(error_of(text), HasSubstr("empty file"));
    text["keyFile"] = "/nowhere";
    EXPECT_THAT(error_of(text), HasSubstr("/nowhere is not there"));
    text["key"] = "canary";
    text["keyFile"] = "/etc/millrace/key";
    EXPECT_THAT(error_of(text), HasSubstr("both given"));
    EXPECT_THAT(error_of(text), Not(HasSubstr("canary")));
}

TEST(ProcessConfigTest, OnlyLoopbackGoesWithoutAToken) {
    json text = least();
    for (const char* open : {"127.0.0.1:0", "[::1]:80", "localhost:1"}) {
        text["coordinator"] = {{"listen", open}};
        EXPECT_EQ(error_of(text), "") << open;
    }
    for (const char* closed : {"0.0.0.0:8470", "10.1.2.3:8470", "[::]:8470"}) {
        text["coordinator"] = {{"listen", closed}};
        EXPECT_THAT(error_of(text), HasSubstr("apiTokenFile")) << closed;
    }
    text["coordinator"]["apiTokenFile"] = "/etc/millrace/api-token";
    EXPECT_EQ(error_of(text), "");
}

TEST(ProcessConfigTest, WhatCannotWorkIsRefused) {
    const std::vector<std::pair<json, std::string>> cases = {
        {{{"lease", {{"ttlSeconds", 12}}}}, "a lease that is not renewed in time is lost"},
        {{{"lease", {{"ttlSeconds", 0}}}}, "at least 1"},
        {{{"coordinator", {{"listen", "8470"}}}}, "must be HOST:PORT"},
        {{{"redis", {{"address", "redis"}}}}, "must be HOST:PORT"},
        {{{"redis", {{"sentinels", {"a:1", "b"}}}}}, "must be a list of HOST:PORT"},
        {{{"redis", {{"sentinels", {"a:1"}}, {"address", "b:1"}}}}, "both given"},
        {{{"redis", {{"tls", true}, {"tlsCertFile", "/cert"}}}}, "give both"},
        {{{"cluster", "a b"}}, "letters, digits"},
        {{{"kafka", {{"properties", json::object()}}}}, "bootstrap.servers"},
        {{{"worker", {{"slots", 0}}}}, "at least 1"},
        {{{"worker", {{"lookSeconds", 0}}}}, "more than 0"},
        {{{"stateFolder", ""}}, "is blank"},
    };
    for (const auto& [change, wanted] : cases) {
        json text = least();
        text.update(change);
        EXPECT_THAT(error_of(text), HasSubstr(wanted)) << change;
    }
}

TEST(ProcessConfigTest, TheSampleIsGood) {
    const auto parsed = parse(content("deploy/millrace.json"));
    ASSERT_TRUE(parsed.ok()) << parsed.status().text();
    EXPECT_EQ(parsed->coordinator.listen.host, "0.0.0.0");
    EXPECT_EQ(parsed->coordinator.api_token.reveal(), "token");
    EXPECT_EQ(parsed->redis.password.reveal(), "pass");
}

TEST(ProcessConfigTest, TheReferenceOfThePageIsThatOfTheTable) {
    EXPECT_THAT(content("docs/cluster.md"), HasSubstr(process_reference()))
        << "put this between the marks of docs/cluster.md:\n"
        << process_reference();
}

}  // namespace
}  // namespace millrace
