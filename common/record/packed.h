// Cells as bytes, for what must be kept when the buffer they view into is gone. Not a format: bytes
// do not leave the process.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "common/base/buffer.h"
#include "common/record/value.h"

namespace millrace {

// Appends the cells. Equal cells, and only those, give equal bytes.
void pack(std::span<const Value> values, Buffer& out);
// The cells of what one pack() appended; they view into `bytes`.
std::vector<Value> unpack(std::string_view bytes);

}  // namespace millrace
