// `run --next`: which windows are due; and where a realtime job begins.
#pragma once

#include <vector>

#include "cli/embedded.h"

namespace millrace::cli {

// Whole 5-minute windows on the UTC grid, from the last committed end (or --from, or the newest
// complete set of DataX's status table) to 5 minutes before the source's now. kConfig when no start
// is known.
Result<std::vector<Window>> next_windows(const Options& options, Embedded& embedded,
                                         const std::string& time_zone);

// --from as a time; nothing when it was not given.
Result<std::optional<MillisPoint>> given_start(const Options& options, Embedded& embedded);

}  // namespace millrace::cli
