// `run --next`: which windows are due.
#pragma once

#include <vector>

#include "cli/embedded.h"

namespace millrace::cli {

// Whole 5-minute windows on the UTC grid, from the last committed end (or --from, or the newest
// complete set of DataX's status table) to 5 minutes before the source's now. kConfig when no start
// is known.
Result<std::vector<Window>> next_windows(const Options& options, Embedded& embedded,
                                         const std::string& time_zone);

// The windows of `length` that lie wholly in [from, to); the first begins at `from` itself and ends
// on the grid, so that no time is left out.
std::vector<Window> cut_windows(MillisPoint from, MillisPoint to, std::chrono::milliseconds length);

}  // namespace millrace::cli
