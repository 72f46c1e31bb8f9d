#include "worker/targets/ots/encoder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/worker/targets/ots/writer_fixture.h"

namespace millrace::ots {
namespace {

const char* const kBinary = "\x01\xff";

struct Conversion {
    Value from;
    ValueType type;
    std::string text;  // "!" and what stands in the reason, when there is none
};

class Conversions : public ::testing::TestWithParam<Conversion> {};

TEST_P(Conversions, AsDatax) {
    CellEncoder encoder({"c", GetParam().type}, *TimeZone::find("Asia/Shanghai"));
    Value cell;
    const char* reason = encoder.convert(GetParam().from, cell);
    if (GetParam().text.starts_with("!")) {
        ASSERT_NE(reason, nullptr);
        EXPECT_NE(std::string(reason).find(GetParam().text.substr(1)), std::string::npos) << reason;
        return;
    }
    ASSERT_EQ(reason, nullptr) << reason;
    EXPECT_EQ(cell.type, GetParam().type);
    EXPECT_EQ(text_of(cell), GetParam().text);
}

constexpr auto kText = ValueType::kString;
constexpr auto kInt = ValueType::kInteger;
constexpr auto kReal = ValueType::kDouble;
constexpr auto kBool = ValueType::kBoolean;
constexpr auto kBytes = ValueType::kBinary;
constexpr int64_t kNoon = 1'763'697'600'123;  // 2025-11-21 12:00:00.123 in Shanghai
constexpr int64_t kDay = 20'413;              // 2025-11-21

INSTANTIATE_TEST_SUITE_P(
    Cells, Conversions,
    ::testing::Values(
        Conversion{Value::of_string("Ann"), kText, "Ann"},
        Conversion{Value::of_integer(-7), kText, "-7"},
        Conversion{Value::of_real(1e10), kText, "10000000000"},
        Conversion{Value::of_real(std::nan("")), kText, "NaN"},
        Conversion{Value::of_boolean(true), kText, "true"},
        Conversion{Value::of_binary("plain"), kText, "plain"},
        Conversion{Value::of_binary(kBinary), kText, "!not valid UTF-8"},
        Conversion{Value::of_datetime(kNoon), kText, "2025-11-21 12:00:00"},
        Conversion{Value::of_date(kDay), kText, "2025-11-21"},
        Conversion{Value::of_integer(INT64_MIN), kInt, "-9223372036854775808"},
        Conversion{Value::of_string("9223372036854775807"), kInt, "9223372036854775807"},
        Conversion{Value::of_string("9007199254740993.9"), kInt, "9007199254740993"},
        Conversion{Value::of_string("1.5e3"), kInt, "1500"},
        Conversion{Value::of_string("9223372036854775808"), kInt, "!range"},
        Conversion{Value::of_string("NaN"), kInt, "!finite"},
        Conversion{Value::of_string("seven"), kInt, "!integer"},
        Conversion{Value::of_string(""), kInt, "!integer"},
        Conversion{Value::of_real(-7.9), kInt, "-7"},
        Conversion{Value::of_real(1e19), kInt, "!range"},
        Conversion{Value::of_boolean(true), kInt, "1"},
        Conversion{Value::of_datetime(kNoon), kInt, "1763697600123"},
        Conversion{Value::of_date(kDay), kInt, "1763654400000"},  // midnight in Shanghai
        Conversion{Value::of_binary("7"), kInt, "!integer"},
        Conversion{Value::of_integer(7), kReal, "7.0"},
        Conversion{Value::of_string(" 2.5 "), kReal, "2.5"},
        Conversion{Value::of_string("NaN"), kReal, "NaN"},
        Conversion{Value::of_boolean(false), kReal, "0.0"},
        Conversion{Value::of_datetime(kNoon), kReal, "!number"},
        Conversion{Value::of_string("TRUE"), kBool, "true"},
        Conversion{Value::of_integer(0), kBool, "false"},
        Conversion{Value::of_string("1"), kBool, "!true or false"},
        Conversion{Value::of_real(1), kBool, "!true or false"},
        Conversion{Value::of_string("x"), kBytes, "bytes x"},
        Conversion{Value::of_binary(kBinary), kBytes, std::string("bytes ") + kBinary},
        Conversion{Value::of_integer(1), kBytes, "!neither binary nor text"}));

class OtsLimitsTest : public OtsWriterTest {
  protected:
    Append put_values(std::vector<Value> values) { return row(ChangeKind::kPut, values); }
};

TEST_F(OtsLimitsTest, WhatTheServiceWouldRefuseIsDirtyWithItsColumn) {
    open(config());
    const std::string long_key(1025, 'k'), big(kCellBytesMax + 1, 'v');
    Append dirty = put(long_key, {"n", "1"});
    EXPECT_EQ(dirty.kind, Append::Kind::kDirty);
    EXPECT_EQ(dirty.column, 0);
    dirty = put("a", {big, "1"});
    EXPECT_EQ(dirty.kind, Append::Kind::kDirty);
    EXPECT_EQ(dirty.column, 1);
    dirty = put("a", {"n", "seven"});
    EXPECT_EQ(dirty.kind, Append::Kind::kDirty);
    EXPECT_EQ(dirty.column, 2);
    EXPECT_EQ(dirty.reason, "the value cannot be read as an integer");
    EXPECT_FALSE(writer_->has_open_batch());
    EXPECT_EQ(put(std::string(1024, 'k'), {big.substr(1), "1"}).kind, Append::Kind::kFull);
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok());
    EXPECT_TRUE(delivered->refused.empty());
}

TEST_F(OtsLimitsTest, AKeyWithoutAValueIsDirty) {
    open_transfer(config());
    for (const Value& missing : {Value(), Value::null()}) {
        const Append dirty = put_values({missing, Value::of_string("Ann"), Value::of_integer(1)});
        EXPECT_EQ(dirty.kind, Append::Kind::kDirty);
        EXPECT_EQ(dirty.column, 0);
    }
    auto numbers = config();
    numbers.primary_key = {{"uid", ValueType::kInteger}};
    open_transfer(numbers);
    const Append dirty =
        put_values({Value::of_string("x"), Value::of_string("Ann"), Value::of_integer(1)});
    EXPECT_EQ(dirty.kind, Append::Kind::kDirty);
    EXPECT_EQ(dirty.reason, "the value of a key column cannot be read as an integer");
}

TEST_F(OtsLimitsTest, TooManyColumnsAndTooBigRowsAreDirty) {
    auto wide = config();
    wide.columns.clear();
    for (size_t i = 0; i <= kCellsMax; ++i) {
        wide.columns.push_back({"c" + std::to_string(i), ValueType::kInteger});
    }
    open_transfer(wide);
    std::vector<Value> values(1 + wide.columns.size(), Value::of_integer(1));
    values[0] = Value::of_string("a");
    EXPECT_EQ(put_values(values).kind, Append::Kind::kDirty);
    values.back() = Value::null();  // left out: as many as may be
    EXPECT_EQ(put_values(values).kind, Append::Kind::kAdded);
    wide.columns.resize(3, {"", ValueType::kString});
    for (auto& column : wide.columns) column.type = ValueType::kString;
    open_transfer(wide);
    const std::string big(kCellBytesMax - 100, 'v');
    values.assign(4, Value::of_string(big));
    values[0] = Value::of_string("a");
    const Append dirty = put_values(values);
    EXPECT_EQ(dirty.kind, Append::Kind::kDirty);
    EXPECT_EQ(dirty.reason, "the row is larger than 4 MB");
}

TEST_F(OtsLimitsTest, RowsOfAnotherWidthAreDirty) {
    open_transfer(config());
    EXPECT_EQ(put_values({Value::of_string("a"), Value::of_string("Ann")}).reason,
              "the row has 2 values, the writer has 3 columns");
    EXPECT_EQ(put_values({}).kind, Append::Kind::kDirty);
}

}  // namespace
}  // namespace millrace::ots
