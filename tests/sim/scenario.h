// What a seed makes of the world: the windows, the cluster, the target, and what goes wrong.
#pragma once

#include <string>
#include <vector>

#include "common/config/job_parse.h"
#include "tests/sim/bus.h"
#include "tests/sim/http.h"
#include "tests/sim/store.h"
#include "worker/lease/keeper.h"

namespace millrace::sim {

enum class TargetKind : uint8_t { kOss, kOdps, kOpenSearch, kTable };
std::string_view name_of(TargetKind kind);

enum class AccidentKind : uint8_t {
    kKillWorker,
    kDrainWorker,
    kFreezeWorker,
    kFreezeAtLook,  // the worker freezes between a look at the clock and what follows
    kStepWorkerClock,
    kSetBackAsleep,  // it freezes, and its wall clock is set back meanwhile
    kKillCoordinator,
    kStepCoordinatorClock,
    kFreezeCoordinator,
    kRival,    // a second coordinator takes over while the first one lives
    kFlush,    // the live store loses everything
    kOldCopy,  // an older copy of the live store comes back
    kPause,    // a person pauses the runs
};
std::string_view name_of(AccidentKind kind);

// What happens to a process, and when.
struct Accident {
    uint64_t after = 0;  // so many events since the processes began
    AccidentKind kind = AccidentKind::kKillWorker;
    uint64_t who = 0;
    Duration length{0};  // until it is over, or by how much
};

struct Scenario {
    uint64_t seed = 0;
    TargetKind target = TargetKind::kOss;
    std::vector<Window> windows;  // one after the other
    int shards = 1;
    int keys = 8;
    size_t value_bytes = 0;  // of a filling column; 0 = none
    int workers = 1, slots = 1;
    LeaseSettings lease;
    bool calm = false;  // nothing goes wrong

    HttpFaults http;
    BusFaults bus;
    StoreFaults store;
    std::vector<Accident> accidents;
    Duration faults_end{0};  // since the beginning; then everything works
    Duration deadline{0};    // by then all windows are committed

    // In virtual time since the beginning: when a window may be read.
    Duration settled(size_t window) const;
};

Scenario draw_scenario(uint64_t seed);
// The job of one window.
JobRequest request_of(const Scenario& scenario, size_t window);

}  // namespace millrace::sim
