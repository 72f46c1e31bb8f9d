// What a run prints at its end: DataX's seven lines, then what DataX never tells.
#pragma once

#include <string>

#include "common/base/time.h"
#include "common/config/time_zone.h"
#include "common/store/state_store.h"

namespace millrace::cli {

struct Report {
    TimePoint started;
    TimePoint ended;
    TimeZone zone;  // times are printed in it
    Counts counts;
};

// Seven lines with DataX's labels and widths, then rows written, dirty and dropped counts.
std::string to_text(const Report& report);

// "5.44MB/s": bytes per second as DataX writes them (1024, two decimals).
std::string speed_text(uint64_t bytes, double seconds);

}  // namespace millrace::cli
