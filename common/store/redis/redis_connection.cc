#include "common/store/redis/redis_connection.h"

#include <hiredis/hiredis.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <vector>

#include "common/store/redis/redis_rows.h"

namespace millrace {
namespace {

constexpr Duration kFirstPause = std::chrono::milliseconds(10);

timeval to_timeval(Duration duration) {
    const auto micros = std::max<Duration::rep>(duration.count(), 1);
    return {static_cast<time_t>(micros / 1'000'000), static_cast<suseconds_t>(micros % 1'000'000)};
}

// The value of "name:value" in what INFO answers.
std::string_view info_field(std::string_view info, std::string_view name) {
    const size_t at = info.find(name);
    if (at == info.npos) return {};
    const size_t begin = at + name.size();
    return info.substr(begin, info.find_first_of("\r\n", begin) - begin);
}

// A write to a connection that the server has closed must be an error, not the end of the process.
void ignore_broken_pipes() {
    struct sigaction now {};
    if (sigaction(SIGPIPE, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) return;
    now.sa_handler = SIG_IGN;
    sigaction(SIGPIPE, &now, nullptr);
}

}  // namespace

void FreeRedisReply::operator()(redisReply* reply) const {
    freeReplyObject(reply);
}
void FreeRedisContext::operator()(redisContext* context) const {
    redisFree(context);
}

std::string RedisConnection::address() const {
    return options_.host + ":" + std::to_string(options_.port);
}

Result<std::unique_ptr<RedisConnection>> RedisConnection::open(const RedisOptions& options,
                                                               Clock& clock) {
    if (options.tls || options.host.find("://") != std::string::npos) {
        return config_error(
            "Redis is reached without TLS only, by host and port: the library "
            "(hiredis " +
            std::to_string(HIREDIS_MAJOR) + "." + std::to_string(HIREDIS_MINOR) +
            ") has no TLS; put a tunnel before the server or use a private network");
    }
    ignore_broken_pipes();
    std::unique_ptr<RedisConnection> made(new RedisConnection(options, clock));
    MILLRACE_ASSIGN(made->link_, made->connect());
    made->keeper_ =
        std::jthread([self = made.get()](std::stop_token stop) { self->keep_connected(stop); });
    return made;
}

RedisConnection::~RedisConnection() = default;

Status RedisConnection::set_time_left(redisContext& link, MonoTime deadline) {
    const Duration left = deadline - clock_.monotonic();
    if (left <= Duration::zero() || redisSetTimeout(&link, to_timeval(left)) != REDIS_OK) {
        return Status(Code::kUnknownOutcome, "no answer in time");
    }
    return {};
}

Result<RedisAnswer> RedisConnection::exchange(redisContext& link,
                                              std::span<const std::string> words,
                                              MonoTime deadline) {
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
        MILLRACE_TRY(set_time_left(link, deadline));
        if (redisBufferWrite(&link, &done) != REDIS_OK) return failed();
    }
    while (true) {
        void* reply = nullptr;
        if (redisReaderGetReply(link.reader, &reply) != REDIS_OK) {
            return Status(Code::kUnknownOutcome, link.reader->errstr);
        }
        if (reply) return RedisAnswer(static_cast<redisReply*>(reply));
        MILLRACE_TRY(set_time_left(link, deadline));
        if (redisBufferRead(&link) != REDIS_OK) return failed();
    }
}

Status RedisConnection::log_in(redisContext& link, MonoTime deadline) {
    if (!options_.password.empty()) {
        std::vector<std::string> words = {"AUTH"};
        if (!options_.user.empty()) words.push_back(options_.user);
        words.push_back(options_.password.reveal());
        MILLRACE_ASSIGN(const RedisAnswer answer, exchange(link, words, deadline));
        if (answer->type == REDIS_REPLY_ERROR) {
            return config_error("Redis at " + address() + " refuses the user and password: " +
                                std::string(redis::text_of(*answer)));
        }
    }
    const std::string info[] = {"INFO", "memory"};
    MILLRACE_ASSIGN(const RedisAnswer answer, exchange(link, info, deadline));
    const std::string text(redis::text_of(*answer));
    if (answer->type == REDIS_REPLY_ERROR) {
        return config_error("Redis at " + address() + " refuses to be asked: " + text);
    }
    const std::string_view policy = info_field(text, "maxmemory_policy:");
    if (policy == "noeviction") return {};
    return config_error("Redis at " + address() + " has maxmemory-policy " + std::string(policy) +
                        " and would drop parts of the ledger when its memory is full: set "
                        "maxmemory-policy noeviction");
}

Result<RedisConnection::Link> RedisConnection::connect() {
    const MonoTime deadline = clock_.monotonic() + options_.timeout;
    Link link(redisConnectWithTimeout(options_.host.c_str(), options_.port,
                                      to_timeval(options_.timeout)));
    if (!link || link->err) {
        return Status(Code::kUnreachable, "Redis at " + address() + " cannot be reached: " +
                                              (link ? link->errstr : "no memory"));
    }
    redisEnableKeepAlive(link.get());
    const Status status = log_in(*link, deadline);
    if (status.ok()) return link;
    if (status.code() == Code::kConfig) return status;
    return Status(Code::kUnreachable,
                  "Redis at " + address() + " does not answer: " + status.text());
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
    Result<RedisAnswer> answer = exchange(*link_, words, deadline);
    lock.lock();
    busy_ = false;
    if (!answer.ok()) {
        // What comes on this connection now would be the answer to a call that was given up.
        link_.reset();
        trouble_ = answer.status().text();
        broken_.notify_one();
    } else {
        free_.notify_one();
    }
    return answer;
}

}  // namespace millrace
