#include "common/store/redis/redis_connection.h"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <csignal>
#include <utility>

#include "common/config/process_config.h"
#include "common/store/redis/redis_rows.h"

namespace millrace {
namespace {

constexpr Duration kFirstPause = std::chrono::milliseconds(10);

// The value of "name:value" in what INFO answers.
std::string_view info_field(std::string_view info, std::string_view name) {
    const size_t at = info.find(name);
    if (at == info.npos) return {};
    const size_t begin = at + name.size();
    return info.substr(begin, info.find_first_of("\r\n", begin) - begin);
}

bool is_of_replica(const redisReply& answer) {
    return answer.type == REDIS_REPLY_ERROR && redis::text_of(answer).starts_with("READONLY");
}

// A write to a connection that the server has closed must be an error, not the end of the process.
void ignore_broken_pipes() {
    struct sigaction now {};
    if (sigaction(SIGPIPE, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) return;
    now.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &now, nullptr);
}

}  // namespace

RedisOptions redis_options(const ProcessConfig& config) {
    const ProcessConfig::Redis& redis = config.redis;
    const RedisTls tls{.on = redis.tls,
                       .ca_file = redis.tls_ca_file,
                       .cert_file = redis.tls_cert_file,
                       .key_file = redis.tls_key_file};
    RedisSentinels sentinels{.addresses = {},
                             .master = redis.master,
                             .user = redis.sentinel_user,
                             .password = redis.sentinel_password,
                             .tls = tls};
    for (const ListenAddress& one : redis.sentinels) {
        sentinels.addresses.push_back({one.host, one.port});
    }
    return {.host = redis.host,
            .port = redis.port,
            .sentinels = std::move(sentinels),
            .user = redis.user,
            .password = redis.password,
            .tls = tls,
            .timeout = redis.timeout};
}

std::string RedisConnection::address() const {
    if (!options_.sentinels.addresses.empty()) return options_.sentinels.text();
    return RedisAddress{options_.host, options_.port}.text();
}

Result<std::unique_ptr<RedisConnection>> RedisConnection::open(const RedisOptions& options,
                                                               Clock& clock) {
    if (options.host.find("://") != std::string::npos) {
        return config_error("Redis is named by host and port; for TLS say so (\"redis.tls\")");
    }
    ignore_broken_pipes();
    std::unique_ptr<RedisConnection> made(new RedisConnection(options, clock));
    MILLRACE_ASSIGN(made->link_, made->connect());
    made->keeper_ =
        std::jthread([self = made.get()](std::stop_token stop) { self->keep_connected(stop); });
    return made;
}

RedisConnection::~RedisConnection() = default;

// Whether this server may hold the ledger.
Status RedisConnection::judge(RedisLink& link, MonoTime deadline) const {
    const std::string info[] = {"INFO"};
    MILLRACE_ASSIGN(const RedisAnswer answer, link.exchange(info, deadline));
    const std::string text(redis::text_of(*answer));
    const std::string server = "Redis at " + link.address().text();
    if (answer->type == REDIS_REPLY_ERROR) {
        return config_error(server + " refuses to be asked: " + text);
    }
    const std::string_view policy = info_field(text, "maxmemory_policy:");
    if (policy != "noeviction") {
        return config_error(server + " has maxmemory-policy " + std::string(policy) +
                            " and would drop parts of the ledger when its memory is full: set "
                            "maxmemory-policy noeviction");
    }
    if (info_field(text, "role:") != "master") return Status(Code::kUnreachable, "it is a replica");
    // A master that is cut off must not renew leases while another one gives the items out.
    const bool alone = info_field(text, "min_slaves_good_slaves:").empty();
    if (alone && !options_.sentinels.addresses.empty()) {
        return config_error(server +
                            " would go on alone when it is cut off from the others: set "
                            "min-replicas-to-write 1 (or more) and min-replicas-max-lag on all "
                            "servers that the sentinels watch");
    }
    return {};
}

Result<RedisConnection::Link> RedisConnection::connect() {
    RedisAddress address{options_.host, options_.port};
    if (!options_.sentinels.addresses.empty()) {
        MILLRACE_ASSIGN(address,
                        find_master(options_.sentinels, attempts_++, options_.timeout, clock_));
    }
    const MonoTime deadline = clock_.monotonic() + options_.timeout;
    MILLRACE_ASSIGN(Link link, RedisLink::dial(address, options_.tls, options_.timeout, clock_));
    Status status = link->log_in(options_.user, options_.password, deadline);
    if (status.ok()) status = judge(*link, deadline);
    if (status.ok()) return link;
    if (status.code() == Code::kConfig) return status;
    // A server that wants a certificate may say so, or only hang up.
    const bool unknown = options_.tls.on && options_.tls.cert_file.empty();
    return Status(Code::kUnreachable,
                  "Redis at " + address.text() + " does not answer: " + status.text() +
                      (unknown ? " (with tls-auth-clients it wants redis.tlsCertFile)" : ""));
}

void RedisConnection::keep_connected(std::stop_token stop) {
    // So short that a call meets more than one attempt.
    const Duration longest = std::min<Duration>(options_.timeout, std::chrono::seconds(1));
    Duration pause = kFirstPause;
    std::unique_lock lock(mutex_);
    while (broken_.wait(lock, stop, [this] { return !link_ && !busy_; }) &&
           !stop.stop_requested()) {
        lock.unlock();
        Result<Link> link = connect();
        const bool connected = link.ok();
        if (!connected) clock_.sleep(pause, stop);
        lock.lock();
        if (connected) {
            link_ = std::move(*link);
            free_.notify_all();
        } else {
            trouble_ = link.status().text();
        }
        pause = connected ? kFirstPause : std::min(pause * 2, longest);
    }
}

Result<RedisAnswer> RedisConnection::call(std::span<const std::string> words, Duration timeout) {
    const MonoTime deadline = clock_.monotonic() + timeout;
    std::unique_lock lock(mutex_);
    const Duration patience = std::min(timeout, options_.timeout);
    if (!free_.wait_for(lock, patience, [this] { return link_ && !busy_; })) {
        return Status(Code::kUnreachable, link_ ? "earlier calls are not answered" : trouble_);
    }
    busy_ = true;
    lock.unlock();
    Result<RedisAnswer> answer = link_->exchange(words, deadline);
    lock.lock();
    busy_ = false;
    if (!answer.ok() || is_of_replica(**answer)) {
        // What comes on this connection now would be the answer to a call that was given up; and a
        // master that has become a replica stays one.
        link_.reset();
        trouble_ = answer.ok() ? "it has become a replica" : answer.status().text();
        broken_.notify_one();
    } else {
        free_.notify_one();
    }
    return answer;
}

}  // namespace millrace
