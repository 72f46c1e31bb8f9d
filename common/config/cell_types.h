// Types of cells and constants as scripts name them: string, int, double, bool, binary.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/status.h"
#include "common/record/value.h"

namespace millrace {

// A column with its type.
struct NamedType {
    std::string name;
    ValueType type = ValueType::kString;  // never kAbsent or kNull
    bool operator==(const NamedType&) const = default;
};

// {"name": …, "type": …}; without `type_needed` also a name only, whose type is kString then.
Result<NamedType> read_named_type(const nlohmann::json& item, bool type_needed);

// A value that stands in the script and goes into every row.
struct Constant {
    ValueType type = ValueType::kString;  // never kAbsent or kNull
    std::string text;                     // as given; of kBinary: the bytes
    bool operator==(const Constant&) const = default;

    // Checked when it was read. Views end with this object.
    Value value() const;
};

// "string", "int" or "integer", "double", "bool" or "boolean", "binary", without case; nothing for
// another word.
std::optional<ValueType> cell_type(std::string_view word);
// The word for it; "null" for kAbsent and kNull.
std::string_view word_of(ValueType type);

// kConfig when the text is no value of this type. A binary is given as base64.
Result<Constant> make_constant(ValueType type, const std::string& text);

// A whole number of 64 bits; nothing when the text is anything else.
std::optional<int64_t> whole_number(std::string_view text);

// A scalar as the text that somebody would have written; empty for lists and maps.
std::string scalar_text(const nlohmann::json& value);

}  // namespace millrace
