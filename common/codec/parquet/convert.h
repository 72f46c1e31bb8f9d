// Cells as values of a Parquet type, with DataX's conversions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/config/time_zone.h"
#include "common/record/value.h"

namespace millrace::parquet {

__extension__ using Int128 = __int128;

// All of them: nothing when the value is no such thing; missing values are never given.

// Whole numbers; texts of them; booleans as 0 and 1; instants in ms. A fraction is not cut off.
std::optional<int64_t> integer_of(const Value& value);
std::optional<double> real_of(const Value& value);
// Also the texts true and false; numbers: all but 0 is true.
std::optional<bool> boolean_of(const Value& value);
// Microseconds since 1970. Whole numbers are ms; texts "yyyy-MM-dd[ HH:mm:ss[.fraction]]", with a T
// and a zone (Z, +08:00) if wanted, else of the clock in `zone`. A day begins there at midnight.
std::optional<int64_t> micros_of(const Value& value, const TimeZone& zone);
// Days since 1970. Of an instant the day in `zone`; whole numbers are days.
std::optional<int64_t> days_of(const Value& value, const TimeZone& zone);
// value x 10^scale, rounded half up; of at most `precision` digits.
std::optional<Int128> decimal_of(const Value& value, int precision, int scale);
// The text that csv has for it; views into the value or `memory`. Instants and days as
// "yyyy-MM-dd HH:mm:ss" and "yyyy-MM-dd".
std::string_view text_of(const Value& value, const TimeZone& zone, std::string& memory);

// "-12.50" for (-1250, 2).
std::string decimal_text(Int128 value, int scale);

}  // namespace millrace::parquet
