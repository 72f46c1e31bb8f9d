#include "common/codec/plainbuffer/crc8.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace millrace::plainbuffer {
namespace {

uint8_t by_table(uint8_t state, std::string_view bytes) {
    for (const char byte : bytes) state = crc8_byte(state, static_cast<uint8_t>(byte));
    return state;
}

std::string random_bytes(std::mt19937_64& random, size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    return bytes;
}

TEST(Crc8, KnownAnswer) {
    EXPECT_EQ(crc8(0, "123456789"), 0xf4);
    EXPECT_EQ(crc8(0x17, ""), 0x17);
    EXPECT_EQ(crc8_byte(0, 1), 0x07);
}

TEST(Crc8, EqualsTheByteTableForEveryLengthAndState) {
    std::mt19937_64 random(7);
    for (size_t size = 0; size <= 3000; size += size < 700 ? 1 : 13) {
        const std::string bytes = random_bytes(random, size);
        const auto state = static_cast<uint8_t>(random());
        ASSERT_EQ(crc8(state, bytes), by_table(state, bytes)) << size;
        const std::string eight = random_bytes(random, 8);
        ASSERT_EQ(crc8(state, bytes, eight.data()), by_table(by_table(state, bytes), eight))
            << size;
    }
}

TEST(Crc8, EveryOneBitFlipShows) {
    std::mt19937_64 random(8);
    for (const size_t size : {1u, 7u, 15u, 16u, 33u, 127u, 254u, 255u, 1000u}) {
        std::string bytes = random_bytes(random, size);
        const uint8_t before = crc8(0, bytes);
        for (size_t bit = 0; bit < size * 8; ++bit) {
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
            ASSERT_NE(crc8(0, bytes), before) << size << " bytes, bit " << bit;
            ASSERT_EQ(crc8(0, bytes), by_table(0, bytes));
            bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
        }
    }
}

}  // namespace
}  // namespace millrace::plainbuffer
