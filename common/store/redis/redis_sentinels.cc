#include "common/store/redis/redis_sentinels.h"

#include <hiredis/hiredis.h>

#include <charconv>

#include "common/store/redis/redis_rows.h"

namespace millrace {
namespace {

// Nothing: it does not know the master.
Result<std::optional<RedisAddress>> ask(const RedisSentinels& sentinels,
                                        const RedisAddress& address, Duration timeout,
                                        Clock& clock) {
    const MonoTime deadline = clock.monotonic() + timeout;
    MILLRACE_ASSIGN(const auto link, RedisLink::dial(address, sentinels.tls, timeout, clock));
    MILLRACE_TRY(link->log_in(sentinels.user, sentinels.password, deadline));
    const std::string words[] = {"SENTINEL", "get-master-addr-by-name", sentinels.master};
    MILLRACE_ASSIGN(const RedisAnswer answer, link->exchange(words, deadline));
    if (answer->type == REDIS_REPLY_NIL) return std::optional<RedisAddress>();
    if (answer->type == REDIS_REPLY_ERROR) {
        return config_error("it is no sentinel, or refuses to be asked: " +
                            std::string(redis::text_of(*answer)));
    }
    RedisAddress master;
    if (answer->type == REDIS_REPLY_ARRAY && answer->elements == 2) {
        master.host = redis::text_of(*answer->element[0]);
        const std::string_view port = redis::text_of(*answer->element[1]);
        std::from_chars(port.data(), port.data() + port.size(), master.port);
    }
    if (master.host.empty() || master.port <= 0) {
        return Status(Code::kUnreachable, "its answer is no address");
    }
    return std::optional(master);
}

}  // namespace

std::string RedisSentinels::text() const {
    std::string text = master + " of sentinels ";
    for (const RedisAddress& address : addresses) {
        text += (&address == &addresses.front() ? "" : ",") + address.text();
    }
    return text;
}

Result<RedisAddress> find_master(const RedisSentinels& sentinels, size_t first, Duration timeout,
                                 Clock& clock) {
    const size_t count = sentinels.addresses.size();
    bool unknown = false;
    std::string troubles;
    for (size_t i = 0; i < count; ++i) {
        const RedisAddress& address = sentinels.addresses[(first + i) % count];
        const auto master =
            ask(sentinels, address, timeout / static_cast<Duration::rep>(count), clock);
        if (master.ok() && *master) return **master;
        if (master.status().code() == Code::kConfig) {
            return master.status().with_context("sentinel " + address.text());
        }
        unknown = unknown || master.ok();
        if (!master.ok()) troubles += "; " + address.text() + ": " + master.status().text();
    }
    if (unknown) {
        return config_error("the sentinels of Redis know no master \"" + sentinels.master +
                            "\": name it as in their \"sentinel monitor\"" + troubles);
    }
    return Status(Code::kUnreachable, "no sentinel of Redis answers" + troubles);
}

}  // namespace millrace
