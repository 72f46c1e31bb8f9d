#include "common/config/parameter_tables.h"

namespace millrace {
namespace {

constexpr Parameter kProcessParameters[] = {
    text("cluster",
         "Name of the cluster: prefix of its topics in Kafka and of its keys in Redis. Letters, "
         "digits, - and _.")
        .otherwise("\"millrace\""),
    text("stateFolder",
         "Folder of this machine's processes: logs of runs, a copy of the catalog. Each process "
         "takes a part of its own; nothing in it is needed by others.")
        .needed(),
    text("key",
         "Encrypts what holds secrets or contents of records, in Kafka and Redis: 32 bytes as 64 "
         "hex digits or base64, the same for all processes; `openssl rand -hex 32` makes one.")
        .hidden(),
    text("keyFile", "File that holds the key."),
    map("kafka.properties",
        "Settings of librdkafka, passed on: \"bootstrap.servers\" is needed; "
        "\"security.protocol\", \"sasl.username\", \"sasl.password\", \"ssl.ca.location\" …"),
    integer("kafka.partitions", "Partitions of the topics that Millrace creates.")
        .otherwise("16")
        .from(1)
        .to(10'000),
    integer("kafka.replication",
            "Replicas of the topics that Millrace creates; 3 where the catalog must not be lost.")
        .otherwise("1")
        .from(1)
        .to(15),
    text("redis.address", "Host and port of Redis.").otherwise("\"127.0.0.1:6379\""),
    texts("redis.sentinels",
          "HOST:PORT of each sentinel that watches Redis, instead of redis.address: they are asked "
          "where the master is, again after each lost connection.")
        .otherwise("[]"),
    text("redis.master", "Name that the sentinels give to the master.").otherwise("\"mymaster\""),
    text("redis.sentinelUser", "User of the sentinels (ACL).").otherwise("\"\""),
    text("redis.sentinelPassword", "Password of the sentinels.").hidden(),
    text("redis.user", "User of Redis (ACL).").otherwise("\"\""),
    text("redis.password", "Password of Redis, best as \"${env:NAME}\".").hidden(),
    boolean("redis.tls", "Redis and its sentinels are reached by TLS (1.2 or later).")
        .otherwise("false"),
    text("redis.tlsCaFile",
         "PEM file of the certificates that are believed; without it those of the system. The "
         "server's must name the host or the address by which it is reached.")
        .otherwise("\"\""),
    text("redis.tlsCertFile", "PEM file of this side's certificate, where Redis wants one.")
        .otherwise("\"\""),
    text("redis.tlsKeyFile", "PEM file of its key.").otherwise("\"\""),
    integer("redis.timeoutMs", "How long one call of Redis may take.")
        .otherwise("1000")
        .from(10)
        .to(60'000)
        .as("ms"),
    number("lease.ttlSeconds",
           "For how long a worker owns a work item; after a kill another one goes on then.")
        .otherwise("30")
        .from(1)
        .to(3600)
        .as("s"),
    number("lease.renewSeconds", "How often it is renewed.")
        .otherwise("10")
        .from(0)
        .to(3600)
        .as("s"),
    number("lease.marginSeconds", "Requests end this long before the lease does.")
        .otherwise("3")
        .from(0)
        .to(600)
        .as("s"),
    text("coordinator.listen",
         "Address of the API; port 0 takes a free one. Another address than loopback needs an API "
         "token.")
        .otherwise("\"127.0.0.1:8470\""),
    text("coordinator.apiToken", "Callers of the API must send it.").hidden(),
    text("coordinator.apiTokenFile", "File that holds the API token."),
    text("coordinator.sources", "Data sources file of jobs that are submitted without their own.")
        .otherwise("\"\""),
    number("coordinator.leadSeconds",
           "For how long the leading coordinator may be silent until another takes over.")
        .otherwise("10")
        .from(1)
        .to(600)
        .as("s"),
    integer("coordinator.runsMax", "Runs that are driven at the same time; more wait.")
        .otherwise("64")
        .from(1)
        .to(10'000),
    number("coordinator.lateWritesSeconds",
           "How long a commit into MaxCompute waits after a work item was taken over from an owner "
           "that may be writing still: 15 min, for which a request is valid, and 150 s.")
        .otherwise("1050")
        .from(0)
        .to(86'400)
        .as("s"),
    number("coordinator.keepDays",
           "For how many days after the end of its window a run that is CLEANED or CANCELLED keeps "
           "its work items and its package; its receipt, its counts and its borders stay for ever. "
           "A replay needs them: not less than the days for which streams keep their records.")
        .otherwise("90")
        .from(1)
        .to(36'500)
        .as("days"),
    text("worker.listen", "Address of /metrics, /healthz and /readyz; port 0 takes a free one.")
        .otherwise("\"127.0.0.1:0\""),
    integer("worker.slots", "Work items that one worker runs at the same time.")
        .otherwise("4")
        .from(1)
        .to(1024),
    texts("worker.labels", "Resource groups whose work items it takes; none = those of all.")
        .otherwise("[]"),
    number("worker.drainSeconds", "How long a worker that is to end may finish its batches.")
        .otherwise("20")
        .from(0)
        .to(3600)
        .as("s"),
    number("worker.lookSeconds", "How often an idle worker looks for work without a message.")
        .otherwise("2")
        .from(0)
        .to(60)
        .as("s"),
};

}  // namespace

std::span<const Parameter> process_parameters() {
    return kProcessParameters;
}

}  // namespace millrace
