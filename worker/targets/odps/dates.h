// Texts that are dates: "2026-11-21 10:00:00.123", "2026-11-21", "20261121".
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/config/time_zone.h"

namespace millrace {

// A clock face, as if it were UTC, or an instant where the text names its zone.
struct DateText {
    int64_t seconds = 0;  // since 1970
    int32_t nanos = 0;
    bool instant = false;
};

// The date, then maybe a blank or T, the time of day with up to 9 digits of a fraction, and Z or
// +08:00. Nothing when the text is anything else.
std::optional<DateText> read_date_text(std::string_view text);

// The instant that a clock face of the zone shows; nothing in an hour that the zone skips.
std::optional<int64_t> instant_seconds(const TimeZone& zone, int64_t local_seconds);

constexpr int64_t kSecondsPerDay = 86'400;

// Rounded down, also before 1970.
constexpr int64_t floor_div(int64_t value, int64_t divisor) {
    return value / divisor - (value % divisor < 0 ? 1 : 0);
}

// 0001-01-01 to 9999-12-31, what all of the service's date types hold.
constexpr bool is_day_in_range(int64_t days) {
    return days >= -719'162 && days <= 2'932'896;
}

}  // namespace millrace
