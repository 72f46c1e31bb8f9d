// One connection to Redis that many threads share and that comes back by itself.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>

#include "common/store/redis/redis_sentinels.h"

namespace millrace {

struct ProcessConfig;

struct RedisOptions {
    std::string host = "127.0.0.1";
    int port = 6379;
    RedisSentinels sentinels;  // when there are any they say host and port
    std::string user;          // empty = the default user
    Secret password;           // empty = none
    RedisTls tls;
    // Of one attempt. A call gives up after three times as long in all; keep that below the time to
    // live of a lease.
    Duration timeout = std::chrono::seconds(1);
};

RedisOptions redis_options(const ProcessConfig& config);

// Thread-safe: one call at a time is under way, others wait for it. A thread of its own connects
// again, with pauses that grow from 10 ms to the time-out, at most 1 s.
class RedisConnection {
  public:
    // kConfig: the server refuses the user, evicts keys when its memory is full (maxmemory-policy
    // is not noeviction), would go on alone when it is cut off from its replicas and sentinels
    // (min-replicas-to-write is 0), or TLS is not set up. kUnreachable: there is none now, or it is
    // a replica. `clock` outlives it.
    static Result<std::unique_ptr<RedisConnection>> open(const RedisOptions& options, Clock& clock);
    ~RedisConnection();

    // One command. Never waits longer than `timeout` from now, for a connection no longer than the
    // time-out of the options. An error that the server answers is
    // an answer. kUnreachable: nothing was sent; kUnknownOutcome: it may have been carried out.
    Result<RedisAnswer> call(std::span<const std::string> words, Duration timeout);

    const RedisOptions& options() const { return options_; }
    Clock& clock() { return clock_; }
    std::string address() const;  // for people

  private:
    using Link = std::unique_ptr<RedisLink>;
    RedisConnection(const RedisOptions& options, Clock& clock) : options_(options), clock_(clock) {}
    Result<Link> connect();
    Status judge(RedisLink& link, MonoTime deadline) const;
    void keep_connected(std::stop_token stop);

    const RedisOptions options_;
    Clock& clock_;
    size_t attempts_ = 0;  // to connect; each begins with another sentinel
    std::mutex mutex_;
    std::condition_variable_any free_;    // a call may begin
    std::condition_variable_any broken_;  // the connection is gone
    Link link_;                           // empty = not connected
    bool busy_ = false;                   // a call is under way on it
    std::string trouble_;                 // why the last attempt failed
    std::jthread keeper_;                 // the last member: it ends before the others do
};

}  // namespace millrace
