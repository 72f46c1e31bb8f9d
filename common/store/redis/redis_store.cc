// What workers call: the verbs of an item.
#include "common/store/redis/redis_store.h"

#include <hiredis/hiredis.h>

#include <mutex>

#include "common/store/redis/redis_rows.h"
#include "common/store/redis/redis_scripts.h"

namespace millrace {
namespace {

// Numbers are drawn in turn; only a second coordinator comes between.
constexpr int kDrawsMax = 100;

std::vector<std::string> words_of(const Fence& fence) {
    return {fence.item.text(), std::to_string(static_cast<uint64_t>(fence.epoch)),
            fence.claim.text()};
}

std::vector<std::string> words_of(const Fence& fence, std::vector<std::string> more) {
    std::vector<std::string> words = words_of(fence);
    std::move(more.begin(), more.end(), std::back_inserter(words));
    return words;
}

}  // namespace

RedisStore::RedisStore(std::shared_ptr<RedisScripts> scripts, std::string cluster,
                       std::optional<Token> token)
    : scripts_(std::move(scripts)), cluster_(std::move(cluster)), token_(token) {}

RedisStore::~RedisStore() = default;

Result<std::unique_ptr<RedisStore>> RedisStore::open(const RedisOptions& options,
                                                     const std::string& cluster,
                                                     std::optional<Token> token, Clock& clock) {
    MILLRACE_ASSIGN(std::unique_ptr<RedisConnection> connection,
                    RedisConnection::open(options, clock));
    return std::unique_ptr<RedisStore>(
        new RedisStore(std::make_shared<RedisScripts>(std::move(connection)), cluster, token));
}

std::unique_ptr<RedisStore> RedisStore::with_token(std::optional<Token> token) const {
    std::unique_ptr<RedisStore> other(new RedisStore(scripts_, cluster_, token));
    other->fake_time_ = fake_time_;
    return other;
}

Result<RedisAnswer> RedisStore::call(const char* script, Words words, bool large,
                                     const std::string& caller) {
    Words all = {caller};
    all.push_back(fake_time_ ? std::to_string(fake_time_->monotonic().time_since_epoch().count())
                             : "");
    std::move(words.begin(), words.end(), std::back_inserter(all));
    // The braces keep all keys together where keys have slots.
    return scripts_->run(script, cluster_ + ":{live}:meta", std::move(all), large);
}

Result<RedisAnswer> RedisStore::call(const char* script, Words words, bool large) {
    return call(script, std::move(words), large, caller());
}

std::string RedisStore::caller(std::string_view number) const {
    const std::string token = token_ ? std::to_string(static_cast<uint64_t>(*token_)) : "";
    return token + "/" + std::string(number);
}

Result<RedisAnswer> RedisStore::once(const char* script, Words words, bool large) {
    if (!token_) return call(script, std::move(words), large);
    std::unique_lock turn(scripts_->turn(), std::defer_lock);
    if (!turn.try_lock_for(scripts_->patience())) {
        return Status(Code::kLedgerLost,
                      scripts_->server() + " does not answer: earlier calls are not answered")
            .with_service_code("unreachable");
    }
    for (int draw = 0; draw < kDrawsMax; ++draw) {
        MILLRACE_ASSIGN(const RedisAnswer drawn, call("draw", {}));
        Result<RedisAnswer> answer =
            call(script, words, large, caller(redis::text_of(*drawn->element[1])));
        if (answer.status().service_code() != kSuperseded) return answer;
    }
    return Status(Code::kLedgerLost, scripts_->server() + " serves two coordinators at once");
}

Result<Claimed> RedisStore::claim(const ItemId& item, const ClaimId& claim, Duration ttl) {
    MILLRACE_ASSIGN(const RedisAnswer answer,
                    call("claim", {item.text(), claim.text(), std::to_string(ttl.count())}));
    const auto at = [&](size_t i) -> const redisReply& { return *answer->element[i]; };
    Claimed claimed = redis::claimed(redis::Fields(at(1)), at(2));
    claimed.run_staging = redis::text_of(at(3));
    claimed.by_image = redis::text_of(at(4)) == "1";
    claimed.control = redis::shared_control(at(5));
    return claimed;
}

Result<RunControl> RedisStore::renew(const Fence& fence, Duration ttl) {
    MILLRACE_ASSIGN(const RedisAnswer answer,
                    call("renew", words_of(fence, {std::to_string(ttl.count())})));
    return redis::shared_control(*answer->element[1]);
}

Status RedisStore::checkpoint(const Fence& fence, const Progress& progress) {
    return call("checkpoint", words_of(fence, redis::progress_words(progress, nullptr))).status();
}

Status RedisStore::finish(const Fence& fence, const Progress& progress, const ItemEnd& end) {
    return call("finish", words_of(fence, redis::progress_words(progress, &end))).status();
}

Status RedisStore::park(const ItemId& item, const std::optional<Fence>& fence,
                        const std::string& reason) {
    if (fence && fence->item != item) {
        return fatal_error("cannot park item " + item.text() + " with a claim of item " +
                           fence->item.text());
    }
    if (fence) return call("park", words_of(*fence, {reason, "1"})).status();
    return once("park", words_of({item, {}, {}}, {reason, "0"})).status();
}

Status RedisStore::release(const Fence& fence, bool counts_as_attempt) {
    return call("release", words_of(fence, {counts_as_attempt ? "1" : "0"})).status();
}

Result<Range> RedisStore::numbers(const char* script, const Fence& fence, uint32_t count) {
    MILLRACE_ASSIGN(const RedisAnswer answer,
                    call(script, words_of(fence, {std::to_string(count)})));
    const std::string first(redis::text_of(*answer->element[1]));
    return Range{static_cast<uint32_t>(std::stoul(first)), count};
}

Result<Range> RedisStore::reserve(const Fence& fence, uint32_t count) {
    return numbers("reserve", fence, count);
}

Result<Range> RedisStore::reserve_of_run(const Fence& fence, uint32_t count) {
    return numbers("reserve_of_run", fence, count);
}

Result<std::string> RedisStore::package(const RunId& run) {
    MILLRACE_ASSIGN(const RedisAnswer answer, call("package", {run.text()}));
    return std::string(redis::text_of(*answer->element[1]));
}

}  // namespace millrace
