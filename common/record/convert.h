// Cells as numbers and truth values, by the rules of DataX.
#pragma once

#include <cstdint>

#include "common/record/value.h"

namespace millrace {

// Each gives nothing when `converted` is set, or why there is no such value: "cannot be read as …",
// without the value. Texts may hold exponents; fractions are cut off. An instant is the
// integer of its milliseconds. Missing values, bytes and days have no such value.
const char* to_integer(const Value& value, int64_t& converted);
const char* to_real(const Value& value, double& converted);
const char* to_boolean(const Value& value, bool& converted);

}  // namespace millrace
