#include "worker/targets/odps/decimals.h"

#include <algorithm>
#include <charconv>

namespace millrace {
namespace {

// digits x 10^exponent
struct Number {
    bool negative = false;
    std::string_view whole, fraction;
    int exponent = 0;
};

bool all_digits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool read_number(std::string_view text, Number& number) {
    if (text.starts_with('-') || text.starts_with('+')) {
        number.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    const size_t mark = text.find_first_of("eE");
    if (mark != std::string_view::npos) {
        std::string_view exponent = text.substr(mark + 1);
        if (exponent.starts_with('+')) exponent.remove_prefix(1);
        const char* end = exponent.data() + exponent.size();
        const auto read = std::from_chars(exponent.data(), end, number.exponent);
        if (read.ec != std::errc() || read.ptr != end) return false;
        // Far outside of what any column holds, so that the digits below stay few.
        if (number.exponent > 1000 || number.exponent < -1000) return false;
        text = text.substr(0, mark);
    }
    const size_t point = std::min(text.find('.'), text.size());
    number.whole = text.substr(0, point);
    number.fraction = text.substr(std::min(point + 1, text.size()));
    if (number.whole.empty() && number.fraction.empty()) return false;
    return all_digits(number.whole) && all_digits(number.fraction);
}

// Adds one to a number of digits; true when it grew by one.
bool increment(std::string& digits) {
    for (size_t i = digits.size(); i > 0; --i) {
        if (digits[i - 1] != '9') return ++digits[i - 1], false;
        digits[i - 1] = '0';
    }
    digits.insert(digits.begin(), '1');
    return true;
}

}  // namespace

bool decimal_text(std::string_view text, int precision, int scale, std::string& out) {
    Number number;
    if (text.size() > 4096 || !read_number(text, number)) return false;
    std::string digits(number.whole);
    digits += number.fraction;
    // Where the point stands in `digits`; it may lie outside of them.
    int point = static_cast<int>(number.whole.size()) + number.exponent;
    if (point < 0) {
        digits.insert(0, static_cast<size_t>(-point), '0');
        point = 0;
    }
    if (point > static_cast<int>(digits.size())) digits.resize(static_cast<size_t>(point), '0');
    const size_t keep = static_cast<size_t>(point) + static_cast<size_t>(scale);
    if (digits.size() > keep) {
        const bool up = digits[keep] >= '5';
        digits.resize(keep);
        if (up && increment(digits)) ++point;
    }
    std::string whole = digits.substr(0, static_cast<size_t>(point));
    std::string fraction = digits.substr(static_cast<size_t>(point));
    whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size()));
    fraction.resize(fraction.find_last_not_of('0') + 1);
    if (whole.size() > static_cast<size_t>(precision - scale)) return false;
    const bool zero = whole.empty() && fraction.empty();
    out = number.negative && !zero ? "-" : "";
    out += whole.empty() ? "0" : whole;
    if (!fraction.empty()) out.append(".").append(fraction);
    return true;
}

}  // namespace millrace
