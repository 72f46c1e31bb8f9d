#include "common/config/time_forms.h"

#include <charconv>
#include <cstdio>
#include <optional>

#include "common/config/ascii.h"

namespace millrace {
namespace {

constexpr int64_t kMillisMin = 100'000'000'000;      // 1973; anything below is most likely seconds
constexpr int64_t kMillisMax = 253'402'300'800'000;  // the year 10000

using ascii::all_digits;

unsigned to_number(std::string_view digits) {
    unsigned value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

// The first 8 digits of `text`.
std::optional<std::chrono::sys_days> day_of(std::string_view text) {
    const std::chrono::year_month_day day(std::chrono::year(int(to_number(text.substr(0, 4)))),
                                          std::chrono::month(to_number(text.substr(4, 2))),
                                          std::chrono::day(to_number(text.substr(6, 2))));
    if (!day.ok()) return {};
    return std::chrono::sys_days(day);
}

std::string face_text(const char* form, const ClockFace& face) {
    char text[96];
    std::snprintf(text, sizeof text, form, face.year, face.month, face.day, face.hour, face.minute,
                  face.second);
    return text;
}

}  // namespace

ClockFace to_clock_face(std::chrono::seconds local) {
    const std::chrono::sys_seconds time(local);
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return {int(date.year()),
            unsigned(date.month()),
            unsigned(date.day()),
            unsigned(clock.hours().count()),
            unsigned(clock.minutes().count()),
            unsigned(clock.seconds().count())};
}

Result<TimeZone::Instant> parse_time_string(std::string_view text, const TimeZone& zone) {
    if (text.size() != 14 || !all_digits(text)) {
        return config_error("a time is 14 digits, yyyyMMddHHmmss, like 20180115120000");
    }
    const std::optional<std::chrono::sys_days> day = day_of(text);
    const unsigned hour = to_number(text.substr(8, 2));
    const unsigned minute = to_number(text.substr(10, 2));
    const unsigned second = to_number(text.substr(12, 2));
    if (!day || hour > 23 || minute > 59 || second > 59) {
        return config_error("these 14 digits are no time of the calendar (yyyyMMddHHmmss)");
    }
    return zone.from_local(std::chrono::seconds(day->time_since_epoch()) +
                           std::chrono::hours(hour) + std::chrono::minutes(minute) +
                           std::chrono::seconds(second));
}

Result<MillisPoint> parse_millis(std::string_view text) {
    int64_t millis = 0;
    const char* end = text.data() + text.size();
    if (!all_digits(text) || std::from_chars(text.data(), end, millis).ptr != end ||
        millis >= kMillisMax) {
        return config_error("a time in milliseconds since 1970 is 13 digits, like 1510036262000");
    }
    if (millis < kMillisMin) {
        return config_error(
            "this is too small for milliseconds since 1970; seconds need 000 behind");
    }
    return from_millis(millis);
}

Result<Window> parse_day(std::string_view text, const TimeZone& zone) {
    const bool digits = text.size() == 8 && all_digits(text);
    const std::optional<std::chrono::sys_days> day = digits ? day_of(text) : std::nullopt;
    if (!day) return config_error("a date is 8 digits, yyyyMMdd, like 20180115");
    const std::chrono::seconds begin(day->time_since_epoch());
    MILLRACE_ASSIGN(const TimeZone::Instant start, zone.from_local(begin));
    MILLRACE_ASSIGN(const TimeZone::Instant end, zone.from_local(begin + std::chrono::days(1)));
    return Window{start.time, end.time};
}

std::string to_time_string(MillisPoint time, const TimeZone& zone) {
    return face_text("%04d%02u%02u%02u%02u%02u", to_clock_face(zone.to_local(time)));
}

std::string to_day(MillisPoint time, const TimeZone& zone) {
    return to_time_string(time, zone).substr(0, 8);
}

std::string to_local_text(MillisPoint time, const TimeZone& zone) {
    return face_text("%04d-%02u-%02u %02u:%02u:%02u", to_clock_face(zone.to_local(time)));
}

}  // namespace millrace
