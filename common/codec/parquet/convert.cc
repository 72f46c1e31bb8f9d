#include "common/codec/parquet/convert.h"

#include <charconv>
#include <cmath>
#include <cstdio>

#include "common/codec/number_text.h"
#include "common/config/ascii.h"
#include "common/config/time_forms.h"

namespace millrace::parquet {
namespace {

constexpr int64_t kMicros = 1'000'000;
constexpr int64_t kDayMicros = 86'400 * kMicros;
constexpr double kInteger64 = 9223372036854775808.0;  // 2^63
// Instants from the year 0001 to 9999, which every format can hold.
constexpr int64_t kMicrosMin = -62'135'596'800 * kMicros;
constexpr int64_t kMicrosMax = 253'402'300'800 * kMicros;

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
    Number number{};
    const char* end = text.data() + text.size();
    const auto made = std::from_chars(text.data(), end, number);
    if (text.empty() || made.ec != std::errc() || made.ptr != end) return {};
    return number;
}

std::optional<int64_t> whole(double real) {
    if (!(real >= -kInteger64 && real < kInteger64) || real != std::trunc(real)) return {};
    return static_cast<int64_t>(real);
}

// Takes a text apart from its front.
class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}
    bool done() const { return text_.empty(); }
    bool sign(char c) {
        if (!text_.starts_with(c)) return false;
        text_.remove_prefix(1);
        return true;
    }
    // Exactly so many digits.
    bool number(size_t digits, int& number) {
        if (text_.size() < digits) return false;
        number = 0;
        for (char c : text_.substr(0, digits)) {
            if (c < '0' || c > '9') return false;
            number = number * 10 + (c - '0');
        }
        text_.remove_prefix(digits);
        return true;
    }
    // Behind a point; more than six digits are cut off.
    bool fraction(int64_t& micros) {
        size_t digits = 0;
        for (; digits < text_.size() && text_[digits] >= '0' && text_[digits] <= '9'; ++digits) {
            if (digits < 6) micros = micros * 10 + (text_[digits] - '0');
        }
        for (size_t i = digits; i < 6; ++i) micros *= 10;
        text_.remove_prefix(digits);
        return digits > 0;
    }

  private:
    std::string_view text_;
};

struct Moment {
    int64_t days = 0;
    int64_t micros = 0;                 // of the day
    std::optional<int> offset_minutes;  // of its zone
};

bool read_offset(Reader& reader, Moment& moment) {
    if (reader.sign('Z')) {
        moment.offset_minutes = 0;
        return true;
    }
    const bool east = reader.sign('+');
    if (!east && !reader.sign('-')) return true;
    int hours = 0, minutes = 0;
    if (!reader.number(2, hours)) return false;
    reader.sign(':');
    if (!reader.done() && !reader.number(2, minutes)) return false;
    if (hours > 18 || minutes > 59) return false;
    moment.offset_minutes = (east ? 1 : -1) * (hours * 60 + minutes);
    return true;
}

std::optional<Moment> read_moment(std::string_view text) {
    Reader reader(text);
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    if (!reader.number(4, year) || !reader.sign('-') || !reader.number(2, month) ||
        !reader.sign('-') || !reader.number(2, day)) {
        return {};
    }
    const std::chrono::year_month_day date(std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day)));
    if (!date.ok()) return {};
    Moment moment;
    moment.days = std::chrono::sys_days(date).time_since_epoch().count();
    if (reader.done()) return moment;
    if (!reader.sign(' ') && !reader.sign('T')) return {};
    if (!reader.number(2, hour) || !reader.sign(':') || !reader.number(2, minute) ||
        !reader.sign(':') || !reader.number(2, second)) {
        return {};
    }
    if (hour > 23 || minute > 59 || second > 59) return {};
    int64_t fraction = 0;
    if (reader.sign('.') && !reader.fraction(fraction)) return {};
    moment.micros = ((hour * 60 + minute) * 60 + second) * kMicros + fraction;
    if (!read_offset(reader, moment) || !reader.done()) return {};
    return moment;
}

std::optional<int64_t> micros_of_face(int64_t days, int64_t micros, const TimeZone& zone) {
    const int64_t seconds = days * 86'400 + micros / kMicros;
    const Result<TimeZone::Instant> instant = zone.from_local(std::chrono::seconds(seconds));
    if (!instant.ok()) return {};
    return to_millis(instant->time) * 1000 + micros % kMicros;
}

std::optional<int64_t> in_calendar(int64_t micros) {
    if (micros < kMicrosMin || micros >= kMicrosMax) return {};
    return micros;
}

