#include "worker/targets/odps/encoder.h"

#include <gtest/gtest.h>

#include <cmath>

#include "common/services/maxcompute/record_reader.h"

namespace millrace {
namespace {

using maxcompute::Column;
using maxcompute::Field;
using maxcompute::make_column;
using maxcompute::RecordReader;
using maxcompute::RecordWriter;
using maxcompute::written_columns;

// One value in a table of one column: the field that a reader gets, or why it is dirty.
struct Written {
    std::string dirty;
    Field field;
    std::string text;
};

Written write(const std::string& type, const Value& value, bool empty_as_null = false,
              bool nullable = true) {
    std::vector<Column> table = {make_column("c", type)};
    table[0].nullable = nullable;
    OdpsEncoder encoder =
        *OdpsEncoder::create(*written_columns(table, {}), {"Asia/Shanghai", empty_as_null});
    Buffer out;
    RecordWriter writer(out);
    RowCounts counts;
    Change change;
    const std::vector<Value> row = {value};
    change.values = row;
    change.rows = change.width = 1;
    const Append outcome = encoder.append(change, writer, counts);
    Written written;
    if (outcome.kind == Append::Kind::kDirty) {
        EXPECT_EQ(outcome.column, 0);
        EXPECT_TRUE(out.empty());
        EXPECT_EQ(counts.rows, 0u);
        written.dirty = outcome.reason;
        return written;
    }
    EXPECT_EQ(outcome.kind, Append::Kind::kAdded);
    Sum128 sum;
    sum.add(out.view());
    EXPECT_EQ(counts.sum, sum);
    writer.end_stream();
    RecordReader reader(table, out.view());
    std::vector<Field> fields;
    EXPECT_TRUE(*reader.next(fields));
    written.field = fields[0];
    written.text = std::string(fields[0].bytes);
    EXPECT_FALSE(*reader.next(fields));
    return written;
}

std::string dirty(const std::string& type, const Value& value) {
    return write(type, value).dirty;
}
Value text(std::string_view text) {
    return Value::of_string(text);
}

TEST(OdpsCells, WholeNumbersAreHeldToTheirRange) {
    for (const auto& [type, low, high] : {std::tuple{"tinyint", int64_t{-128}, int64_t{127}},
                                          {"smallint", int64_t{-32768}, int64_t{32767}},
                                          {"int", int64_t{INT32_MIN}, int64_t{INT32_MAX}},
                                          {"bigint", INT64_MIN + 1, INT64_MAX}}) {
        EXPECT_EQ(write(type, Value::of_integer(low)).field.integer, low) << type;
        EXPECT_EQ(write(type, Value::of_integer(high)).field.integer, high) << type;
        EXPECT_EQ(write(type, text(std::to_string(high))).field.integer, high) << type;
        EXPECT_NE(dirty(type, Value::of_integer(low - 1)), "") << type;
        if (high == INT64_MAX) continue;
        EXPECT_NE(dirty(type, Value::of_integer(high + 1)), "") << type;
    }
    EXPECT_EQ(write("bigint", text("12.9")).field.integer, 12);
    EXPECT_EQ(write("bigint", text("-1.5e3")).field.integer, -1500);
    EXPECT_EQ(write("int", Value::of_real(-2.7)).field.integer, -2);
    EXPECT_EQ(write("int", Value::of_boolean(true)).field.integer, 1);
    EXPECT_EQ(write("bigint", Value::of_datetime(5)).field.integer, 5);
    for (const char* odd : {"", "x", "1x", "9223372036854775808", "NaN"}) {
        EXPECT_NE(dirty("bigint", text(odd)), "") << odd;
    }
    EXPECT_NE(dirty("bigint", Value::of_real(NAN)), "");
    EXPECT_NE(dirty("bigint", Value::of_real(1e19)), "");
    EXPECT_NE(dirty("bigint", Value::of_real(9223372036854775808.0)), "");
    EXPECT_NE(dirty("bigint", Value::of_binary("1")), "");
}

TEST(OdpsCells, RealNumbersAndBooleans) {
    EXPECT_EQ(write("double", Value::of_real(1.5)).field.real, 1.5);
    EXPECT_EQ(write("double", Value::of_integer(3)).field.real, 3.0);
    EXPECT_EQ(write("double", text("-1e300")).field.real, -1e300);
    EXPECT_TRUE(std::isnan(write("double", Value::of_real(NAN)).field.real));
    EXPECT_EQ(write("float", Value::of_real(0.25)).field.real, 0.25);
    EXPECT_NE(dirty("float", Value::of_real(1e39)), "");
    EXPECT_NE(dirty("double", text("1e999")), "");
    EXPECT_NE(dirty("double", text("")), "");
    EXPECT_EQ(write("boolean", Value::of_boolean(true)).field.integer, 1);
    EXPECT_EQ(write("boolean", Value::of_integer(0)).field.integer, 0);
    EXPECT_EQ(write("boolean", text("TRUE")).field.integer, 1);
    EXPECT_EQ(write("boolean", text("False")).field.integer, 0);
    EXPECT_NE(dirty("boolean", text("yes")), "");
    EXPECT_NE(dirty("boolean", Value::of_real(1)), "");
}

TEST(OdpsCells, Decimals) {
    EXPECT_EQ(write("decimal(10,2)", Value::of_integer(-7)).text, "-7");
    EXPECT_EQ(write("decimal(10,2)", Value::of_real(1e7)).text, "10000000");
    EXPECT_EQ(write("decimal(10,2)", text("1.005")).text, "1.01");
    EXPECT_EQ(write("decimal(10,2)", Value::of_boolean(true)).text, "1");
    EXPECT_NE(dirty("decimal(10,2)", Value::of_real(NAN)), "");
    EXPECT_NE(dirty("decimal(10,2)", text("one")), "");
    EXPECT_NE(dirty("decimal(10,2)", Value::of_integer(123456789)), "");
}

TEST(OdpsCells, TextsAsCsvWritesThem) {
    EXPECT_EQ(write("string", text("中 x")).text, "中 x");
    EXPECT_EQ(write("string", Value::of_integer(-12)).text, "-12");
    EXPECT_EQ(write("string", Value::of_real(1)).text, "1.0");
    EXPECT_EQ(write("string", Value::of_real(1e-7)).text, "0.00000010");
    EXPECT_EQ(write("string", Value::of_boolean(false)).text, "false");
    EXPECT_EQ(write("string", Value::of_binary("bytes")).text, "bytes");
    EXPECT_EQ(write("string", Value::of_datetime(1577934245678)).text, "2020-01-02 11:04:05");
    EXPECT_EQ(write("string", Value::of_date(18321)).text, "2020-02-29");
    EXPECT_NE(dirty("string", text("\xff")), "");
    EXPECT_NE(dirty("string", Value::of_binary(std::string_view("\xc3\x28", 2))), "");
    EXPECT_EQ(write("varchar(2)", text("中文")).text, "中文");
    EXPECT_NE(dirty("varchar(2)", text("中文字")), "");
    EXPECT_NE(dirty("char(1)", text("ab")), "");
    const std::string most(8'388'608, 'x');
    EXPECT_EQ(write("string", text(most)).text.size(), most.size());
    EXPECT_NE(dirty("string", text(most + "x")), "");
    EXPECT_NE(dirty("binary", text(most + "x")), "");
    EXPECT_EQ(write("binary", Value::of_binary(std::string_view("\0\xff", 2))).text,
              std::string("\0\xff", 2));
    EXPECT_NE(dirty("binary", Value::of_integer(1)), "");
}

TEST(OdpsCells, DatesInTheJobsZone) {
    EXPECT_EQ(write("datetime", text("2020-01-02 11:04:05.678")).field.integer, 1577934245678);
    EXPECT_EQ(write("datetime", text("2020-01-02T03:04:05Z")).field.integer, 1577934245000);
    EXPECT_EQ(write("datetime", Value::of_integer(-1)).field.integer, -1);
    EXPECT_EQ(write("datetime", Value::of_datetime(1577934245678)).field.integer, 1577934245678);
    EXPECT_EQ(write("datetime", text("20200229")).field.integer, 1582905600000);
    EXPECT_EQ(write("date", text("2020-02-29 23:59:59")).field.integer, 18321);
    // 17:00 UTC is the next day there.
    EXPECT_EQ(
        write("date", Value::of_datetime(18320 * int64_t{86'400'000} + 61'200'000)).field.integer,
        18321);
    EXPECT_EQ(write("date", Value::of_date(-1)).field.integer, -1);
    const Written exact = write("timestamp", text("1970-01-01 07:59:59.500000001"));
    EXPECT_EQ(exact.field.integer, -1);
    EXPECT_EQ(exact.field.nanos, 500'000'001);
    EXPECT_EQ(write("timestamp_ntz", text("2020-01-02 03:04:05")).field.integer, 1577934245);
    EXPECT_EQ(write("timestamp_ntz", Value::of_integer(1577934245000)).field.integer,
              1577934245 + 8 * 3600);
    EXPECT_EQ(write("timestamp", Value::of_integer(-1)).field.nanos, 999'000'000);
    for (const char* odd : {"", "tomorrow", "2020-02-30"}) {
        EXPECT_NE(dirty("datetime", text(odd)), "") << odd;
    }
    EXPECT_NE(dirty("datetime", Value::of_integer(INT64_MAX)), "");
    EXPECT_NE(dirty("date", Value::of_boolean(true)), "");
    EXPECT_EQ(write("timestamp", text("2020-01-02T03:04:05.123456789Z")).field.nanos, 123'456'789);
    EXPECT_EQ(write("timestamp", text("2020-01-02T03:04:05.25+08:00")).field.nanos, 250'000'000);
    EXPECT_EQ(write("datetime", Value::of_date(18321)).field.integer, 1582905600000);
    EXPECT_EQ(write("timestamp_ntz", Value::of_date(18321)).field.integer, 18321 * 86'400);
    EXPECT_NE(dirty("date", Value::of_date(3'000'000)), "");
}

TEST(OdpsCells, NullsAndEmptyTexts) {
    EXPECT_TRUE(write("bigint", Value::null()).field.null);
    EXPECT_TRUE(write("string", Value()).field.null);
    EXPECT_FALSE(write("string", text("")).field.null);
    EXPECT_TRUE(write("string", text(""), true).field.null);
    EXPECT_FALSE(write("binary", text(""), true).field.null);
    EXPECT_NE(write("string", Value::null(), false, false).dirty, "");
    EXPECT_EQ(write("string", text("x"), false, false).text, "x");
}

TEST(OdpsEncoder, ColumnsByNameInAnyOrderAndTheRestNull) {
    const std::vector<Column> table = {make_column("a", "bigint"), make_column("b", "string"),
                                       make_column("c", "double")};
    OdpsEncoder encoder = *OdpsEncoder::create(*written_columns(table, {"C", "a"}), {"UTC", false});
    Buffer out;
    RecordWriter writer(out);
    RowCounts counts;
    Change change;
    const std::vector<Value> rows = {Value::of_real(0.5), Value::of_integer(1), Value::of_real(1.5),
                                     Value::of_integer(2)};
    change.values = rows;
    change.rows = change.width = 2;
    EXPECT_EQ(encoder.append(change, writer, counts).kind, Append::Kind::kAdded);
    // A row of a change that does not fit takes the whole change back.
    const size_t before = out.size();
    const std::vector<Value> bad = {Value::of_real(0.5), Value::of_integer(1), Value::of_real(1.5),
                                    text("x")};
    change.values = bad;
    const Append refused = encoder.append(change, writer, counts);
    EXPECT_EQ(refused.kind, Append::Kind::kDirty);
    EXPECT_EQ(refused.column, 1);
    EXPECT_EQ(out.size(), before);
    EXPECT_EQ(counts.rows, 2u);
    // Rows may be shorter than the list.
    const std::vector<Value> brief = {Value::of_real(2.5)};
    change.values = brief;
    change.rows = change.width = 1;
    EXPECT_EQ(encoder.append(change, writer, counts).kind, Append::Kind::kAdded);
    writer.end_stream();
    RecordReader reader(table, out.view());
    std::vector<Field> fields;
    for (const int64_t expected : {1, 2}) {
        ASSERT_TRUE(*reader.next(fields));
        EXPECT_EQ(fields[0].integer, expected);
        EXPECT_TRUE(fields[1].null);
        EXPECT_EQ(fields[2].real, static_cast<double>(expected) - 0.5);
    }
    ASSERT_TRUE(*reader.next(fields));
    EXPECT_TRUE(fields[0].null);
    EXPECT_EQ(fields[2].real, 2.5);
    EXPECT_FALSE(*reader.next(fields));
}

TEST(OdpsEncoder, DropsByTheRulesOfRowMode) {
    OdpsEncoder encoder =
        *OdpsEncoder::create(*written_columns({make_column("a", "bigint")}, {}), {"UTC", false});
    Buffer out;
    RecordWriter writer(out);
    RowCounts counts;
    Change change;
    change.kind = ChangeKind::kDelete;
    EXPECT_EQ(encoder.append(change, writer, counts).rule, DropRule::kDeleteInRowMode);
    const std::vector<Value> row = {Value()};
    change.kind = ChangeKind::kUpdate;
    change.values = row;
    change.rows = change.width = 1;
    change.any_value = false;
    EXPECT_EQ(encoder.append(change, writer, counts).rule, DropRule::kNoConfiguredColumn);
    EXPECT_TRUE(out.empty());
}

TEST(WrittenColumns, WhatDoesNotFitIsNamed) {
    const std::vector<Column> table = {make_column("a", "bigint"), make_column("b", "array<int>")};
    EXPECT_NE(written_columns(table, {"x"}).status().text().find("which has a, b"),
              std::string::npos);
    EXPECT_FALSE(written_columns(table, {"a", "A"}).ok());
    EXPECT_NE(written_columns(table, {}).status().text().find("\"b\" of type array<int>"),
              std::string::npos);
    EXPECT_EQ(written_columns(table, {"a"})->at(0).number, 1u);
}

}  // namespace
}  // namespace millrace
