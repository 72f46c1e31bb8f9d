// What a request to run a window means, given what the task has run before. Pure: no I/O.
#pragma once

#include <string>
#include <vector>

#include "common/store/state_store.h"

namespace millrace {

struct StartRequest {
    Window window;
    bool replay = false;
    // The writer only adds: windows may overlap (with a warning).
    bool may_overlap = false;
    // Rows are visible when acknowledged, so two windows of a task never write at the same time
    // (P12).
    bool keyed_target = false;
};

struct StartDecision {
    enum class Kind : uint8_t {
        kCreate,  // a new instance of `run_kind`
        kResume,  // `run` goes on (it is RUNNING, COMMITTING or FAILED)
        kDone,    // `run` is committed; nothing to do
        kRefuse,  // `text` says why and what to do
    };
    Kind kind = Kind::kCreate;
    RunKind run_kind = RunKind::kFirst;
    Window window;  // of the run; not of kRefuse
    RunId run;
    std::string text;  // of kRefuse; a warning of others
    // Runs that are to be closed first: this one carries all that they were to carry.
    std::vector<RunId> outgrown;
};

// `history`: all instances of the task.
StartDecision decide_start(const std::vector<InstanceView>& history, const StartRequest& request);

// The same for a transfer of all that is there: each run is a new one, unless the last is not
// finished or has failed less than a day ago (staged work is kept that long).
StartDecision decide_transfer(const std::vector<InstanceView>& history,
                              const StartRequest& request);

// The same for a replay of several windows at once: of all between the ends of `window`, see
// joined.h. Each was committed, none is missing.
StartDecision decide_joined(const std::vector<InstanceView>& history, const Window& window);

// Where the newest committed window ends; none = nothing was committed yet.
std::optional<MillisPoint> last_committed_end(const std::vector<InstanceView>& history);

// Where `--next` goes on: there, else at the first window that was begun; none = nothing was begun.
std::optional<MillisPoint> next_start(const std::vector<InstanceView>& history);

// "[2026-11-21T10:00:00.000Z, 2026-11-21T10:05:00.000Z)"
std::string to_text(const Window& window);

// The window of a transfer.
inline bool is_moment(const Window& window) {
    return window.start == window.end;
}

}  // namespace millrace
