#include "tests/unit/common/store/real_redis.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "common/base/random.h"

namespace millrace {
namespace {

int free_port() {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
    close(listener);
    return ntohs(address.sin_port);
}

}  // namespace

RealRedis::RealRedis(std::vector<std::string> options, const std::string& file, bool by_tls)
    : arguments_(std::move(options)) {
    folder_ = std::filesystem::temp_directory_path() / ("millrace-redis-" + SystemRandom().hex(8));
    std::filesystem::create_directories(folder_);
    if (!file.empty()) {
        file_ = folder_ + "/redis.conf";
        std::ofstream(file_) << file;
    }
    if (by_tls) make_certificate();
    port_ = free_port();
    start();
}

RealRedis::~RealRedis() {
    kill();
    std::filesystem::remove_all(folder_);
}

RealRedis& RealRedis::shared() {
    static RealRedis server;
    return server;
}

void RealRedis::make_certificate() {
    tls_ = {.on = true,
            .ca_file = folder_ + "/cert.pem",
            .cert_file = folder_ + "/cert.pem",
            .key_file = folder_ + "/key.pem"};
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "
        "/CN=test "
        "-addext subjectAltName=IP:127.0.0.1 -keyout " +
        tls_.key_file + " -out " + tls_.cert_file + " 2>" + folder_ + "/openssl.log";
    ASSERT_EQ(std::system(command.c_str()), 0) << "see " << folder_ << "/openssl.log";
}

void RealRedis::start() {
    std::vector<std::string> words = {"redis-server",
                                      tls_.on ? "--tls-port" : "--port",
                                      std::to_string(port_),
                                      "--bind",
                                      "127.0.0.1",
                                      "--dir",
                                      folder_,
                                      "--logfile",
                                      folder_ + "/log"};
    if (tls_.on) {
        words.insert(words.end(),
                     {"--port", "0", "--tls-cert-file", tls_.cert_file, "--tls-key-file",
                      tls_.key_file, "--tls-ca-cert-file", tls_.ca_file});
    }
    if (!file_.empty()) words.insert(words.begin() + 1, file_);
    words.insert(words.end(), arguments_.begin(), arguments_.end());
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    process_ = fork();
    ASSERT_GE(process_, 0);
    if (process_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execvp(argv[0], argv.data());
        _exit(127);
    }
    const MonoTime end = clock_.monotonic() + std::chrono::seconds(60);
    bool answers = false;
    do {
        clock_.sleep(std::chrono::milliseconds(2), {});
        int how = 0;
        if (waitpid(process_, &how, WNOHANG) == process_) {
            process_ = -1;
            FAIL() << "redis-server cannot be started (log in " << folder_
                   << "/log); is it there? apt-get install redis-server";
        }
        answers = ready();
    } while (!answers && clock_.monotonic() < end);
    ASSERT_TRUE(answers) << "log in " << folder_ << "/log";
}

Result<RedisAnswer> RealRedis::ask(std::span<const std::string> words) {
    const Duration patience = std::chrono::seconds(10);
    MILLRACE_ASSIGN(const auto link, RedisLink::dial({"127.0.0.1", port_}, tls_, patience, clock_));
    return link->exchange(words, clock_.monotonic() + patience);
}

// That it wants a password is an answer too; that it loads its data is none.
bool RealRedis::ready() {
    const std::string ping[] = {"PING"};
    const auto answer = ask(ping);
    return answer.ok() && !std::string_view((*answer)->str, (*answer)->len).starts_with("LOADING");
}

void RealRedis::kill() {
    if (process_ < 0) return;
    ::kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
    process_ = -1;
}

void RealRedis::freeze() {
    ::kill(process_, SIGSTOP);
}
void RealRedis::thaw() {
    ::kill(process_, SIGCONT);
}

RedisOptions RealRedis::options() const {
    RedisOptions options;
    options.port = port_;
    options.tls = tls_;
    return options;
}

std::string RealRedis::command(const std::string& words) {
    std::istringstream in(words);
    const std::vector<std::string> list{std::istream_iterator<std::string>(in), {}};
    const auto answer = ask(list);
    EXPECT_TRUE(answer.ok()) << answer.status().text();
    if (!answer.ok()) return {};
    if ((*answer)->type == REDIS_REPLY_INTEGER) return std::to_string((*answer)->integer);
    return (*answer)->str ? std::string((*answer)->str, (*answer)->len) : std::string();
}

std::unique_ptr<RedisStore> RealRedis::store(const Clock* fake_time) {
    auto store = RedisStore::open(options(), "test" + std::to_string(++stores_), Token(1), clock_);
    EXPECT_TRUE(store.ok()) << store.status().text();
    if (!store.ok()) return nullptr;
    if (fake_time) (*store)->use_time_of(*fake_time);
    const auto identity = (*store)->begin_rebuild(Token(0), Token(1), 0);
    EXPECT_TRUE(identity.ok()) << identity.status().text();
    EXPECT_TRUE((*store)->end_rebuild(*identity).ok());
    EXPECT_TRUE((*store)->raise_ceiling(1'000'000'000).ok());
    return std::move(*store);
}

TEST(RealRedisTest, ItAnswers) {
    EXPECT_EQ(RealRedis::shared().command("PING"), "PONG");
}

}  // namespace millrace
