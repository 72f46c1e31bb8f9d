// The date form of HTTP headers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/time.h"

namespace millrace {

// "Sat, 21 Nov 2026 10:00:00 GMT"
std::string to_http_date(TimePoint time);
// Absent when `text` has another form.
std::optional<TimePoint> parse_http_date(std::string_view text);

}  // namespace millrace
