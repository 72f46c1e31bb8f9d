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

struct FreeCommand {
    void operator()(char* command) const { redisFreeCommand(command); }
};

constexpr size_t kPiece = 16'384;  // the most that one record of TLS holds

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

Result<std::unique_ptr<RedisLink>> RedisLink::dial(const RedisAddress& address, const RedisTls& tls,
                                                   Duration timeout, Clock& clock) {
    std::unique_ptr<RedisLink> link(new RedisLink(
        address, redisConnectWithTimeout(address.host.c_str(), address.port, to_timeval(timeout)),
        clock));
    if (!link->context_ || link->context_->err) {
        return Status(Code::kUnreachable,
                      "Redis at " + address.text() + " cannot be reached: " +
                          (link->context_ ? link->context_->errstr : "no memory"));
    }
    redisEnableKeepAlive(link->context_.get());
    if (tls.on) {
        MILLRACE_TRY(link->set_time_left(clock.monotonic() + timeout));
        auto session = RedisTlsSession::begin(link->context_->fd, address.host, tls);
        if (!session.ok()) return session.status().with_context("Redis at " + address.text());
        link->tls_ = std::move(*session);
    }
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

Status RedisLink::failure() const {
    const bool late = context_->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);
    return Status(Code::kUnknownOutcome, late ? "no answer in time" : context_->errstr);
}

Status RedisLink::send(std::span<const std::string> words, MonoTime deadline) {
    std::vector<const char*> data;
    std::vector<size_t> sizes;
    for (const std::string& word : words) {
        data.push_back(word.data());
        sizes.push_back(word.size());
    }
    const int count = static_cast<int>(words.size());
    if (tls_) {
        char* bytes = nullptr;
        const auto size = redisFormatCommandArgv(&bytes, count, data.data(), sizes.data());
        const std::unique_ptr<char, FreeCommand> command(bytes);
        if (size < 0) return Status(Code::kUnknownOutcome, "no memory");
        return send_sealed({bytes, static_cast<size_t>(size)}, deadline);
    }
    if (redisAppendCommandArgv(context_.get(), count, data.data(), sizes.data()) != REDIS_OK) {
        return failure();
    }
    for (int done = 0; done == 0;) {
        MILLRACE_TRY(set_time_left(deadline));
        if (redisBufferWrite(context_.get(), &done) != REDIS_OK) return failure();
    }
    return {};
}

// In pieces, because the deadline is looked at before each.
Status RedisLink::send_sealed(std::string_view bytes, MonoTime deadline) {
    for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kPiece))) {
        MILLRACE_TRY(set_time_left(deadline));
        MILLRACE_TRY(tls_->write(bytes.substr(0, kPiece)));
    }
    return {};
}

Status RedisLink::receive(MonoTime deadline) {
    MILLRACE_TRY(set_time_left(deadline));
    if (!tls_) return redisBufferRead(context_.get()) == REDIS_OK ? Status() : failure();
    char buffer[kPiece];
    MILLRACE_ASSIGN(const size_t count, tls_->read(buffer));
    if (redisReaderFeed(context_->reader, buffer, count) == REDIS_OK) return {};
    return Status(Code::kUnknownOutcome, context_->reader->errstr);
}

Result<RedisAnswer> RedisLink::exchange(std::span<const std::string> words, MonoTime deadline) {
    MILLRACE_TRY(send(words, deadline));
    while (true) {
        void* reply = nullptr;
        if (redisReaderGetReply(context_->reader, &reply) != REDIS_OK) {
            return Status(Code::kUnknownOutcome, context_->reader->errstr);
        }
        if (reply) return RedisAnswer(static_cast<redisReply*>(reply));
        MILLRACE_TRY(receive(deadline));
    }
}

}  // namespace millrace
