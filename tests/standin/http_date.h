// Dates of HTTP headers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/base/time.h"

namespace millrace::standin {

// "Sat, 21 Nov 2026 10:00:00 GMT"
std::string http_date(TimePoint time);
// Of that form, or "20261121T100000Z".
std::optional<TimePoint> parse_http_date(std::string_view text);

}  // namespace millrace::standin
