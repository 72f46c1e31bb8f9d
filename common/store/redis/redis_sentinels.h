// Where a master is, by those who watch it.
#pragma once

#include <vector>

#include "common/store/redis/redis_link.h"

namespace millrace {

struct RedisSentinels {
    std::vector<RedisAddress> addresses;  // empty = the master's own address is known
    std::string master = "mymaster";      // its name
    std::string user;                     // of the sentinels; empty = the default user
    Secret password;                      // empty = none
    RedisTls tls;

    std::string text() const;
};

// Asks them in turn, from number `first` on, until one knows the master: each gets its part of
// `timeout`. What it says may be outdated: ask the server for its role. kConfig: one refuses the
// password, or all that answer do not know the name. kUnreachable: none answers.
Result<RedisAddress> find_master(const RedisSentinels& sentinels, size_t first, Duration timeout,
                                 Clock& clock);

}  // namespace millrace
