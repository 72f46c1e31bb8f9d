// A real redis-server on a loopback port, for the tests of this folder.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/store/redis/redis_store.h"

namespace millrace {

// Ends with the object and with the process; what it kept goes too. Fails the test that makes it
// when redis-server is not installed or does not answer.
class RealRedis {
  public:
    // `file`: text of a configuration file that the server may write to, as sentinels do. By TLS
    // both sides show one self-made certificate, which is good for 127.0.0.1.
    explicit RealRedis(std::vector<std::string> options = {"--save", ""},
                       const std::string& file = "", bool by_tls = false);
    ~RealRedis();
    RealRedis(const RealRedis&) = delete;
    RealRedis& operator=(const RealRedis&) = delete;

    // One for the whole test program. It keeps nothing on disk.
    static RealRedis& shared();

    // On the same port and folder.
    void start();
    void kill();
    void freeze();
    void thaw();
    // Words by blanks; the answer's text, or the number of an integer.
    std::string command(const std::string& words);

    int port() const { return port_; }
    RedisOptions options() const;
    const std::string& folder() const { return folder_; }
    // Opened for this token, and with room for epochs. Each has keys of its own. With `fake_time`
    // it takes the time from there.
    std::unique_ptr<RedisStore> store(const Clock* fake_time = nullptr);

  private:
    void make_certificate();
    Result<RedisAnswer> ask(std::span<const std::string> words);
    bool ready();

    const std::vector<std::string> arguments_;
    std::string folder_;
    std::string file_;  // path; empty = none
    RedisTls tls_;
    int port_ = 0;
    pid_t process_ = -1;
    int stores_ = 0;
    SystemClock clock_;
};

}  // namespace millrace
