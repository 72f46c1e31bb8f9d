// Values to JSON. Types of fields are not asked for: the service converts by the table's schema.
#pragma once

#include "common/base/buffer.h"
#include "common/record/value.h"

namespace millrace::opensearch {

// Appends the value, which is not missing: numbers as numbers, dates as milliseconds since 1970,
// booleans and bytes as text. Nothing, or why it cannot be written; `out` may then hold a part of
// it.
const char* append_value(const Value& value, Buffer& out);

}  // namespace millrace::opensearch
