#include "common/record/packed.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

namespace millrace {
namespace {

std::string packed(const std::vector<Value>& values) {
    Buffer out;
    pack(values, out);
    return std::string(out.view());
}

TEST(PackedTest, CellsComeBackAsTheyWere) {
    const std::string bytes("a\0b", 3);
    const std::vector<Value> values = {Value(),
                                       Value::null(),
                                       Value::of_integer(std::numeric_limits<int64_t>::min()),
                                       Value::of_real(-0.5),
                                       Value::of_boolean(true),
                                       Value::of_string(bytes),
                                       Value::of_string(""),
                                       Value::of_binary("\xff"),
                                       Value::of_datetime(5),
                                       Value::of_date(-6)};
    const std::string kept = packed(values);
    const std::vector<Value> again = unpack(kept);
    ASSERT_EQ(again.size(), values.size());
    for (size_t i = 0; i < values.size(); ++i) {
        EXPECT_EQ(again[i].type, values[i].type) << i;
        EXPECT_EQ(again[i].bytes, values[i].bytes) << i;
    }
    EXPECT_EQ(again[2].integer, std::numeric_limits<int64_t>::min());
    EXPECT_EQ(again[3].real, -0.5);
    EXPECT_TRUE(again[4].boolean);
    EXPECT_EQ(again[8].integer, 5);
    EXPECT_EQ(again[9].integer, -6);
    EXPECT_TRUE(unpack("").empty());
}

TEST(PackedTest, OnlyEqualCellsGiveEqualBytes) {
    EXPECT_EQ(packed({Value::of_string("ab")}), packed({Value::of_string("ab")}));
    const std::vector<std::vector<Value>> different = {
        {Value::of_string("ab"), Value::of_string("c")},
        {Value::of_string("a"), Value::of_string("bc")},
        {Value::of_binary("ab"), Value::of_string("c")},
        {Value::of_string("abc")},
        {Value::of_integer(1)},
        {Value::of_boolean(true)},
        {Value::null()},
        {Value()},
        {}};
    for (size_t i = 0; i < different.size(); ++i) {
        for (size_t k = 0; k < i; ++k) EXPECT_NE(packed(different[i]), packed(different[k]));
    }
}

}  // namespace
}  // namespace millrace
