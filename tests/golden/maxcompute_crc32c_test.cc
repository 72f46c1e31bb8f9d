// CRC-32C of the vectors, whole and in pieces.
#include "common/codec/crc32c.h"

#include "tests/golden/maxcompute_golden.h"

namespace millrace::maxcompute {
namespace {

TEST(MaxcomputeCrc32cGolden, WholeAndInPieces) {
    MILLRACE_GOLDEN_MAXCOMPUTE(vectors, "crc32c.json");
    for (const auto& one : vectors) {
        const std::string bytes = from_hex(one["hex"].get<std::string>());
        const auto expected =
            static_cast<uint32_t>(std::stoul(one["crc32c"].get<std::string>(), nullptr, 16));
        for (size_t cut = 0; cut <= bytes.size(); ++cut) {
            Crc32c crc;
            crc.add(std::string_view(bytes).substr(0, cut));
            crc.add(std::string_view(bytes).substr(cut));
            EXPECT_EQ(crc.value(), expected) << one["hex"] << " cut at " << cut;
        }
    }
    EXPECT_EQ(vectors.size(), 6u);
}

TEST(MaxcomputeCrc32cGolden, NumbersAreFedLittleEndian) {
    Crc32c bytes, numbers;
    bytes.add(std::string("\x78\x56\x34\x12\xef\xcd\xab\x90\x78\x56\x34\x12\x05", 13));
    numbers.add_u32(0x12345678);
    numbers.add_u64(0x1234567890abcdef);
    numbers.add_byte(5);
    EXPECT_EQ(numbers.value(), bytes.value());
    numbers.reset();
    EXPECT_EQ(numbers.value(), 0u);
}

}  // namespace
}  // namespace millrace::maxcompute
