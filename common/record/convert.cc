#include "common/record/convert.h"

#include <cctype>
#include <cmath>
#include <optional>
#include <string>

#include "common/codec/number_text.h"

namespace millrace {
namespace {

constexpr const char* kNoInteger = "cannot be read as an integer";
constexpr const char* kNoNumber = "cannot be read as a number";
constexpr const char* kNoBoolean = "cannot be read as true or false";

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

bool real_of_text(std::string_view text, double& real) {
    const std::optional<double> read = read_double(without_blanks(text));
    if (read) real = *read;
    return read.has_value();
}

const char* integer_of_real(double real, int64_t& integer) {
    if (!std::isfinite(real)) return "is not a finite number";
    if (real >= 9223372036854775808.0 || real < -9223372036854775808.0) {
        return "is out of the range of the column's type";
    }
    integer = static_cast<int64_t>(real);
    return nullptr;
}

const char* integer_of_text(std::string_view text, int64_t& integer) {
    if (const auto whole = read_integer(without_blanks(text))) {
        integer = *whole;
        return nullptr;
    }
    double real = 0;
    return real_of_text(text, real) ? integer_of_real(real, integer) : kNoInteger;
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
