// Dates as texts, in the letters of Java's SimpleDateFormat.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/status.h"
#include "common/config/time_zone.h"

namespace millrace {

// An instant with the offset of the clock face it was read from.
struct ZonedTime {
    int64_t ms = 0;          // since 1970, UTC
    int offset_minutes = 0;  // to add for the clock face
};
ZonedTime in_zone(int64_t ms, const TimeZone& zone);

// Immutable, usable from any thread.
class DatePattern {
  public:
    static constexpr size_t kTextMax = 384;

    // Letters y M d H m s S, X and Z (offsets like +08:00, Z; +0800), text between single quotes,
    // and signs that stand for themselves. kConfig for other letters, unknown zones and patterns
    // that are too long. `zone`: that of texts without an offset; empty = UTC.
    static Result<DatePattern> create(const std::string& pattern, const std::string& zone);

    // Nothing when `text` does not have the pattern or is no time of the calendar. A local time
    // that does not exist or exists twice has the offset from before the change.
    std::optional<ZonedTime> read(std::string_view text) const;
    // Write at most kTextMax bytes at `out` and return the end: an instant in the zone, and a day,
    // which has none, at its midnight. Years are 0 to 9999.
    char* write(char* out, int64_t ms) const;
    char* write_day(char* out, int64_t days) const;

  private:
    struct Piece {
        char letter = 0;  // 0: `text` as it stands
        size_t width = 0;
        std::string text;
    };
    explicit DatePattern(TimeZone zone) : zone_(std::move(zone)) {}
    Status add(const std::string& pattern);
    char* write_face(char* out, int64_t local_ms, int offset_minutes) const;

    std::vector<Piece> pieces_;
    TimeZone zone_;
};

// "2026-11-21T10:00:00.000+08:00", "2026-11-21"
std::string to_iso8601(ZonedTime time);
std::string day_to_iso8601(int64_t days);

// What DataX takes for a date where no pattern is given: yyyy-MM-dd HH:mm:ss, yyyy-MM-dd, HH:mm:ss,
// yyyyMMdd; and besides, fractions of seconds and ISO 8601.
class UsualDates {
  public:
    static Result<UsualDates> create(const std::string& zone);
    std::optional<ZonedTime> read(std::string_view text) const;

  private:
    std::vector<DatePattern> patterns_;
};

}  // namespace millrace
