#include "tests/standin/http_date.h"

#include <ctime>

namespace millrace::standin {

std::string http_date(TimePoint time) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(
        std::chrono::time_point_cast<std::chrono::system_clock::duration>(time));
    std::tm fields{};
    gmtime_r(&seconds, &fields);
    char text[64];
    const size_t size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &fields);
    return std::string(text, size);
}

std::optional<TimePoint> parse_http_date(std::string_view text) {
    const std::string copy(text);
    for (const char* form : {"%Y%m%dT%H%M%SZ", "%a, %d %b %Y %H:%M:%S GMT"}) {
        std::tm fields{};
        const char* end = strptime(copy.c_str(), form, &fields);
        if (end && *end == '\0') return TimePoint(std::chrono::seconds(timegm(&fields)));
    }
    return std::nullopt;
}

}  // namespace millrace::standin
