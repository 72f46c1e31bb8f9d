// A run that this coordinator drives, or is to drive.
#pragma once

#include <stop_token>
#include <thread>

#include "common/bus/memory_bus.h"
#include "common/config/job_package.h"

namespace millrace {

// How a run begins in this process.
enum class Beginning : uint8_t {
    kOpen,    // submitted: it is decided what that means, see coordinator/start.h
    kResume,  // its instance is there
    kReopen,  // a person wants it to go on
};

enum class Stage : uint8_t {
    kWaiting,  // for another run of its task, or for a place
    kOpening,
    kDriving,  // its instance is there
    kEnded,
};

// Guarded by the mutex of the supervisor, but what is constant, `events`, and while it has a thread
// `package` and `job`, which only that thread uses.
struct RunEntry {
    RunId run;
    JobPackage package;
    JobSpec job;
    Beginning beginning = Beginning::kOpen;
    uint64_t order = 0;  // of submission
    TimePoint created;

    Stage stage = Stage::kWaiting;
    std::string text;                // why it waits, what stands in its way, or why it ended
    std::vector<std::string> notes;  // for who submitted it
    bool answered = false;           // who submitted it was told its id
    bool was_done = false;
    Status outcome;  // of kEnded
    bool has_instance = false;
    Duration retention{0};  // of its stream, once it was asked
    bool cancel_wanted = false;
    std::stop_source stop;
    // Of the attempt under way: it also ends when the ledger was rebuilt, for what it knows of the
    // run is from before.
    std::stop_source attempt;
    MemoryBus events;
    std::jthread thread;

    bool active() const { return stage == Stage::kOpening || stage == Stage::kDriving; }
};

}  // namespace millrace
