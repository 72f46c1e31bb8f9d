// Formats of objects, read and written.
#pragma once

#include <cstdint>

namespace millrace {

enum class ObjectFormat : uint8_t {
    kCsv,   // quoted where it must be
    kText,  // joined as it is
    kParquet,
};

}  // namespace millrace
