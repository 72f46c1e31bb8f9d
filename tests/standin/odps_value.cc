#include "tests/standin/odps_value.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include "common/crypto/digest.h"
#include "tests/standin/http_server.h"

namespace millrace::standin {
namespace {

constexpr int64_t kDayS = 86400;
constexpr int64_t kFirstDay = -719528, kLastDay = 2932896;  // 0000-01-01, 9999-12-31

size_t characters(std::string_view utf8) {
    return static_cast<size_t>(
        std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// Digits without an exponent, and a point where there is a fraction; nothing when it is no number.
std::optional<std::string> plain_decimal(std::string_view text) {
    bool negative = false;
    if (text.starts_with('-') || text.starts_with('+')) {
        negative = text.front() == '-';
        text.remove_prefix(1);
    }
    int exponent = 0;
    const size_t e = text.find_first_of("eE");
    if (e != std::string_view::npos) {
        std::string_view digits = text.substr(e + 1);
        if (digits.starts_with('+')) digits.remove_prefix(1);
        const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
        if (end.ec != std::errc() || end.ptr != digits.data() + digits.size()) return std::nullopt;
        if (exponent > 100 || exponent < -100) return std::nullopt;
        text = text.substr(0, e);
    }
    const size_t point = std::min(text.find('.'), text.size());
    std::string digits(text);
    std::erase(digits, '.');
    if (digits.empty() || digits.size() + 1 < text.size() ||
        digits.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    int64_t whole = static_cast<int64_t>(point) + exponent;  // digits before the point
    if (whole <= 0) {
        digits.insert(0, static_cast<size_t>(1 - whole), '0');
        whole = 1;
    }
    while (static_cast<int64_t>(digits.size()) < whole) digits += '0';
    for (; whole > 1 && digits[0] == '0'; --whole) digits.erase(0, 1);
    if (static_cast<int64_t>(digits.size()) > whole)
        digits.insert(static_cast<size_t>(whole), 1, '.');
    const bool zero = digits.find_first_not_of("0.") == std::string::npos;
    return negative && !zero ? '-' + digits : digits;
}

std::string decimal_flaw(const OdpsType& type, std::string& text) {
    auto plain = plain_decimal(text);
    if (!plain) return "not a decimal";
    const std::string_view digits = std::string_view(*plain).substr(plain->starts_with('-'));
    const size_t whole = std::min(digits.find('.'), digits.size());
    const size_t fraction = whole == digits.size() ? 0 : digits.size() - whole - 1;
    if ((digits[0] != '0' ? whole : 0) > type.size - type.scale || fraction > type.scale)
        return "does not fit " + type.text();
    text = std::move(*plain);
    return {};
}

std::string range_flaw(const OdpsType& type, int64_t value) {
    const auto inside = [&](int64_t low, int64_t high) {
        return value >= low && value <= high ? "" : "out of the range of " + type.text();
    };
    switch (type.kind) {
        case OdpsKind::kTinyint: return inside(INT8_MIN, INT8_MAX);
        case OdpsKind::kSmallint: return inside(INT16_MIN, INT16_MAX);
        case OdpsKind::kInt: return inside(INT32_MIN, INT32_MAX);
        case OdpsKind::kDate: return inside(kFirstDay, kLastDay);
        case OdpsKind::kDatetime:
            return inside(kFirstDay * kDayS * 1000, (kLastDay + 1) * kDayS * 1000 - 1);
        default: return {};
    }
}

std::string day_text(int64_t days) {
    const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", int(date.year()), unsigned(date.month()),
                  unsigned(date.day()));
    return text;
}

std::string clock_text(int64_t seconds) {
    const int64_t days = seconds / kDayS - (seconds % kDayS < 0);
    const int64_t rest = seconds - days * kDayS;
    char text[32];
    std::snprintf(text, sizeof text, " %02d:%02d:%02d", static_cast<int>(rest / 3600),
                  static_cast<int>(rest / 60 % 60), static_cast<int>(rest % 60));
    return day_text(days) + text;
}

// "2026-11-21[ 10:00:00[.fraction]]"
std::optional<OdpsTimestamp> parse_clock(const std::string& text) {
    int year = 0, hour = 0, minute = 0, second = 0, used = 0;
    unsigned month = 0, day = 0;
    if (std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &year, &month, &day, &used) < 3) return {};
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month),
                                           std::chrono::day(day)};
    if (!date.ok()) return {};
    std::string_view rest = std::string_view(text).substr(static_cast<size_t>(used));
    if (!rest.empty()) {
        if (std::sscanf(rest.data(), " %2d:%2d:%2d%n", &hour, &minute, &second, &used) < 3)
            return {};
        rest.remove_prefix(static_cast<size_t>(used));
    }
    std::string fraction(rest.empty() ? rest : rest.substr(1));
    if ((!rest.empty() && rest[0] != '.') || fraction.size() > 9) return {};
    fraction.resize(9, '0');
    if (fraction.find_first_not_of("0123456789") != std::string::npos) return {};
    const int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return OdpsTimestamp{days * kDayS + hour * 3600 + minute * 60 + second,
                         std::atoi(fraction.c_str())};
}

template <typename Number>
std::optional<OdpsValue> number_of(const std::string& text) {
    Number value{};
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
    return OdpsValue(value);
}

std::string list_text(const OdpsType& type, const OdpsList& list, int zone_s) {
    std::string text = type.kind == OdpsKind::kArray ? "[" : "{";
    const size_t entries = type.kind == OdpsKind::kMap ? list.size() / 2 : list.size();
    for (size_t i = 0; i < entries; ++i) {
        if (i > 0) text += ", ";
        if (type.kind == OdpsKind::kMap) text += odps_text(type.inside[0], list[i], zone_s) + ":";
        if (type.kind == OdpsKind::kStruct) text += type.fields[i] + ":";
        const size_t at = type.kind == OdpsKind::kMap ? i + entries : i;
        const size_t of = type.kind == OdpsKind::kArray ? 0 : type.kind == OdpsKind::kMap ? 1 : i;
        text += odps_text(type.inside[of], list[at], zone_s);
    }
    return text + (type.kind == OdpsKind::kArray ? ']' : '}');
}

template <typename Number>
std::string shortest(Number value) {
    char text[64];
    return std::string(text, std::to_chars(text, text + sizeof text, value).ptr);
}

}  // namespace

