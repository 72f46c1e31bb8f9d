// Which windows of a stream come next: those of `run --next`, and those of a realtime job.
#pragma once

#include <vector>

#include "coordinator/job_coordinator.h"

namespace millrace {

// The next point of the grid at or after `time`; the grid begins at 1970.
MillisPoint to_grid(MillisPoint time, std::chrono::milliseconds length);

// The windows of `length` that lie wholly in [from, to); the first begins at `from` itself and ends
// on the grid, so that no time is left out.
std::vector<Window> cut_windows(MillisPoint from, MillisPoint to, std::chrono::milliseconds length);

// The window that begins at `start` and ends at the next point of the grid of `length`; when later
// ones are past already, at the last of those, but not beyond the grid of 5 minutes: after an
// outage a job catches up in fewer windows.
Window realtime_window(MillisPoint start, TimePoint source_now, std::chrono::milliseconds length);

// The window of a realtime job that is to run now: the one that was begun and not committed, else
// the one behind the last committed, else from `first`, else from where DataX ended, else from when
// the job was accepted, `accepted_ago`: what changes from then on is carried, however long it takes
// until the first window begins.
Result<Window> next_realtime_window(JobCoordinator& job, std::chrono::milliseconds length,
                                    std::optional<MillisPoint> first, Duration accepted_ago);

}  // namespace millrace
