// Runs the scripts of the ledger: loads them into the server and repeats calls that were lost.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "common/store/redis/redis_connection.h"

namespace millrace {

// Of kRetry: another call of a coordinator came between.
inline constexpr const char* kSuperseded = "superseded";

// Thread-safe.
class RedisScripts {
  public:
    explicit RedisScripts(std::unique_ptr<RedisConnection> connection);

    // The answer of script `name` (a file of this folder) to `key` and `args`: an array whose first
    // element is "ok". Repeated while no answer comes, for three time-outs in all, so every script
    // may be carried out twice. `large`: it carries a whole run, one attempt may take ten.
    // kLedgerLost: it was not answered. Otherwise the code and text with which the script refuses.
    Result<RedisAnswer> run(const std::string& name, const std::string& key,
                            std::vector<std::string> args, bool large = false);

    // Held by the one coordinator's call that is under way.
    std::timed_mutex& turn() { return turn_; }
    // How long a call may take in all.
    Duration patience() const;
    std::string server() const { return "Redis at " + connection_->address(); }

  private:
    struct Script {
        std::string text;
        std::string sha;  // empty = not loaded
    };
    Result<RedisAnswer> attempt(Script& script, std::vector<std::string>& words, Duration timeout);
    Status failure(const redisReply& answer) const;

    const std::unique_ptr<RedisConnection> connection_;
    std::timed_mutex turn_;
    std::mutex mutex_;  // over the `sha` of the scripts
    std::map<std::string, Script> scripts_;
};

}  // namespace millrace
