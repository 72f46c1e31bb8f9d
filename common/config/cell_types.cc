#include "common/config/cell_types.h"

#include <charconv>
#include <cstdlib>

#include "common/config/ascii.h"
#include "common/crypto/digest.h"

namespace millrace {
namespace {

using ascii::same_without_case;

// In the form of a script: also 1e5 and .5; not inf, nan and hexadecimal.
bool is_real(const std::string& text) {
    if (text.empty() || text.find_first_not_of("0123456789+-.eE") != std::string::npos) {
        return false;
    }
    char* end = nullptr;
    std::strtod(text.c_str(), &end);
    return end == text.c_str() + text.size();
}

}  // namespace

Value Constant::value() const {
    switch (type) {
        case ValueType::kInteger: return Value::of_integer(whole_number(text).value_or(0));
        case ValueType::kDouble: return Value::of_real(std::strtod(text.c_str(), nullptr));
        case ValueType::kBoolean: return Value::of_boolean(same_without_case(text, "true"));
        case ValueType::kBinary: return Value::of_binary(text);
        default: return Value::of_string(text);
    }
}

std::optional<ValueType> cell_type(std::string_view word) {
    if (same_without_case(word, "string")) return ValueType::kString;
    if (same_without_case(word, "int") || same_without_case(word, "integer")) {
        return ValueType::kInteger;
    }
    if (same_without_case(word, "double")) return ValueType::kDouble;
    if (same_without_case(word, "bool") || same_without_case(word, "boolean")) {
        return ValueType::kBoolean;
    }
    if (same_without_case(word, "binary")) return ValueType::kBinary;
    return {};
}

std::string_view word_of(ValueType type) {
    switch (type) {
        case ValueType::kString: return "string";
        case ValueType::kInteger: return "int";
        case ValueType::kDouble: return "double";
        case ValueType::kBoolean: return "bool";
        case ValueType::kBinary: return "binary";
        default: return "null";
    }
}

Result<NamedType> read_named_type(const nlohmann::json& item, bool type_needed) {
    const nlohmann::json none;
    const bool map = item.is_object();
    const std::string name = scalar_text(map ? item.value("name", none) : item);
    const nlohmann::json word = map ? item.value("type", none) : none;
    if (name.empty()) return config_error("must be a map with a name: {\"name\": \"uid\"}");
    if (word.is_null() && !type_needed) return NamedType{name, ValueType::kString};
    const std::optional<ValueType> type = cell_type(scalar_text(word));
    if (!type) {
        return config_error("\"" + name +
                            "\" needs a \"type\": string, int, double, bool or binary");
    }
    return NamedType{name, *type};
}

Result<Constant> make_constant(ValueType type, const std::string& text) {
    Constant constant{type, text};
    const bool boolean = same_without_case(text, "true") || same_without_case(text, "false");
    switch (type) {
        case ValueType::kInteger:
            if (!whole_number(text)) return config_error("must be a whole number of 64 bits");
            break;
        case ValueType::kDouble:
            if (!is_real(text)) return config_error("must be a number");
            break;
        case ValueType::kBoolean:
            if (!boolean) return config_error("must be true or false");
            break;
        case ValueType::kBinary:
            constant.text = from_base64(text);
            if (constant.text.empty() && !text.empty()) return config_error("must be base64");
            break;
        default: break;
    }
    return constant;
}

std::optional<int64_t> whole_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [last, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || last != end) return {};
    return number;
}

std::string scalar_text(const nlohmann::json& value) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_structured() || value.is_null() ? std::string() : value.dump();
}

}  // namespace millrace
