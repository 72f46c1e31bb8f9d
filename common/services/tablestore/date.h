// The date form of x-ots-date.
#pragma once

#include <optional>
#include <string_view>

#include "common/base/time.h"

namespace millrace::tablestore {

// "2026-11-21T10:00:00.123Z" with none to nine digits after the dot; absent when it is not that.
std::optional<TimePoint> parse_date(std::string_view text);

}  // namespace millrace::tablestore
