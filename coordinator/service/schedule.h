// Which of the runs that wait may begin now. Pure.
#pragma once

#include <vector>

#include "coordinator/service/run_entry.h"

namespace millrace {

// Windows of one task run one after the other, the oldest first, those that were begun before all:
// a window needs the borders of the one before it (P1), and two of a keyed target must not be
// written at the same time (P12). At most `active_max` runs are active. Those that go on waiting
// get the reason as their text.
std::vector<RunEntry*> may_begin(const std::vector<RunEntry*>& entries, size_t active_max);

}  // namespace millrace
