// `$[yyyymmddhh24miss-10/24/60]`: a time relative to the schedule time, as a text.
#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/config/time_zone.h"

namespace millrace {

// `expression` is what stands between `$[` and `]`: a form, then any number of `+n`, `-n/24/60`, …
// in days. Forms: yyyy mm dd hh24 (or hh) mi ss in any case, or Java's yyyy MM dd HH mm ss; other
// characters between them are kept. Whole days move along the local calendar, fractions along the
// time line. kConfig when not understood.
Result<std::string> evaluate_schedule_expression(std::string_view expression, MillisPoint schedule,
                                                 const TimeZone& zone);

// True when a text between `$[` and `]` means to be such an expression at all.
bool is_schedule_expression(std::string_view expression);

}  // namespace millrace
