#include "common/base/hash128.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

std::string bytes(size_t size) {
    std::string made;
    uint32_t state = 1;
    while (made.size() < size) {
        state = state * 1664525 + 1013904223;
        made += static_cast<char>(state >> 24);
    }
    return made;
}

// The sums of receipts must not depend on the machine.
TEST(Hash128Test, IsTheSameWithWideVectorsAsWithout) {
    const std::string all = bytes(5000);
    for (size_t size = 0; size <= all.size(); size += size < 600 ? 1 : 37) {
        const std::string_view part = std::string_view(all).substr(size % 7, size);
        const XXH128_hash_t wide = hash128(part);
        const XXH128_hash_t plain = XXH3_128bits(part.data(), part.size());
        ASSERT_TRUE(XXH128_isEqual(wide, plain)) << size;
    }
}

TEST(Hash128Test, OfNothingIsThePublishedValue) {
    Sum128 sum;
    sum.add(std::string_view());
    EXPECT_EQ(sum.hex(), "99aa06d3014798d86001c324468d497f");
}

TEST(Sum128Test, DoesNotDependOnOrderAndCountsRepeats) {
    Sum128 one, other, twice;
    one.add("first"), one.add("second");
    other.add("second"), other.add("first");
    twice.add("first"), twice.add("first");
    EXPECT_EQ(one, other);
    EXPECT_NE(twice, Sum128());
    EXPECT_EQ(*Sum128::parse(one.hex()), one);
}

}  // namespace
}  // namespace millrace
