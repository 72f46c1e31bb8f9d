// How it works: x has order 127 modulo the polynomial, so everything may be computed modulo
// x^127 + 1. There a 128-bit accumulator times x^128 is the accumulator times x: a shift by one
// bit whose overflow comes back as x^1. Bytes that are 127 bytes apart have equal weight, so long
// input is first folded to 127 bytes by XOR.
#include "common/codec/plainbuffer/crc8.h"

#include <cstring>

namespace millrace::plainbuffer {
namespace {

// A polynomial of degree below 128; bit 63 of `high` is x^127.
struct Ring {
    uint64_t high = 0;
    uint64_t low = 0;
};

inline uint64_t load8(const char* from) {
    uint64_t value;
    std::memcpy(&value, from, 8);
    return __builtin_bswap64(value);
}
inline uint32_t load4(const char* from) {
    uint32_t value;
    std::memcpy(&value, from, 4);
    return __builtin_bswap32(value);
}

// tables[k][b] = b * x^(8 (k + 1)): what byte k, counted from the least significant, adds.
constexpr std::array<std::array<uint8_t, 256>, 8> slice_tables() {
    std::array<std::array<uint8_t, 256>, 8> tables{};
    tables[0] = crc8_detail::kByteTable;
    for (size_t k = 1; k < 8; ++k) {
        for (size_t b = 0; b < 256; ++b) {
            tables[k][b] = crc8_detail::kByteTable[tables[k - 1][b]];
        }
    }
    return tables;
}
constexpr auto kSlices = slice_tables();

// value * x^8 modulo the polynomial. Spelled out: the compiler keeps the loop.
inline uint8_t reduce(uint64_t value) {
    const auto slice = [value](size_t k) -> unsigned {
        return kSlices[k][(value >> (8 * k)) & 0xff];
    };
    return static_cast<uint8_t>((slice(0) ^ slice(1)) ^ (slice(2) ^ slice(3)) ^
                                (slice(4) ^ slice(5)) ^ (slice(6) ^ slice(7)));
}

// As above for 128 bits: x^64 = x^4 + x + 1.
inline uint8_t reduce(Ring ring) {
    const uint64_t high = ring.high;
    const uint64_t over = (high >> 63) ^ (high >> 60);
    return reduce(ring.low ^ high ^ (high << 1) ^ (high << 4) ^ over ^ (over << 1) ^ (over << 4));
}

// ring * x^128 + the 16 bytes at `from`.
inline Ring next_block(Ring ring, const char* from) {
    return {((ring.high << 1) | (ring.low >> 63)) ^ load8(from),
            ((ring.low << 1) ^ ((ring.high >> 63) << 1)) ^ load8(from + 8)};
}

// Up to 7 bytes, right-aligned.
inline uint64_t load_few(const char* data, size_t size) {
    if (size >= 4) {
        return (uint64_t{load4(data)} << (8 * (size - 4))) | load4(data + size - 4);
    }
    if (size == 0) return 0;
    const auto at = [&](size_t i) { return uint64_t{static_cast<uint8_t>(data[i])}; };
    return (at(0) << (8 * (size - 1))) | (at(size / 2) << (8 * (size - 1 - size / 2))) |
           at(size - 1);
}

// The bytes as a polynomial, `state` added to the first one. size > 0.
inline Ring ring_of(uint8_t state, const char* data, size_t size) {
    const uint64_t start = state;
    if (size < 8) return {0, load_few(data, size) ^ (start << (8 * (size - 1)))};
    if (size == 8) return {0, load8(data) ^ (start << 56)};
    if (size < 16) {
        const uint64_t high = load8(data) >> (8 * (16 - size));
        return {high ^ (start << (8 * (size - 9))), load8(data + size - 8)};
    }
    const size_t head = size % 16;
    Ring ring{load8(data) ^ (start << 56), load8(data + 8)};
    const char* at = data + (head ? head : 16);
    if (head > 8) {
        ring.low = (ring.low >> (8 * (16 - head))) | (ring.high << (8 * (head - 8)));
        ring.high >>= 8 * (16 - head);
    } else if (head > 0) {
        ring.low = ring.high >> (8 * (8 - head));
        ring.high = 0;
    }
    for (const char* end = data + size; at != end; at += 16) ring = next_block(ring, at);
    return ring;
}

constexpr size_t kFold = 127;

// Blocks of 127 bytes added together. The byte before a block is read with it, to have 16 whole
// words, and masked away at the end; so the head that is no whole block has at least one byte.
Ring folded(uint8_t state, const char* data, size_t size) {
    const size_t head = (size - 1) % kFold + 1;
    char block[kFold + 1] = {};
    std::memcpy(block + sizeof(block) - head, data, head);
    block[sizeof(block) - head] = static_cast<char>(block[sizeof(block) - head] ^ state);
    uint64_t words[16];
    std::memcpy(words, block, sizeof(words));
    const char* const end = data + size;
    for (const char* at = data + head; at != end; at += kFold) {
        uint64_t more[16];
        std::memcpy(more, at - 1, sizeof(more));
        for (size_t i = 0; i < 16; ++i) words[i] ^= more[i];
    }
    std::memcpy(block, words, sizeof(words));
    block[0] = '\0';
    return ring_of(0, block, sizeof(block));
}

inline Ring any_ring(uint8_t state, std::string_view bytes) {
    if (bytes.size() < 2 * kFold) return ring_of(state, bytes.data(), bytes.size());
    return folded(state, bytes.data(), bytes.size());
}

}  // namespace

uint8_t crc8(uint8_t state, std::string_view bytes) {
    if (bytes.empty()) return state;
    if (bytes.size() < 8) {
        return reduce(load_few(bytes.data(), bytes.size()) ^
                      (uint64_t{state} << (8 * (bytes.size() - 1))));
    }
    return reduce(any_ring(state, bytes));
}

uint8_t crc8(uint8_t state, std::string_view bytes, const char* eight) {
    const uint64_t more = load8(eight);
    if (bytes.empty()) return reduce(more ^ (uint64_t{state} << 56));
    const Ring ring = any_ring(state, bytes);
    return reduce(Ring{ring.low ^ (ring.high >> 63), (ring.high << 1) ^ more});
}

}  // namespace millrace::plainbuffer
