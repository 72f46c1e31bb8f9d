#include "common/codec/parquet/convert.h"

#include <algorithm>
#include <charconv>

#include "common/codec/number_text.h"

namespace millrace::parquet {
namespace {

constexpr int64_t kDayMillis = 86'400'000;
constexpr int64_t kMillisMin = -62'135'596'800'000;  // the year 1
constexpr int64_t kMillisMax = 253'402'300'800'000;  // the year 10000

int64_t floor_divided(int64_t value, int64_t by) {
    return value / by - (value % by < 0 ? 1 : 0);
}

std::optional<int64_t> in_calendar(int64_t millis) {
    if (millis < kMillisMin || millis >= kMillisMax) return {};
    return millis;
}

Int128 power_of_ten(int exponent) {
    Int128 power = 1;
    for (; exponent > 0; --exponent) power *= 10;
    return power;
}

// "-12.5e3" as digits and the power of ten of the last one.
struct Digits {
    bool negative = false;
    std::string digits;
    int64_t exponent = 0;
};

std::optional<Digits> read_digits(std::string_view text) {
    Digits made;
    made.negative = text.starts_with('-');
    if (made.negative || text.starts_with('+')) text.remove_prefix(1);
    bool point = false;
    size_t i = 0;
    for (; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '.' && !point) {
            point = true;
        } else if (c >= '0' && c <= '9') {
            made.digits += c;
            if (point) --made.exponent;
        } else {
            break;
        }
    }
    if (made.digits.empty() || made.digits.size() > 400) return {};
    if (i == text.size()) return made;
    if (text[i] != 'e' && text[i] != 'E') return {};
    text.remove_prefix(i + 1);
    if (text.starts_with('+')) text.remove_prefix(1);
    int64_t power = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, power);
    if (read.ec != std::errc() || read.ptr != end || power > 400 || power < -400) return {};
    made.exponent += power;
    return made;
}

std::optional<Int128> scaled(const Digits& number, int precision, int scale) {
    // Digits that count: all up to 10^-scale, the first behind it rounds.
    const int64_t keep = static_cast<int64_t>(number.digits.size()) + number.exponent + scale;
    const Int128 limit = power_of_ten(precision);  // at most 10^38: below the type's end
    Int128 sum = 0;
    for (int64_t i = 0; i < keep; ++i) {
        const bool there = i < static_cast<int64_t>(number.digits.size());
        const int digit = there ? number.digits[static_cast<size_t>(i)] - '0' : 0;
        if (sum > (limit - 1 - digit) / 10) return {};
        sum = sum * 10 + digit;
    }
    if (keep >= 0 && keep < static_cast<int64_t>(number.digits.size()) &&
        number.digits[static_cast<size_t>(keep)] >= '5') {
        ++sum;
    }
    if (sum >= limit) return {};
    return number.negative ? -sum : sum;
}

}  // namespace

Result<Dates> Dates::create(const TimeZone& zone) {
    MILLRACE_ASSIGN(UsualDates usual, UsualDates::create(zone.name()));
    MILLRACE_ASSIGN(DatePattern time, DatePattern::create("yyyy-MM-dd HH:mm:ss", zone.name()));
    MILLRACE_ASSIGN(DatePattern day, DatePattern::create("yyyy-MM-dd", zone.name()));
    return Dates(zone, std::move(usual), std::move(time), std::move(day));
}

int64_t Dates::to_face(int64_t millis) const {
    if (!in_calendar(millis)) return millis;
    return millis + zone_.offset_at(from_millis(millis)).count() * 1000;
}

int64_t Dates::from_face(int64_t millis) const {
    if (!in_calendar(millis)) return millis;
    const std::chrono::seconds face(floor_divided(millis, 1000));
    return millis - zone_.offset_of_local(face).count() * 1000;
}

std::optional<int64_t> Dates::millis_of(const Value& value) const {
    switch (value.type) {
        case ValueType::kInteger:
        case ValueType::kDatetime: return in_calendar(value.integer);
        case ValueType::kDate:
            if (value.integer < kMillisMin / kDayMillis || value.integer > kMillisMax / kDayMillis)
                return {};
            return in_calendar(from_face(value.integer * kDayMillis));
        case ValueType::kString: {
            const std::optional<ZonedTime> time = usual_.read(value.bytes);
            return time ? in_calendar(time->ms) : std::nullopt;
        }
        default: return {};
    }
}

std::optional<int64_t> Dates::days_of(const Value& value) const {
    std::optional<int64_t> days;
    if (value.type == ValueType::kInteger || value.type == ValueType::kDate) {
        days = value.integer;
    } else if (value.type == ValueType::kDatetime && in_calendar(value.integer)) {
        days = floor_divided(to_face(value.integer), kDayMillis);
    } else if (value.type == ValueType::kString) {
        const std::optional<ZonedTime> time = usual_.read(value.bytes);
        if (time) days = floor_divided(time->ms + time->offset_minutes * 60'000, kDayMillis);
    }
    if (days && (*days < INT32_MIN || *days > INT32_MAX)) return {};
    return days;
}

char* Dates::write_time(char* out, int64_t millis) const {
    return in_calendar(millis) ? time_.write(out, millis) : write_integer(out, millis);
}

std::string_view Dates::text_of(const Value& value, std::string& memory) const {
    char text[std::max(kDoubleTextMax, DatePattern::kTextMax)];
    switch (value.type) {
        case ValueType::kString:
        case ValueType::kBinary: return value.bytes;
        case ValueType::kInteger: memory.assign(text, write_integer(text, value.integer)); break;
        case ValueType::kDouble: memory.assign(text, write_double(text, value.real)); break;
        case ValueType::kBoolean: return value.boolean ? "true" : "false";
        case ValueType::kDatetime: memory.assign(text, write_time(text, value.integer)); break;
        case ValueType::kDate: memory.assign(text, day_.write_day(text, value.integer)); break;
        default: return {};
    }
    return memory;
}

std::optional<Int128> decimal_of(const Value& value, int precision, int scale) {
    char text[kDoubleTextMax];
    std::optional<Digits> digits;
    switch (value.type) {
        case ValueType::kInteger: {
            const char* end = write_integer(text, value.integer);
            digits = read_digits({text, static_cast<size_t>(end - text)});
            break;
        }
        case ValueType::kDouble: {
            const char* end = write_double(text, value.real);
            digits = read_digits({text, static_cast<size_t>(end - text)});
            break;
        }
        case ValueType::kBoolean: digits = read_digits(value.boolean ? "1" : "0"); break;
        case ValueType::kString: digits = read_digits(value.bytes); break;
        default: break;
    }
    if (!digits) return {};
    return scaled(*digits, precision, scale);
}

}  // namespace millrace::parquet
