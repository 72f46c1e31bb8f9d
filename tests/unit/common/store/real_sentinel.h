// A Redis of three servers under a sentinel, for tests.
#pragma once

#include "tests/unit/common/store/real_redis.h"

namespace millrace {

// One master, two replicas that follow it, and a sentinel that knows all of them.
class RealSentinel {
  public:
    RealSentinel();

    // Of a client that asks the sentinel.
    RedisOptions options() const;
    RealRedis& master() { return master_; }
    RealRedis& sentinel() { return sentinel_; }
    std::vector<RealRedis*> replicas() { return {&one_, &two_}; }

    // What was written has reached the replicas, what is written from now on does not, as in the
    // seconds until a master notices that it is cut off.
    void cut_off();
    // The master is killed; returns when the sentinel names another one, which has a replica.
    void fail_over();

  private:
    static std::vector<std::string> server(const RealRedis* master);
    std::string watching() const;

    RealRedis master_{server(nullptr)}, one_{server(&master_)}, two_{server(&master_)};
    RealRedis sentinel_;
};

}  // namespace millrace
