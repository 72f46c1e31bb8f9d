// The forms in which jobs write times: yyyyMMddHHmmss, yyyyMMdd, milliseconds.
#pragma once

#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/base/time.h"
#include "common/config/time_zone.h"

namespace millrace {

// All of them: kConfig with a hint when `text` is no such time.
Result<TimeZone::Instant> parse_time_string(std::string_view text, const TimeZone& zone);
Result<MillisPoint> parse_millis(std::string_view text);
// The whole local day.
Result<Window> parse_day(std::string_view text, const TimeZone& zone);

std::string to_time_string(MillisPoint time, const TimeZone& zone);  // yyyyMMddHHmmss
std::string to_day(MillisPoint time, const TimeZone& zone);          // yyyyMMdd
// "2026-11-21 18:00:00": for people.
std::string to_local_text(MillisPoint time, const TimeZone& zone);

// Fields of a local clock face; see TimeZone::to_local.
struct ClockFace {
    int year = 0;
    unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
};
ClockFace to_clock_face(std::chrono::seconds local);

}  // namespace millrace
