// Values and rows of MaxCompute.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "tests/standin/odps_type.h"

namespace millrace::standin {

struct OdpsTimestamp {
    int64_t seconds = 0;
    int32_t nanos = 0;  // 0..999999999
    auto operator<=>(const OdpsTimestamp&) const = default;
};

// Null; boolean; the integer types, datetime in ms, date in days; float; double; texts, binary and
// decimal; timestamps; array, map (all keys, then all values) and struct.
struct OdpsValue : std::variant<std::monostate, bool, int64_t, float, double, std::string,
                                OdpsTimestamp, std::vector<OdpsValue>> {
    using variant::variant;
    bool is_null() const { return index() == 0; }
};
using OdpsList = std::vector<OdpsValue>;
using OdpsRow = std::vector<OdpsValue>;

struct OdpsColumn {
    std::string name;  // lower case
    OdpsType type;
    std::string comment = {};
    bool nullable = true;
};

// A value that no column of the type can hold: why. Decimals are brought into their plain form.
// Empty when it is well.
std::string odps_flaw(const OdpsType& type, OdpsValue& value, size_t field_max);

// As SELECT shows it (NULL as \N), in a zone that is so many seconds ahead of UTC.
std::string odps_text(const OdpsType& type, const OdpsValue& value, int zone_s);
// What a literal of SQL means in a column; nothing when it does not fit the type.
std::optional<OdpsValue> odps_value(const OdpsType& type, const std::string& text, int zone_s);

}  // namespace millrace::standin
