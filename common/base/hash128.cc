#include "common/base/hash128.h"

#include <charconv>
#include <cstdio>

namespace millrace {

std::string Sum128::hex() const {
    char text[40];
    std::snprintf(text, sizeof text, "%016lx%016lx", static_cast<unsigned long>(value_ >> 64),
                  static_cast<unsigned long>(value_));
    return text;
}

Result<Sum128> Sum128::parse(std::string_view hex) {
    uint64_t high = 0, low = 0;
    const char* begin = hex.data();
    if (hex.size() != 32 || std::from_chars(begin, begin + 16, high, 16).ptr != begin + 16 ||
        std::from_chars(begin + 16, begin + 32, low, 16).ptr != begin + 32) {
        return Status(Code::kCorrupt, "a sum must be 32 hex digits");
    }
    Sum128 sum;
    sum.value_ = (Wide(high) << 64) | low;
    return sum;
}

}  // namespace millrace
