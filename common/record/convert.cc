#include "common/record/convert.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string>

namespace millrace {
namespace {

constexpr const char* kNoInteger = "cannot be read as an integer";
constexpr const char* kNoNumber = "cannot be read as a number";
constexpr const char* kNoBoolean = "cannot be read as true or false";

bool real_of_text(std::string_view text, double& real) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), real);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

const char* integer_of_real(double real, int64_t& integer) {
    if (!std::isfinite(real)) return "is not a finite number";
    if (real >= 9223372036854775808.0 || real < -9223372036854775808.0) {
        return "is out of the range of the column's type";
    }
    integer = static_cast<int64_t>(real);
    return nullptr;
}

bool all_digits(const char* begin, const char* end) {
    return std::all_of(begin, end, [](char c) { return c >= '0' && c <= '9'; });
}

const char* integer_of_text(std::string_view text, int64_t& integer) {
    const char* end = text.data() + text.size();
    const auto plain = std::from_chars(text.data(), end, integer);
    // Digits behind the point are cut off here, so that long numbers stay exact.
    const bool whole = plain.ec == std::errc() &&
                       (plain.ptr == end || (*plain.ptr == '.' && all_digits(plain.ptr + 1, end)));
    if (whole && !text.empty()) return nullptr;
    double real = 0;
    if (!real_of_text(text, real)) return kNoInteger;
    return integer_of_real(real, integer);
}

}  // namespace

const char* to_integer(const Value& value, int64_t& converted) {
    switch (value.type) {
        case ValueType::kInteger:
        case ValueType::kDatetime: converted = value.integer; return nullptr;
        case ValueType::kBoolean: converted = value.boolean ? 1 : 0; return nullptr;
        case ValueType::kDouble: return integer_of_real(value.real, converted);
        case ValueType::kString: return integer_of_text(value.bytes, converted);
        default: return kNoInteger;
    }
}

const char* to_real(const Value& value, double& converted) {
    switch (value.type) {
        case ValueType::kInteger: converted = static_cast<double>(value.integer); return nullptr;
        case ValueType::kBoolean: converted = value.boolean ? 1 : 0; return nullptr;
        case ValueType::kDouble: converted = value.real; return nullptr;
        case ValueType::kString: return real_of_text(value.bytes, converted) ? nullptr : kNoNumber;
        default: return kNoNumber;
    }
}

const char* to_boolean(const Value& value, bool& converted) {
    switch (value.type) {
        case ValueType::kBoolean: converted = value.boolean; return nullptr;
        case ValueType::kInteger: converted = value.integer != 0; return nullptr;
        case ValueType::kString: {
            std::string lower(value.bytes.substr(0, 6));
            for (char& c : lower)
                c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
            if (lower != "true" && lower != "false") return kNoBoolean;
            converted = lower == "true";
            return nullptr;
        }
        default: return kNoBoolean;
    }
}

}  // namespace millrace
