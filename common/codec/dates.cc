#include "common/codec/dates.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>

namespace millrace {
namespace {

constexpr size_t kPatternMax = 64;  // none of its characters writes more than 6
constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kMsMin = -62'167'219'200'000;  // the year 0
constexpr int64_t kMsMax = 253'402'300'799'999;  // the end of 9999

// A clock face while it is read.
struct Face {
    int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, millis = 0;
    std::optional<int> offset_minutes;

    void set(char letter, size_t width, size_t digits, int value) {
        switch (letter) {
            case 'y': year = width == 2 && digits == 2 ? 2000 + value : value; break;
            case 'M': month = value; break;
            case 'd': day = value; break;
            case 'H': hour = value; break;
            case 'm': minute = value; break;
            case 's': second = value; break;
            default:
                for (; digits < 3; ++digits) value *= 10;
                for (; digits > 3; --digits) value /= 10;
                millis = value;
        }
    }
    std::optional<std::chrono::seconds> local() const {
        const std::chrono::year_month_day date{std::chrono::year(year),
                                               std::chrono::month(static_cast<unsigned>(month)),
                                               std::chrono::day(static_cast<unsigned>(day))};
        if (!date.ok() || hour > 23 || minute > 59 || second > 59) return {};
        return std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
               std::chrono::minutes(minute) + std::chrono::seconds(second);
    }
};

// Digits at the beginning, at most `most`; how many, and their number.
size_t take_number(std::string_view& text, size_t most, int& value) {
    size_t digits = 0;
    value = 0;
    while (digits < text.size() && digits < most && text[digits] >= '0' && text[digits] <= '9') {
        value = value * 10 + (text[digits++] - '0');
    }
    text.remove_prefix(digits);
    return digits;
}

// "Z", "+08:00", "+0800" or "+08".
bool take_offset(std::string_view& text, Face& face) {
    if (text.starts_with('Z')) {
        text.remove_prefix(1);
        face.offset_minutes = 0;
        return true;
    }
    const bool negative = text.starts_with('-');
    if (!negative && !text.starts_with('+')) return false;
    text.remove_prefix(1);
    int hours = 0, minutes = 0;
    if (take_number(text, 2, hours) != 2 || hours > 18) return false;
    const bool colon = text.starts_with(':');
    if (colon) text.remove_prefix(1);
    const size_t digits = take_number(text, 2, minutes);
    if ((digits != 2 && (colon || digits != 0)) || minutes > 59) return false;
    face.offset_minutes = (hours * 60 + minutes) * (negative ? -1 : 1);
    return true;
}

char* put_digits(char* out, int value, size_t width) {
    for (size_t i = width; i-- > 0; value /= 10) out[i] = static_cast<char>('0' + value % 10);
    return out + width;
}

// As many digits as the number has, zeros in front up to the width.
char* put_number(char* out, int value, size_t width) {
    size_t digits = 1;
    for (int rest = value; rest >= 10; rest /= 10) ++digits;
    return put_digits(out, value, std::max(width, digits));
}

char* put_offset(char* out, char letter, size_t width, int minutes) {
    if (letter == 'X' && minutes == 0) {
        *out++ = 'Z';
        return out;
    }
    *out++ = minutes < 0 ? '-' : '+';
    const int size = std::abs(minutes);
    out = put_digits(out, size / 60, 2);
    if (letter == 'X' && width == 1) return out;
    if (letter == 'X' && width == 3) *out++ = ':';
    return put_digits(out, size % 60, 2);
}

}  // namespace

ZonedTime in_zone(int64_t ms, const TimeZone& zone) {
    const int64_t bounded = std::clamp(ms, kMsMin, kMsMax);
    return {bounded, static_cast<int>(zone.offset_at(from_millis(bounded)).count() / 60)};
}

Result<DatePattern> DatePattern::create(const std::string& pattern, const std::string& zone) {
    MILLRACE_ASSIGN(TimeZone found, TimeZone::find(zone.empty() ? "UTC" : zone));
    DatePattern made(std::move(found));
    MILLRACE_TRY(made.add(pattern).with_context("date format \"" + pattern + "\""));
    return made;
}

Status DatePattern::add(const std::string& pattern) {
    if (pattern.empty() || pattern.size() > kPatternMax) {
        return config_error("it must have 1 to 64 characters");
    }
    for (size_t i = 0; i < pattern.size();) {
        Piece piece;
        const char c = pattern[i];
        if (std::string_view("yMdHmsSXZ").find(c) != std::string_view::npos) {
            piece.letter = c;
            while (i < pattern.size() && pattern[i] == c) ++i, ++piece.width;
        } else if (c == '\'') {
            const size_t end = pattern.find('\'', i + 1);
            if (end == std::string::npos) return config_error("a quote is not closed");
            piece.text = end == i + 1 ? "'" : pattern.substr(i + 1, end - i - 1);
            i = end + 1;
        } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
            return config_error(std::string("the letter ") + c +
                                " is not supported; known are y M d H m s S X Z");
        } else {
            piece.text = c;
            ++i;
        }
        if (piece.letter == 'M' && piece.width > 2) {
            return config_error("names of months are not supported; write MM");
        }
        pieces_.push_back(std::move(piece));
    }
    return {};
}

