#include "common/services/tablestore/date.h"

#include <algorithm>

namespace millrace::tablestore {
namespace {

// `pattern`: d = a digit, anything else = itself.
bool looks_like(std::string_view text, std::string_view pattern) {
    return text.size() == pattern.size() &&
           std::equal(text.begin(), text.end(), pattern.begin(),
                      [](char c, char p) { return p == 'd' ? c >= '0' && c <= '9' : c == p; });
}

int number(std::string_view digits) {
    int value = 0;
    for (char c : digits) value = value * 10 + (c - '0');
    return value;
}

// Microseconds of ".123456789"; a negative number when malformed.
int64_t fraction(std::string_view text) {
    if (text.empty()) return 0;
    const std::string_view digits = text.substr(1);
    if (text[0] != '.' || digits.empty() || digits.size() > 9) return -1;
    int64_t nanos = 0;
    for (size_t i = 0; i < 9; ++i) {
        const char c = i < digits.size() ? digits[i] : '0';
        if (c < '0' || c > '9') return -1;
        nanos = nanos * 10 + (c - '0');
    }
    return nanos / 1000;
}

}  // namespace

std::optional<TimePoint> parse_date(std::string_view text) {
    using namespace std::chrono;
    if (text.size() < 20 || text.back() != 'Z') return std::nullopt;
    const std::string_view whole = text.substr(0, 19);
    if (!looks_like(whole, "dddd-dd-ddTdd:dd:dd")) return std::nullopt;
    const year_month_day date{year(number(whole.substr(0, 4))),
                              month(static_cast<unsigned>(number(whole.substr(5, 2)))),
                              day(static_cast<unsigned>(number(whole.substr(8, 2))))};
    const int64_t micro = fraction(text.substr(19, text.size() - 20));
    const int hour = number(whole.substr(11, 2));
    const int minute = number(whole.substr(14, 2));
    const int second = number(whole.substr(17, 2));
    if (!date.ok() || micro < 0 || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return sys_days(date) + hours(hour) + minutes(minute) + seconds(second) + microseconds(micro);
}

}  // namespace millrace::tablestore
