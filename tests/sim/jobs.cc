#include "tests/sim/jobs.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <vector>

#include "common/base/check.h"

namespace millrace::sim {

Tally in_processes(int of, const std::function<Tally(int part, int of)>& work) {
    if (of <= 1) return work(0, 1);
    std::vector<int> ends;
    for (int part = 0; part < of; ++part) {
        int pipe_ends[2];
        MILLRACE_CHECK(pipe(pipe_ends) == 0);
        std::fflush(stdout);
        const pid_t child = fork();
        MILLRACE_CHECK(child >= 0);
        if (child == 0) {
            const Tally tally = work(part, of);
            std::fflush(stdout);
            const bool told = write(pipe_ends[1], &tally, sizeof tally) == sizeof tally;
            _exit(told ? 0 : 1);
        }
        close(pipe_ends[1]);
        ends.push_back(pipe_ends[0]);
    }
    Tally all;
    for (const int end : ends) {
        Tally tally;
        if (read(end, &tally, sizeof tally) != sizeof tally) tally = {0, 1, 0};
        close(end);
        all.passed += tally.passed;
        all.failed += tally.failed;
        all.hash += tally.hash;
    }
    while (wait(nullptr) > 0) {
    }
    return all;
}

}  // namespace millrace::sim
