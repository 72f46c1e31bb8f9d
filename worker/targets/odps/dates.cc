#include "worker/targets/odps/dates.h"

#include <chrono>

namespace millrace {
namespace {

// Takes from the front of a text.
class DateReader {
  public:
    explicit DateReader(std::string_view text) : rest_(text) {}
    bool empty() const { return rest_.empty(); }
    bool take(char c) {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    // Exactly `count` digits; -1 when they are not there.
    int digits(size_t count) {
        if (rest_.size() < count) return -1;
        int value = 0;
        for (const char c : rest_.substr(0, count)) {
            if (c < '0' || c > '9') return -1;
            value = value * 10 + (c - '0');
        }
        rest_.remove_prefix(count);
        return value;
    }
    // 1 to 9 digits as billionths; -1 when there are none or more.
    int32_t fraction() {
        int32_t value = 0, digits = 0;
        for (; !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9'; ++digits) {
            if (digits == 9) return -1;
            value = value * 10 + (rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        if (digits == 0) return -1;
        for (; digits < 9; ++digits) value *= 10;
        return value;
    }

  private:
    std::string_view rest_;
};

std::optional<int64_t> read_day(DateReader& text) {
    const int year = text.digits(4);
    const bool dashes = text.take('-');
    const int month = text.digits(2);
    if (dashes && !text.take('-')) return std::nullopt;
    const int day = text.digits(2);
    if (year < 0 || month < 0 || day < 0) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch().count();
}

bool read_time_of_day(DateReader& text, DateText& date) {
    const int hour = text.digits(2);
    if (!text.take(':')) return false;
    const int minute = text.digits(2);
    if (!text.take(':')) return false;
    const int second = text.digits(2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) {
        return false;
    }
    date.seconds += hour * 3600 + minute * 60 + second;
    if (text.take('.')) date.nanos = text.fraction();
    return date.nanos >= 0;
}

bool read_zone(DateReader& text, DateText& date) {
    if (text.take('Z')) return date.instant = true;
    const bool east = text.take('+');
    if (!east && !text.take('-')) return false;
    const int hours = text.digits(2);
    text.take(':');
    const int minutes = text.digits(2);
    if (hours < 0 || hours > 18 || minutes < 0 || minutes > 59) return false;
    const int offset = hours * 3600 + minutes * 60;
    date.seconds -= east ? offset : -offset;
    return date.instant = true;
}

}  // namespace

std::optional<DateText> read_date_text(std::string_view text) {
    DateReader reader(text);
    const std::optional<int64_t> day = read_day(reader);
    if (!day) return std::nullopt;
    DateText date;
    date.seconds = *day * kSecondsPerDay;
    if (reader.empty()) return date;
    if (!reader.take(' ') && !reader.take('T')) return std::nullopt;
    if (!read_time_of_day(reader, date)) return std::nullopt;
    if (!reader.empty() && !read_zone(reader, date)) return std::nullopt;
    return reader.empty() ? std::optional(date) : std::nullopt;
}

std::optional<int64_t> instant_seconds(const TimeZone& zone, int64_t local_seconds) {
    const auto instant = zone.from_local(std::chrono::seconds(local_seconds));
    if (!instant.ok()) return std::nullopt;
    return floor_div(to_millis(instant->time), 1000);
}

}  // namespace millrace
