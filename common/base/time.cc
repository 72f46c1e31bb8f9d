#include "common/base/time.h"

#include <cstdio>

namespace millrace {
namespace {

struct Fields {
    int year;
    unsigned month, day;
    int hour, minute, second, millis;
};

Fields split(std::chrono::sys_time<std::chrono::milliseconds> time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    return {int(date.year()),
            unsigned(date.month()),
            unsigned(date.day()),
            int(clock.hours().count()),
            int(clock.minutes().count()),
            int(clock.seconds().count()),
            int(clock.subseconds().count())};
}

}  // namespace

std::string to_iso8601(TimePoint time) {
    const Fields f = split(std::chrono::floor<std::chrono::milliseconds>(time));
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", f.year, f.month, f.day,
                  f.hour, f.minute, f.second, f.millis);
    return text;
}

std::string to_compact(MillisPoint time) {
    const Fields f = split(time);
    char text[64];
    std::snprintf(text, sizeof text, "%04d%02u%02uT%02d%02d%02d%03d", f.year, f.month, f.day,
                  f.hour, f.minute, f.second, f.millis);
    return text;
}

}  // namespace millrace
