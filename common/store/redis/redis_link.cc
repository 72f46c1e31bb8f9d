#include "common/store/redis/redis_link.h"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "common/store/redis/redis_rows.h"

namespace millrace {
namespace {

timeval to_timeval(Duration duration) {
    const auto micros = std::max<Duration::rep>(duration.count(), 1);
    return {static_cast<time_t>(micros / 1'000'000), static_cast<suseconds_t>(micros % 1'000'000)};
}

}  // namespace

void FreeRedisReply::operator()(redisReply* reply) const {
    freeReplyObject(reply);
}
void RedisLink::FreeContext::operator()(redisContext* context) const {
    redisFree(context);
}

std::string RedisAddress::text() const {
    return host + ":" + std::to_string(port);
}

RedisLink::RedisLink(RedisAddress address, redisContext* context, Clock& clock)
    : address_(std::move(address)), context_(context), clock_(clock) {}

Result<std::unique_ptr<RedisLink>> RedisLink::dial(const RedisAddress& address, Duration timeout,
                                                   Clock& clock) {
    std::unique_ptr<RedisLink> link(new RedisLink(
        address, redisConnectWithTimeout(address.host.c_str(), address.port, to_timeval(timeout)),
        clock));
    if (!link->context_ || link->context_->err) {
        return Status(Code::kUnreachable,
                      "Redis at " + address.text() + " cannot be reached: " +
                          (link->context_ ? link->context_->errstr : "no memory"));
    }
    redisEnableKeepAlive(link->context_.get());
    return link;
}

Status RedisLink::log_in(const std::string& user, const Secret& password, MonoTime deadline) {
    if (password.empty()) return {};
    std::vector<std::string> words = {"AUTH"};
    if (!user.empty()) words.push_back(user);
    words.push_back(password.reveal());
    MILLRACE_ASSIGN(const RedisAnswer answer, exchange(words, deadline));
    if (answer->type != REDIS_REPLY_ERROR) return {};
    return config_error("Redis at " + address_.text() +
                        " refuses the user and password: " + std::string(redis::text_of(*answer)));
}

Status RedisLink::set_time_left(MonoTime deadline) {
    const Duration left = deadline - clock_.monotonic();
    if (left <= Duration::zero() || redisSetTimeout(context_.get(), to_timeval(left)) != REDIS_OK) {
        return Status(Code::kUnknownOutcome, "no answer in time");
    }
    return {};
}

Result<RedisAnswer> RedisLink::exchange(std::span<const std::string> words, MonoTime deadline) {
    redisContext& link = *context_;
    const auto failed = [&link] {
        const bool late = link.err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);
        return Status(Code::kUnknownOutcome, late ? "no answer in time" : link.errstr);
    };
    std::vector<const char*> data;
    std::vector<size_t> sizes;
    for (const std::string& word : words) {
        data.push_back(word.data());
        sizes.push_back(word.size());
    }
    const int count = static_cast<int>(words.size());
    if (redisAppendCommandArgv(&link, count, data.data(), sizes.data()) != REDIS_OK)
        return failed();
    for (int done = 0; done == 0;) {
        MILLRACE_TRY(set_time_left(deadline));
        if (redisBufferWrite(&link, &done) != REDIS_OK) return failed();
    }
    while (true) {
        void* reply = nullptr;
        if (redisReaderGetReply(link.reader, &reply) != REDIS_OK) {
            return Status(Code::kUnknownOutcome, link.reader->errstr);
        }
        if (reply) return RedisAnswer(static_cast<redisReply*>(reply));
        MILLRACE_TRY(set_time_left(deadline));
        if (redisBufferRead(&link) != REDIS_OK) return failed();
    }
}

}  // namespace millrace
