#include "bench/child.h"
#include "bench/goals.h"
#include "bench/measure.h"
#include "bench/workload.h"

namespace millrace::bench {

Result<Figures> run_start(const Options& options) {
    std::vector<double> times;
    double resident = 0;
    for (int round = 0; round < 3 * options.rounds; ++round) {
        MILLRACE_ASSIGN(const Ended ended, run_program({own_folder() + "/millrace", "version"}));
        if (ended.exit_code != 0) return fatal_error("`millrace version` failed");
        times.push_back(ended.wall_us / 1000);
        resident = ended.resident_mib;
    }
    Figure time{"version", median(times), "ms"};
    time.goal = kStartGoalMs;
    time.note = "`millrace version` from fork to exit; " + std::to_string(int(resident)) + " MiB";
    return Figures{time};
}

}  // namespace millrace::bench
