// Column types of MaxCompute.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::standin {

enum class OdpsKind : uint8_t {
    kBigint,
    kInt,
    kSmallint,
    kTinyint,
    kBoolean,
    kFloat,
    kDouble,
    kString,
    kVarchar,
    kChar,
    kBinary,
    kJson,
    kDecimal,
    kDatetime,
    kDate,
    kTimestamp,
    kTimestampNtz,
    kArray,
    kMap,
    kStruct,
};

struct OdpsType {
    OdpsKind kind = OdpsKind::kString;
    uint32_t size = 0;                // of decimal: the precision; of varchar and char: characters
    uint32_t scale = 0;               // of decimal
    std::vector<OdpsType> inside;     // array: one, map: key and value, struct: its fields
    std::vector<std::string> fields;  // of struct

    // As schemas write it: "decimal(38,18)", "map<string,bigint>".
    std::string text() const;
    // Of the type system of 1.0, which needs no setting.
    bool is_old() const;
};

// In any case and spacing; nothing when there is no such type or a size is out of bounds.
std::optional<OdpsType> parse_odps_type(std::string_view text);

}  // namespace millrace::standin
