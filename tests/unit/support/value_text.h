// Values as texts that show their types.
#pragma once

#include <span>
#include <string>

#include "common/record/value.h"

namespace millrace {

inline std::string text_of(const Value& value) {
    switch (value.type) {
        case ValueType::kAbsent: return "-";
        case ValueType::kNull: return "null";
        case ValueType::kInteger: return "i" + std::to_string(value.integer);
        case ValueType::kDouble: return "d" + std::to_string(value.real);
        case ValueType::kBoolean: return value.boolean ? "true" : "false";
        case ValueType::kString: return "s" + std::string(value.bytes);
        case ValueType::kBinary: return "b" + std::string(value.bytes);
        case ValueType::kDatetime: return "t" + std::to_string(value.integer);
        case ValueType::kDate: return "day" + std::to_string(value.integer);
    }
    return "?";
}

inline std::string text_of(std::span<const Value> values) {
    std::string text;
    for (const Value& value : values) text += (text.empty() ? "" : " ") + text_of(value);
    return text;
}

}  // namespace millrace
