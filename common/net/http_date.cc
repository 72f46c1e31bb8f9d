#include "common/net/http_date.h"

#include <array>
#include <cstdio>

namespace millrace {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

}  // namespace

std::string to_http_date(TimePoint time) {
    static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT",
                  kDays[std::chrono::weekday(day).c_encoding()], unsigned(date.day()),
                  kMonths[unsigned(date.month()) - 1].data(), int(date.year()),
                  int(clock.hours().count()), int(clock.minutes().count()),
                  int(clock.seconds().count()));
    return text;
}

std::optional<TimePoint> parse_http_date(std::string_view text) {
    unsigned day = 0;
    int year = 0, hour = 0, minute = 0, second = 0;
    char month_name[4] = {};
    if (std::sscanf(std::string(text).c_str(), "%*3s, %2u %3s %4d %2d:%2d:%2d", &day, month_name,
                    &year, &hour, &minute, &second) != 6) {
        return std::nullopt;
    }
    for (unsigned month = 0; month < kMonths.size(); ++month) {
        if (kMonths[month] != month_name) continue;
        const std::chrono::year_month_day date{
            std::chrono::year(year), std::chrono::month(month + 1), std::chrono::day(day)};
        if (!date.ok()) return std::nullopt;
        return std::chrono::sys_days(date) + std::chrono::hours(hour) +
               std::chrono::minutes(minute) + std::chrono::seconds(second);
    }
    return std::nullopt;
}

}  // namespace millrace
