#include "common/codec/number_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>

namespace millrace {
namespace {

TEST(NumberText, DoublesAreJavaDigitsMadePlain) {
    const std::pair<double, const char*> cases[] = {
        {0.0, "0.0"},
        {-0.0, "0.0"},
        {1.0, "1.0"},
        {-1.5, "-1.5"},
        {0.1, "0.1"},
        {0.001, "0.001"},
        {0.00012, "0.00012"},  // Java: 1.2E-4
        {0.0001, "0.00010"},   // Java: 1.0E-4
        {1e-7, "0.00000010"},  // Java: 1.0E-7
        {100.0, "100.0"},
        {9999999.0, "9999999.0"},
        {1e7, "10000000"},         // Java: 1.0E7
        {12345678.0, "12345678"},  // Java: 1.2345678E7
        {12345678.5, "12345678.5"},
        {1e10, "10000000000"},
        {1.5e10, "15000000000"},
        {123456789.012, "123456789.012"},
        {std::nan(""), "NaN"},
        {std::numeric_limits<double>::infinity(), "Infinity"},
        {-std::numeric_limits<double>::infinity(), "-Infinity"},
    };
    for (const auto& [value, text] : cases) EXPECT_EQ(double_text(value), text);
    EXPECT_EQ(double_text(std::numeric_limits<double>::denorm_min()),
              "0." + std::string(323, '0') + "49");
    const std::string largest = double_text(-std::numeric_limits<double>::max());
    EXPECT_EQ(largest.substr(0, 19), "-179769313486231570");
    EXPECT_EQ(largest.size(), 310u);
}

TEST(NumberText, Integers) {
    char text[kIntegerTextMax];
    const int64_t least = std::numeric_limits<int64_t>::min();
    EXPECT_EQ(std::string(text, write_integer(text, least)), "-9223372036854775808");
    EXPECT_EQ(std::string(text, write_integer(text, 0)), "0");
}

RC_GTEST_PROP(NumberTextProperty, DoublesReadBack, (uint64_t bits)) {
    double value;
    static_assert(sizeof value == sizeof bits);
    std::memcpy(&value, &bits, sizeof value);
    RC_PRE(std::isfinite(value));
    const std::string text = double_text(value);
    RC_ASSERT(text.size() <= kDoubleTextMax);
    RC_ASSERT(text.find_first_not_of("-.0123456789") == std::string::npos);
    RC_ASSERT(std::strtod(text.c_str(), nullptr) == value);
}

TEST(NumberText, WholeNumbersAreReadAsDataXDoes) {
    EXPECT_EQ(read_integer("42"), 42);
    EXPECT_EQ(read_integer("+7"), 7);
    EXPECT_EQ(read_integer("-1.99"), -1);
    EXPECT_EQ(read_integer("1.5e3"), 1500);
    EXPECT_EQ(read_integer("123e-2"), 1);
    EXPECT_EQ(read_integer("0e999999999"), 0);
    EXPECT_EQ(read_integer("9223372036854775807.9"), INT64_MAX);
    EXPECT_EQ(read_integer("-9223372036854775808"), INT64_MIN);
    EXPECT_EQ(read_integer("-9.223372036854775808e18"), INT64_MIN);
    for (const char* no :
         {"", "-", ".", "a", "1a", " 1", "1e", "1e+", "0x1", "NaN", "1.2.3", "9223372036854775808",
          "-9223372036854775809", "1e19", "1e999999999", "1e9999999999"}) {
        EXPECT_FALSE(read_integer(no)) << no;
    }
}

TEST(NumberText, RealNumbersAreReadAsDataXDoes) {
    EXPECT_EQ(read_double("1.5"), 1.5);
    EXPECT_EQ(read_double("+1e10"), 1e10);
    EXPECT_EQ(read_double("-.5"), -.5);
    EXPECT_EQ(read_double("5."), 5);
    EXPECT_TRUE(std::isnan(*read_double("NaN")));
    EXPECT_EQ(read_double("-Infinity"), -std::numeric_limits<double>::infinity());
    for (const char* no : {"", "+", "+-1", "inf", "nan", "1e999", "0x10", "1,5", " 1", "1 "}) {
        EXPECT_FALSE(read_double(no)) << no;
    }
}

}  // namespace
}  // namespace millrace
