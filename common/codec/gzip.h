// gzip over ISA-L: fast, for request bodies.
#pragma once

#include <string_view>

#include "common/base/buffer.h"

namespace millrace {

// Replaces the content of `out` by one gzip member holding `bytes`. Thread-safe.
void gzip(std::string_view bytes, Buffer& out);

}  // namespace millrace
