#include "common/base/hash128.h"

#if defined(__x86_64__)
#include <xxh_x86dispatch.h>
#endif

#include <charconv>
#include <cstdio>

namespace millrace {

#if defined(__x86_64__)
// By the widest vectors that the processor has: half the time of SSE2. The library leaves their
// upper halves dirty, which makes the SSE code that follows run at half speed.
XXH128_hash_t hash128(std::string_view bytes) {
    static const bool has_avx = __builtin_cpu_supports("avx");
    const XXH128_hash_t hash = XXH3_128bits_dispatch(bytes.data(), bytes.size());
    if (has_avx) asm volatile("vzeroupper");
    return hash;
}
#else
XXH128_hash_t hash128(std::string_view bytes) {
    return XXH3_128bits(bytes.data(), bytes.size());
}
#endif

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