std::string odps_flaw(const OdpsType& type, OdpsValue& value, size_t field_max) {
    if (value.is_null()) return {};
    if (const auto* number = std::get_if<int64_t>(&value)) return range_flaw(type, *number);
    if (const auto* time = std::get_if<OdpsTimestamp>(&value)) {
        const bool ok = time->seconds >= kFirstDay * kDayS &&
                        time->seconds < (kLastDay + 1) * kDayS && time->nanos >= 0 &&
                        time->nanos < 1'000'000'000;
        return ok ? "" : "out of the range of " + type.text();
    }
    auto* text = std::get_if<std::string>(&value);
    if (!text) return {};
    if (type.kind == OdpsKind::kDecimal) return decimal_flaw(type, *text);
    if (text->size() > field_max) return "longer than " + std::to_string(field_max) + " bytes";
    if (type.size > 0 && characters(*text) > type.size) return "too long for " + type.text();
    return {};
}

std::string odps_text(const OdpsType& type, const OdpsValue& value, int zone_s) {
    if (value.is_null()) return "\\N";
    if (const auto* list = std::get_if<OdpsList>(&value)) return list_text(type, *list, zone_s);
    if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
    if (const auto* number = std::get_if<float>(&value)) return shortest(*number);
    if (const auto* number = std::get_if<double>(&value)) return shortest(*number);
    if (const auto* text = std::get_if<std::string>(&value)) {
        return type.kind == OdpsKind::kBinary ? hex(*text) : *text;
    }
    if (const auto* time = std::get_if<OdpsTimestamp>(&value)) {
        const int zone = type.kind == OdpsKind::kTimestamp ? zone_s : 0;
        char fraction[16];
        std::snprintf(fraction, sizeof fraction, ".%09d", time->nanos);
        return clock_text(time->seconds + zone) + fraction;
    }
    const int64_t number = std::get<int64_t>(value);
    if (type.kind == OdpsKind::kDate) return day_text(number);
    if (type.kind == OdpsKind::kDatetime)
        return clock_text((number - (number % 1000 + 1000) % 1000) / 1000 + zone_s);
    return std::to_string(number);
}

std::optional<OdpsValue> odps_value(const OdpsType& type, const std::string& text, int zone_s) {
    switch (type.kind) {
        case OdpsKind::kBigint:
        case OdpsKind::kInt:
        case OdpsKind::kSmallint:
        case OdpsKind::kTinyint: return number_of<int64_t>(text);
        case OdpsKind::kFloat: return number_of<float>(text);
        case OdpsKind::kDouble: return number_of<double>(text);
        case OdpsKind::kBoolean:
            if (const std::string word = lower(text); word == "true" || word == "false")
                return OdpsValue(word == "true");
            return std::nullopt;
        case OdpsKind::kArray:
        case OdpsKind::kMap:
        case OdpsKind::kStruct: return std::nullopt;
        case OdpsKind::kDate:
        case OdpsKind::kDatetime:
        case OdpsKind::kTimestamp:
        case OdpsKind::kTimestampNtz: break;
        default: return OdpsValue(text);
    }
    auto time = parse_clock(text);
    if (!time) return std::nullopt;
    if (type.kind == OdpsKind::kDate) return OdpsValue(time->seconds / kDayS);
    if (type.kind != OdpsKind::kTimestampNtz) time->seconds -= zone_s;
    if (type.kind == OdpsKind::kDatetime)
        return OdpsValue(time->seconds * 1000 + time->nanos / 1'000'000);
    return OdpsValue(*time);
}

}  // namespace millrace::standin
