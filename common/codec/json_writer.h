// Appends JSON to a Buffer on the hot path: no allocation but the buffer's own growth, no tree.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/base/buffer.h"

namespace millrace {

// Appends `text` as a JSON string with its quotes, escaping while it copies. `text` is taken as
// UTF-8 and not checked: true is returned when a byte above 0x7f was seen, so that the caller
// checks only then (common/codec/utf8.h).
bool append_json_string(Buffer& out, std::string_view text);

void append_json_integer(Buffer& out, int64_t value);
void append_json_integer(Buffer& out, uint64_t value);

// The shortest digits that read back as the same double. `value` is finite (JSON has no NaN).
void append_json_double(Buffer& out, double value);

}  // namespace millrace