std::optional<ZonedTime> DatePattern::read(std::string_view text) const {
    Face face;
    for (size_t i = 0; i < pieces_.size(); ++i) {
        const Piece& piece = pieces_[i];
        if (piece.letter == 0) {
            if (!text.starts_with(piece.text)) return {};
            text.remove_prefix(piece.text.size());
            continue;
        }
        if (piece.letter == 'X' || piece.letter == 'Z') {
            if (!take_offset(text, face)) return {};
            continue;
        }
        // Digits up to the next sign; only as many as letters where another number follows.
        const bool packed = i + 1 < pieces_.size() && pieces_[i + 1].letter != 0;
        const size_t fewest = packed ? 1 : piece.letter == 'S' ? 9 : 4;
        int value = 0;
        const size_t digits = take_number(text, std::clamp<size_t>(piece.width, fewest, 9), value);
        if (digits == 0) return {};
        face.set(piece.letter, piece.width, digits, value);
    }
    const std::optional<std::chrono::seconds> local = face.local();
    if (!text.empty() || !local) return {};
    const std::chrono::seconds offset = face.offset_minutes
                                            ? std::chrono::minutes(*face.offset_minutes)
                                            : zone_.offset_of_local(*local);
    return ZonedTime{std::chrono::milliseconds(*local - offset).count() + face.millis,
                     static_cast<int>(offset.count() / 60)};
}

char* DatePattern::write(char* out, int64_t ms) const {
    const ZonedTime time = in_zone(ms, zone_);
    return write_face(out, time.ms + time.offset_minutes * kMinuteMs, time.offset_minutes);
}

char* DatePattern::write_day(char* out, int64_t days) const {
    return write_face(out, std::clamp(days, kMsMin / kDayMs, kMsMax / kDayMs) * kDayMs, 0);
}

char* DatePattern::write_face(char* out, int64_t local_ms, int offset_minutes) const {
    const std::chrono::sys_time<std::chrono::milliseconds> time{
        std::chrono::milliseconds(std::clamp(local_ms, kMsMin, kMsMax))};
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    const auto number = [](auto count) { return static_cast<int>(count); };
    for (const Piece& piece : pieces_) {
        const size_t width = piece.width;
        switch (piece.letter) {
            case 0:
                std::memcpy(out, piece.text.data(), piece.text.size());
                out += piece.text.size();
                break;
            case 'y':
                out = width == 2 ? put_digits(out, int(date.year()) % 100, 2)
                                 : put_number(out, int(date.year()), width);
                break;
            case 'M': out = put_number(out, number(unsigned(date.month())), width); break;
            case 'd': out = put_number(out, number(unsigned(date.day())), width); break;
            case 'H': out = put_number(out, number(clock.hours().count()), width); break;
            case 'm': out = put_number(out, number(clock.minutes().count()), width); break;
            case 's': out = put_number(out, number(clock.seconds().count()), width); break;
            case 'S': out = put_number(out, number(clock.subseconds().count()), width); break;
            default: out = put_offset(out, piece.letter, width, offset_minutes);
        }
    }
    return out;
}

std::string to_iso8601(ZonedTime time) {
    const std::string face =
        to_iso8601(TimePoint(from_millis(time.ms) + std::chrono::minutes(time.offset_minutes)));
    char offset[8];
    const char* end = put_offset(offset, 'Z', 2, time.offset_minutes);
    std::string text = face.substr(0, face.size() - 1);
    text.append(offset, 3).append(":").append(offset + 3, static_cast<size_t>(end - offset) - 3);
    return text;
}

std::string day_to_iso8601(int64_t days) {
    const int64_t bounded = std::clamp(days, kMsMin / kDayMs, kMsMax / kDayMs);
    return to_iso8601(TimePoint(from_millis(bounded * kDayMs))).substr(0, 10);
}

Result<UsualDates> UsualDates::create(const std::string& zone) {
    static constexpr const char* kPatterns[] = {"yyyy-MM-dd HH:mm:ss",
                                                "yyyy-MM-dd",
                                                "HH:mm:ss",
                                                "yyyyMMdd",
                                                "yyyy-MM-dd HH:mm:ss.SSS",
                                                "yyyy-MM-dd'T'HH:mm:ss",
                                                "yyyy-MM-dd'T'HH:mm:ssXXX",
                                                "yyyy-MM-dd'T'HH:mm:ss.SSS",
                                                "yyyy-MM-dd'T'HH:mm:ss.SSSXXX"};
    UsualDates made;
    for (const char* pattern : kPatterns) {
        MILLRACE_ASSIGN(DatePattern one, DatePattern::create(pattern, zone));
        made.patterns_.push_back(std::move(one));
    }
    return made;
}

std::optional<ZonedTime> UsualDates::read(std::string_view text) const {
    for (const DatePattern& pattern : patterns_) {
        if (const auto time = pattern.read(text)) return time;
    }
    return {};
}

}  // namespace millrace
