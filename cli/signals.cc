#include "cli/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

namespace millrace::cli {
namespace {

sigset_t drain_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);  // our own: the end of the waiting thread
    return set;
}

}  // namespace

Signals::Signals() {
    const sigset_t set = drain_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);
    thread_ = std::thread([this, set] {
        for (;;) {
            int number = 0;
            if (sigwait(&set, &number) != 0) continue;
            if (ending_) return;
            if (number == SIGUSR1) continue;
            if (received_ != 0) _exit(128 + number);
            received_ = number;
            stop_.request_stop();
        }
    });
}

Signals::~Signals() {
    ending_ = true;
    pthread_kill(thread_.native_handle(), SIGUSR1);
    thread_.join();
}

}  // namespace millrace::cli
