#include "bench/child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>

namespace millrace::bench {
namespace {

std::vector<char*> arguments_of(const std::vector<std::string>& words) {
    std::vector<char*> made;
    for (const std::string& word : words) made.push_back(const_cast<char*>(word.c_str()));
    made.push_back(nullptr);
    return made;
}

[[noreturn]] void become(const std::vector<char*>& arguments, int output) {
    dup2(output, STDOUT_FILENO);
    execvp(arguments[0], arguments.data());
    _exit(127);
}

double micros(const timeval& t) {
    return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_usec);
}

}  // namespace

Result<Ended> run_program(const std::vector<std::string>& words, const std::string& log) {
    const auto arguments = arguments_of(words);
    const std::string path = log.empty() ? "/dev/null" : log;
    const int output = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (output < 0) return fatal_error("cannot write " + path);
    const auto began = std::chrono::steady_clock::now();
    const pid_t pid = fork();
    if (pid == 0) {
        dup2(output, STDERR_FILENO);
        become(arguments, output);
    }
    close(output);
    int status = 0;
    rusage usage{};
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) {
        return fatal_error("cannot run " + words.front());
    }
    Ended ended;
    ended.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    ended.wall_us =
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - began).count();
    ended.cpu_us = micros(usage.ru_utime) + micros(usage.ru_stime);
    ended.resident_mib = static_cast<double>(usage.ru_maxrss) / 1024;
    return ended;
}

Result<std::unique_ptr<Background>> Background::start(const std::vector<std::string>& words) {
    const auto arguments = arguments_of(words);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return fatal_error("no pipe");
    std::unique_ptr<Background> made(new Background());
    made->output_ = ends[0];
    made->pid_ = fork();
    if (made->pid_ == 0) become(arguments, ends[1]);
    close(ends[1]);
    char sign = 0;
    while (read(ends[0], &sign, 1) == 1 && sign != '\n') made->line_ += sign;
    if (sign == '\n') return made;
    return fatal_error(words.front() + " ended before it was ready");
}

Background::~Background() {
    if (pid_ > 0) {
        kill(pid_, SIGTERM);
        waitpid(pid_, nullptr, 0);
    }
    if (output_ >= 0) close(output_);
}

}  // namespace millrace::bench
