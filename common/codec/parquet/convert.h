// Cells as dates, decimals and texts, where Parquet's types ask for more than
// common/record/convert.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/codec/dates.h"
#include "common/record/value.h"

namespace millrace::parquet {

__extension__ using Int128 = __int128;

// Texts are dates, and dates texts, on the clock of one zone. Immutable, usable from any thread.
class Dates {
  public:
    static Result<Dates> create(const TimeZone& zone);

    // Both: nothing when the value is no such thing; missing values are never given. Instants are
    // of the years 1 to 9999.
    // Milliseconds since 1970; whole numbers are that already. A day begins at midnight.
    std::optional<int64_t> millis_of(const Value& value) const;
    // Days since 1970; whole numbers are that already. Of an instant the day on the clock.
    std::optional<int64_t> days_of(const Value& value) const;

    // As csv has it, instants and days as "yyyy-MM-dd HH:mm:ss" and "yyyy-MM-dd". Views into the
    // value or `memory`.
    std::string_view text_of(const Value& value, std::string& memory) const;

    // What the clock shows, as if that were UTC, and back. A clock face that the zone jumps over
    // has the offset from before.
    int64_t to_face(int64_t millis) const;
    int64_t from_face(int64_t millis) const;

  private:
    Dates(const TimeZone& zone, UsualDates usual, DatePattern time, DatePattern day)
        : zone_(zone), usual_(std::move(usual)), time_(std::move(time)), day_(std::move(day)) {}

    char* write_time(char* out, int64_t millis) const;

    TimeZone zone_;
    UsualDates usual_;
    DatePattern time_, day_;
};

// value x 10^scale, rounded half up; nothing when it is no number or has more than `precision`
// digits.
std::optional<Int128> decimal_of(const Value& value, int precision, int scale);

}  // namespace millrace::parquet
