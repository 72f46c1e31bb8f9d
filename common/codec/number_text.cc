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

}  // namespace

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
