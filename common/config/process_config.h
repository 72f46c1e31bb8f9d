// The configuration file of the cluster's processes, one file for coordinators and workers:
// docs/cluster.md has every key. JSON with comments; unknown keys are errors.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/secret.h"
#include "common/base/status.h"
#include "common/base/time.h"
#include "common/config/substitution.h"

namespace millrace {

struct ListenAddress {
    std::string host = "127.0.0.1";
    int port = 0;  // 0 = a free one
};

struct ProcessConfig {
    // Prefix of the Kafka topics ("<cluster>.work") and of the keys in Redis ("<cluster>:").
    std::string cluster = "millrace";
    std::string state_folder;  // of this process; nothing in it is needed by others

    struct Kafka {
        // Settings of librdkafka, passed through: bootstrap.servers, security.protocol, …
        std::vector<std::pair<std::string, std::string>> properties;
        // The ones that are secrets: sasl.password, ssl.key.password.
        std::vector<std::pair<std::string, Secret>> secrets;
        int partitions = 16;
        int replication = 1;
    } kafka;

    struct Redis {
        std::string host = "127.0.0.1";
        int port = 6379;
        std::vector<ListenAddress> sentinels;  // when there are any they say host and port
        std::string master = "mymaster";       // as the sentinels name it
        std::string sentinel_user;
        Secret sentinel_password;
        std::string user;
        Secret password;
        bool tls = false;  // to the sentinels too; files are PEM
        std::string tls_ca_file, tls_cert_file, tls_key_file;
        Duration timeout = std::chrono::seconds(1);
    } redis;

    Secret key;  // seals packages and the quarantine, see common/crypto/seal.h

    struct Lease {
        Duration ttl = std::chrono::seconds(30);
        Duration renew_every = std::chrono::seconds(10);
        Duration margin = std::chrono::seconds(3);
    } lease;

    struct Coordinator {
        ListenAddress listen{"127.0.0.1", 8470};
        std::string sources;  // data sources file of jobs that come without their own; may be empty
        Secret api_token;     // empty only when listening on loopback
        // How long Kafka, Redis and workers may be silent until a stand-by takes over.
        Duration lead_ttl = std::chrono::seconds(10);
        int runs_max = 64;  // driven at the same time; more wait
        // How long a commit into MaxCompute waits for the requests of an owner that has lost its
        // item: as long as their signatures are good.
        Duration late_writes = std::chrono::seconds(1050);
        // Items and packages of runs that are over, from the end of their window.
        Duration keep = std::chrono::days(90);
    } coordinator;

    struct Worker {
        ListenAddress listen{"127.0.0.1", 0};
        int slots = 4;
        std::vector<std::string> labels;  // resource groups whose items it takes; none = all
        Duration drain = std::chrono::seconds(20);
        Duration look_every = std::chrono::seconds(2);  // for due items without a doorbell
    } worker;
};

// `environment` for ${env:NAME} in any value; `key` and tokens may also be given as files
// ("keyFile", "apiTokenFile"), read by the caller through `read`. kConfig with file, line, column
// and what to do.
Result<ProcessConfig> parse_process_config(
    const std::string& file, std::string_view text, const Environment& environment,
    const std::function<Result<std::string>(const std::string&)>& read);

}  // namespace millrace