std::optional<int64_t> micros_of_millis(int64_t millis) {
    if (millis < kMicrosMin / 1000 || millis >= kMicrosMax / 1000) return {};
    return millis * 1000;
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
    const std::optional<int64_t> power = number_in<int64_t>(text.substr(i + 1));
    if (!power || *power > 400 || *power < -400) return {};
    made.exponent += *power;
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

std::string day_text(int64_t days) {
    const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(days))};
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", int(date.year()), unsigned(date.month()),
                  unsigned(date.day()));
    return text;
}

}  // namespace

std::optional<int64_t> integer_of(const Value& value) {
    switch (value.type) {
        case ValueType::kInteger:
        case ValueType::kDatetime:
        case ValueType::kDate: return value.integer;
        case ValueType::kDouble: return whole(value.real);
        case ValueType::kBoolean: return value.boolean ? 1 : 0;
        case ValueType::kString: return number_in<int64_t>(value.bytes);
        default: return {};
    }
}

std::optional<double> real_of(const Value& value) {
    switch (value.type) {
        case ValueType::kInteger: return static_cast<double>(value.integer);
        case ValueType::kDouble: return value.real;
        case ValueType::kBoolean: return value.boolean ? 1.0 : 0.0;
        case ValueType::kString: return number_in<double>(value.bytes);
        default: return {};
    }
}

std::optional<bool> boolean_of(const Value& value) {
    switch (value.type) {
        case ValueType::kInteger: return value.integer != 0;
        case ValueType::kBoolean: return value.boolean;
        case ValueType::kString:
            if (ascii::same_without_case(value.bytes, "true")) return true;
            if (ascii::same_without_case(value.bytes, "false")) return false;
            return {};
        default: return {};
    }
}

std::optional<int64_t> micros_of(const Value& value, const TimeZone& zone) {
    switch (value.type) {
        case ValueType::kInteger:
        case ValueType::kDatetime: return micros_of_millis(value.integer);
        case ValueType::kDate:
            if (value.integer > kMicrosMax / kDayMicros || value.integer < kMicrosMin / kDayMicros)
                return {};
            return micros_of_face(value.integer, 0, zone);
        case ValueType::kString: {
            const std::optional<Moment> moment = read_moment(value.bytes);
            if (!moment) return {};
            if (!moment->offset_minutes) return micros_of_face(moment->days, moment->micros, zone);
            return in_calendar(moment->days * kDayMicros + moment->micros -
                               *moment->offset_minutes * 60 * kMicros);
        }
        default: return {};
    }
}

std::optional<int64_t> days_of(const Value& value, const TimeZone& zone) {
    std::optional<int64_t> days;
    switch (value.type) {
        case ValueType::kInteger:
        case ValueType::kDate: days = value.integer; break;
        case ValueType::kDatetime: {
            if (!micros_of_millis(value.integer)) return {};
            days = std::chrono::floor<std::chrono::days>(zone.to_local(from_millis(value.integer)))
                       .count();
            break;
        }
        case ValueType::kString: {
            const std::optional<Moment> moment = read_moment(value.bytes);
            if (moment) days = moment->days;
            break;
        }
        default: break;
    }
    if (days && (*days < INT32_MIN || *days > INT32_MAX)) return {};
    return days;
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

std::string_view text_of(const Value& value, const TimeZone& zone, std::string& memory) {
    char text[kDoubleTextMax];
    switch (value.type) {
        case ValueType::kString:
        case ValueType::kBinary: return value.bytes;
        case ValueType::kInteger: memory.assign(text, write_integer(text, value.integer)); break;
        case ValueType::kDouble: memory.assign(text, write_double(text, value.real)); break;
        case ValueType::kBoolean: return value.boolean ? "true" : "false";
        case ValueType::kDatetime: memory = to_local_text(from_millis(value.integer), zone); break;
        case ValueType::kDate: memory = day_text(value.integer); break;
        default: return {};
    }
    return memory;
}

std::string decimal_text(Int128 value, int scale) {
    const bool negative = value < 0;
    std::string digits;
    __extension__ using Wide = unsigned __int128;
    Wide rest = negative ? -static_cast<Wide>(value) : static_cast<Wide>(value);
    for (; rest != 0 || digits.size() <= static_cast<size_t>(scale); rest /= 10) {
        digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    }
    if (scale > 0) digits.insert(digits.size() - static_cast<size_t>(scale), ".");
    return negative ? "-" + digits : digits;
}

}  // namespace millrace::parquet
