#include "worker/targets/odps/decimals.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

std::string decimal(std::string_view text, int precision = 10, int scale = 2) {
    std::string out;
    return decimal_text(text, precision, scale, out) ? out : "refused";
}

TEST(Decimals, AreWrittenPlainWithoutNeedlessZeros) {
    EXPECT_EQ(decimal("12"), "12");
    EXPECT_EQ(decimal("-012.50"), "-12.5");
    EXPECT_EQ(decimal("+.5"), "0.5");
    EXPECT_EQ(decimal("7."), "7");
    EXPECT_EQ(decimal("-0.00"), "0");
    EXPECT_EQ(decimal("1.25e2"), "125");
    EXPECT_EQ(decimal("1E-1"), "0.1");
    EXPECT_EQ(decimal("125e-4"), "0.01");
    EXPECT_EQ(decimal("0e900"), "0");
}

TEST(Decimals, AreRoundedHalfUp) {
    EXPECT_EQ(decimal("0.005"), "0.01");
    EXPECT_EQ(decimal("0.0049"), "0");
    EXPECT_EQ(decimal("-0.005"), "-0.01");
    EXPECT_EQ(decimal("9.995"), "10");
    EXPECT_EQ(decimal("99999999.994"), "99999999.99");
    EXPECT_EQ(decimal("0.5", 3, 0), "1");
}

TEST(Decimals, WhatDoesNotFitIsRefused) {
    EXPECT_EQ(decimal("99999999.995"), "refused");
    EXPECT_EQ(decimal("123456789"), "refused");
    EXPECT_EQ(decimal("1e300"), "refused");
    for (const char* text : {"", "-", ".", "e5", "1e", "1e5000", "1,5", " 1", "NaN", "0x10",
                             "1.2.3", "Infinity", "--1"}) {
        EXPECT_EQ(decimal(text), "refused") << text;
    }
    EXPECT_EQ(decimal("999999999999999999999999999999999999.123456789012345678", 54, 18),
              "999999999999999999999999999999999999.123456789012345678");
}

}  // namespace
}  // namespace millrace
