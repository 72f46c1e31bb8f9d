// One connection to one server that speaks Redis's protocol: Redis itself, or a sentinel.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "common/base/clock.h"
#include "common/base/secret.h"
#include "common/base/status.h"
#include "common/store/redis/redis_tls.h"

struct redisContext;
struct redisReply;

namespace millrace {

struct FreeRedisReply {
    void operator()(redisReply* reply) const;
};
using RedisAnswer = std::unique_ptr<redisReply, FreeRedisReply>;

struct RedisAddress {
    std::string host;
    int port = 0;
    std::string text() const;  // HOST:PORT
};

// One thread at a time.
class RedisLink {
  public:
    // kUnreachable; kConfig as RedisTlsSession::begin says. `clock` outlives it.
    static Result<std::unique_ptr<RedisLink>> dial(const RedisAddress& address, const RedisTls& tls,
                                                   Duration timeout, Clock& clock);

    // AUTH; without a password nothing. kConfig: refused. Otherwise what `exchange` says.
    Status log_in(const std::string& user, const Secret& password, MonoTime deadline);
    // One command. An error that the server answers is an answer. kUnknownOutcome: it may have been
    // carried out, and this is of no use any more.
    Result<RedisAnswer> exchange(std::span<const std::string> words, MonoTime deadline);

    const RedisAddress& address() const { return address_; }

  private:
    struct FreeContext {
        void operator()(redisContext* context) const;
    };
    RedisLink(RedisAddress address, redisContext* context, Clock& clock);
    Status set_time_left(MonoTime deadline);
    Status failure() const;
    Status send(std::span<const std::string> words, MonoTime deadline);
    Status send_sealed(std::string_view bytes, MonoTime deadline);
    // Some bytes for the reader.
    Status receive(MonoTime deadline);

    const RedisAddress address_;
    const std::unique_ptr<redisContext, FreeContext> context_;
    std::unique_ptr<RedisTlsSession> tls_;  // over the context's socket; empty = without TLS
    Clock& clock_;
};

}  // namespace millrace
