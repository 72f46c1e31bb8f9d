#include "common/codec/crc64.h"

#include <isa-l/crc64.h>

namespace millrace {
namespace {

constexpr uint64_t kPolynomial = 0xC96C5795D7870F42;  // reflected: bit 63 is x^0
constexpr uint64_t kOne = uint64_t{1} << 63;

// a * b modulo the polynomial.
uint64_t multiply(uint64_t a, uint64_t b) {
    uint64_t product = 0;
    for (uint64_t bit = kOne; bit != 0; bit >>= 1) {
        if (a & bit) product ^= b;
        b = (b >> 1) ^ (b & 1 ? kPolynomial : 0);
    }
    return product;
}

}  // namespace

uint64_t crc64(uint64_t crc, std::string_view bytes) {
    if (bytes.empty()) return crc;
    const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
    crc = crc64_ecma_refl(crc, data, bytes.size());
#if defined(__x86_64__)
    // The library leaves the upper halves of the vector registers dirty, which makes the SSE code
    // that follows run at half speed.
    static const bool has_avx = __builtin_cpu_supports("avx");
    if (has_avx) asm volatile("vzeroupper");
#endif
    return crc;
}

uint64_t crc64_combine(uint64_t crc_a, uint64_t crc_b, uint64_t length_b) {
    // Appending a byte multiplies by x^8; square and multiply over the bits of the length.
    uint64_t power = kOne >> 8;
    uint64_t shift = kOne;
    for (; length_b != 0; length_b >>= 1) {
        if (length_b & 1) shift = multiply(shift, power);
        power = multiply(power, power);
    }
    return multiply(shift, crc_a) ^ crc_b;
}

}  // namespace millrace
