#include "common/codec/crc64.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace millrace {
namespace {

TEST(Crc64, CheckValue) {
    EXPECT_EQ(crc64(0, "123456789"), 11051210869376104954ull);
    EXPECT_EQ(crc64(0, ""), 0u);
}

RC_GTEST_PROP(Crc64Property, PiecesAndPartsGiveTheWhole, (std::string a, std::string b)) {
    const uint64_t whole = crc64(0, a + b);
    RC_ASSERT(crc64(crc64(0, a), b) == whole);
    RC_ASSERT(crc64_combine(crc64(0, a), crc64(0, b), b.size()) == whole);
}

}  // namespace
}  // namespace millrace
