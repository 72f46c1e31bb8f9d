#include "common/codec/number_text.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string_view>

namespace millrace {
namespace {

struct Decimal {
    char digits[32];  // d1 d2 d3 …, no trailing zeros
    int size = 0;
    int exponent = 0;  // the value is d1.d2d3… x 10^exponent
};

// From std::to_chars' "d.ddde-XX".
Decimal from_scientific(const char* text, const char* end) {
    Decimal decimal;
    const char* e = std::find(text, end, 'e');
    for (const char* c = text; c != e; ++c) {
        if (*c != '.') decimal.digits[decimal.size++] = *c;
    }
    const char* sign = e + 1;
    std::from_chars(sign + (*sign == '+'), end, decimal.exponent);
    while (decimal.size > 1 && decimal.digits[decimal.size - 1] == '0') --decimal.size;
    return decimal;
}

Decimal shortest(double value) {
    char text[32];
    auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific).ptr;
    // Of the tiniest numbers one digit is enough to read back, but Java prints the two that are
    // nearest (4.9E-324).
    if (value < 1e-322 && std::find(text, end, '.') == end) {
        end = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, 1).ptr;
    }
    return from_scientific(text, end);
}

char* put(char* out, const char* from, int size) {
    std::memcpy(out, from, static_cast<size_t>(size));
    return out + size;
}
char* put_zeros(char* out, int count) {
    std::memset(out, '0', static_cast<size_t>(count));
    return out + count;
}
char* put_text(char* out, std::string_view text) {
    return put(out, text.data(), static_cast<int>(text.size()));
}

// At least one digit after the point.
char* put_with_point(char* out, const Decimal& d, int fraction_min) {
    const int whole = d.exponent + 1;  // digits before the point; not positive: zeros after it
    int fraction = 0;
    if (whole <= 0) {
        *out++ = '0';
        *out++ = '.';
        out = put_zeros(out, -whole);
        out = put(out, d.digits, d.size);
        fraction = d.size - whole;
    } else {
        const int have = std::min(whole, d.size);
        out = put(out, d.digits, have);
        out = put_zeros(out, whole - have);
        *out++ = '.';
        fraction = d.size - have;
        out = put(out, d.digits + have, fraction);
    }
    return put_zeros(out, std::max(0, fraction_min - fraction));
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// The parts of "-12.50e3".
struct DecimalText {
    bool negative = false;
    std::string_view whole, fraction;
    int64_t exponent = 0;
};

std::string_view take_digits(std::string_view& text) {
    size_t size = 0;
    while (size < text.size() && is_digit(text[size])) ++size;
    const std::string_view digits = text.substr(0, size);
    text.remove_prefix(size);
    return digits;
}

bool take_sign(std::string_view& text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    return negative;
}

std::optional<DecimalText> take_apart(std::string_view text) {
    DecimalText parts;
    parts.negative = take_sign(text);
    parts.whole = take_digits(text);
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        parts.fraction = take_digits(text);
    }
    if (parts.whole.empty() && parts.fraction.empty()) return {};
    if (text.empty()) return parts;
    if (text[0] != 'e' && text[0] != 'E') return {};
    text.remove_prefix(1);
    const bool negative = take_sign(text);
    const std::string_view digits = take_digits(text);
    if (digits.empty() || digits.size() > 9 || !text.empty()) return {};
    std::from_chars(digits.data(), digits.data() + digits.size(), parts.exponent);
    if (negative) parts.exponent = -parts.exponent;
    return parts;
}

}  // namespace

std::optional<int64_t> read_integer(std::string_view text) {
    int64_t value = 0;
    const char* end = text.data() + text.size();
    if (const auto made = std::from_chars(text.data(), end, value);
        made.ec == std::errc() && made.ptr == end) [[likely]] {
        return value;
    }
    const std::optional<DecimalText> parts = take_apart(text);
    if (!parts) return {};
    // The digits before the point, once the exponent has moved it.
    const auto whole = static_cast<int64_t>(parts->whole.size());
    const auto all = whole + static_cast<int64_t>(parts->fraction.size());
    const uint64_t most = uint64_t{1} << 63;
    uint64_t sum = 0;
    for (int64_t i = 0; i < whole + parts->exponent; ++i) {
        if (i >= all && sum == 0) break;
        const char digit = i < whole ? parts->whole[static_cast<size_t>(i)]
                           : i < all ? parts->fraction[static_cast<size_t>(i - whole)]
                                     : '0';
        const auto units = static_cast<uint64_t>(digit - '0');
        if (sum > (most - units) / 10) return {};
        sum = sum * 10 + units;
    }
    if (sum == most && !parts->negative) return {};
    return static_cast<int64_t>(parts->negative ? ~sum + 1 : sum);
}

std::optional<double> read_double(std::string_view text) {
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
    if (text.starts_with('+')) {
        text.remove_prefix(1);
        if (text.starts_with('-')) return {};
    }
    // The words of std::from_chars are not ours.
    if (text.empty() || !(is_digit(text.back()) || text.back() == '.')) return {};
    double value = 0;
    const char* end = text.data() + text.size();
    const auto made = std::from_chars(text.data(), end, value);
    if (made.ec != std::errc() || made.ptr != end) return {};
    return value;
}

char* write_double(char* out, double value) {
    if (std::isnan(value)) return put_text(out, "NaN");
    if (std::signbit(value) && value != 0) *out++ = '-';
    value = std::fabs(value);
    if (std::isinf(value)) return put_text(out, "Infinity");
    if (value == 0) return put_text(out, "0.0");
    const Decimal d = shortest(value);
    if (value >= 1e-3 && value < 1e7) return put_with_point(out, d, 1);
    // Java prints d1.d2…E<exponent> with at least one digit after the point here; that digit is
    // kept when the exponent is resolved.
    const int digits = std::max(d.size, 2);
    const int fraction = digits - 1 - d.exponent;
    if (fraction > 0) return put_with_point(out, d, fraction);
    out = put(out, d.digits, d.size);
    return put_zeros(out, d.exponent + 1 - d.size);
}

std::string double_text(double value) {
    char text[kDoubleTextMax];
    return std::string(text, write_double(text, value));
}

}  // namespace millrace
