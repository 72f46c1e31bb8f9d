#include "worker/targets/elasticsearch/encoder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace millrace::elasticsearch {
namespace {

struct Case {
    ColumnType type;
    Value value;
    const char* json;  // nullptr: dirty
};
void PrintTo(const Case& one, std::ostream* out) {
    *out << "type " << int(one.type) << " gives " << (one.json ? one.json : "dirty");
}

class Encode : public ::testing::TestWithParam<Case> {};

TEST_P(Encode, ByType) {
    const auto encoder = FieldEncoder::create({.name = "f", .type = GetParam().type});
    ASSERT_TRUE(encoder.ok());
    Buffer out;
    const char* reason = encoder->append(GetParam().value, out);
    EXPECT_EQ(reason != nullptr, GetParam().json == nullptr) << (reason ? reason : out.view());
    if (!reason) {
        EXPECT_EQ(out.view(), GetParam().json);
    }
}

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
const auto text = Value::of_string;
const auto number = Value::of_integer;
const auto real = Value::of_real;
const auto flag = Value::of_boolean;
const auto bytes = Value::of_binary;

INSTANTIATE_TEST_SUITE_P(Text, Encode,
                         ::testing::Values(Case{ColumnType::kText, text("a\"b"), R"("a\"b")"},
                                           Case{ColumnType::kText, text("\xff"), nullptr},
                                           Case{ColumnType::kText, text("中"), "\"中\""},
                                           Case{ColumnType::kText, bytes("raw"), "\"raw\""},
                                           Case{ColumnType::kText, bytes("\xc0\x80"), nullptr},
                                           Case{ColumnType::kKeyword, number(-5), "\"-5\""},
                                           Case{ColumnType::kKeyword, real(1), "\"1.0\""},
                                           Case{ColumnType::kKeyword, real(1e-7), "\"0.00000010\""},
                                           Case{ColumnType::kText, flag(true), "\"true\""},
                                           Case{ColumnType::kIp, text("10.0.0.1"),
                                                "\"10.0.0.1\""}));

INSTANTIATE_TEST_SUITE_P(
    Numbers, Encode,
    ::testing::Values(
        Case{ColumnType::kLong, number(INT64_MIN), "-9223372036854775808"},
        Case{ColumnType::kLong, text("12"), "12"}, Case{ColumnType::kLong, text("12.9"), "12"},
        Case{ColumnType::kLong, text("1e3"), "1000"},
        Case{ColumnType::kLong, text("1e30"), nullptr}, Case{ColumnType::kLong, text(""), nullptr},
        Case{ColumnType::kLong, text("12x"), nullptr},
        Case{ColumnType::kLong, text("NaN"), nullptr}, Case{ColumnType::kLong, real(-2.7), "-2"},
        Case{ColumnType::kLong, real(9.3e18), nullptr}, Case{ColumnType::kLong, flag(true), "1"},
        Case{ColumnType::kLong, bytes("1"), nullptr},
        Case{ColumnType::kInteger, number(2147483647), "2147483647"},
        Case{ColumnType::kInteger, number(2147483648), nullptr},
        Case{ColumnType::kShort, number(-32769), nullptr},
        Case{ColumnType::kByte, number(127), "127"}, Case{ColumnType::kByte, number(128), nullptr},
        Case{ColumnType::kDouble, real(0.1), "0.1"}, Case{ColumnType::kDouble, number(3), "3"},
        Case{ColumnType::kDouble, text(" 2.5 "), "2.5"},
        Case{ColumnType::kFloat, text("abc"), nullptr},
        Case{ColumnType::kDouble, real(kNan), nullptr},
        Case{ColumnType::kDouble, text("Infinity"), nullptr}));

INSTANTIATE_TEST_SUITE_P(
    Others, Encode,
    ::testing::Values(Case{ColumnType::kBoolean, text("TRUE"), "true"},
                      Case{ColumnType::kBoolean, text("yes"), nullptr},
                      Case{ColumnType::kBoolean, number(2), "true"},
                      Case{ColumnType::kBoolean, real(1), nullptr},
                      Case{ColumnType::kDate, number(1510036262000), "1510036262000"},
                      Case{ColumnType::kDate, text("2026-11-21"), "\"2026-11-21\""},
                      Case{ColumnType::kDate, flag(true), nullptr},
                      Case{ColumnType::kBinary, bytes("\x01\xff"), "\"Af8=\""},
                      Case{ColumnType::kBinary, text("a"), "\"YQ==\""},
                      Case{ColumnType::kBinary, number(1), nullptr},
                      Case{ColumnType::kObject, text("{ \"a\" :\n [1, \"x y\"] }"),
                           R"({"a":[1,"x y"]})"},
                      Case{ColumnType::kObject, text("[]"), nullptr},
                      Case{ColumnType::kObject, text("{\"a\":}"), nullptr},
                      Case{ColumnType::kObject, text("{}{}"), nullptr},
                      Case{ColumnType::kObject, text(""), nullptr},
                      Case{ColumnType::kNested, text("[{\"a\":1}]"), R"([{"a":1}])"}));

TEST(Dates, AreWrittenAsIso8601InTheirZone) {
    const auto encode = [](ColumnType type, const char* format, const char* zone, Value value) {
        Column column;
        column.type = type;
        column.format = format;
        column.zone = zone;
        const auto made = FieldEncoder::create(column);
        if (!made.ok()) return made.status().text();
        Buffer out;
        const char* reason = made->append(value, out);
        return reason ? std::string(reason) : std::string(out.view());
    };
    const Value instant = Value::of_datetime(1'795'226'405'070);
    EXPECT_EQ(encode(ColumnType::kDate, "yyyy-MM-dd HH:mm:ss", "Asia/Shanghai",
                     text("2026-11-21 10:00:05")),
              "\"2026-11-21T10:00:05.000+08:00\"");
    EXPECT_EQ(encode(ColumnType::kDate, "yyyy", "", text("x")),
              "does not have the column's date format");
    EXPECT_EQ(encode(ColumnType::kDate, "", "Asia/Shanghai", instant),
              "\"2026-11-21T10:00:05.070+08:00\"");
    EXPECT_EQ(encode(ColumnType::kText, "", "", instant), "\"2026-11-21T02:00:05.070+00:00\"");
    EXPECT_EQ(encode(ColumnType::kDate, "", "", Value::of_date(20'778)), "\"2026-11-21\"");
    EXPECT_NE(encode(ColumnType::kDate, "", "Nowhere/Else", instant).find("not known"),
              std::string::npos);
}

TEST(FieldNames, LongAndOddOnesAreWhole) {
    for (const std::string& name :
         {std::string("a"), std::string(29, 'n'), std::string(30, 'n'), std::string(100, 'n')}) {
        Buffer out;
        FieldName(name).append(out);
        EXPECT_EQ(out.view(), "\"" + name + "\":");
    }
    Buffer out;
    FieldName("a\"b").append(out);
    EXPECT_EQ(out.view(), R"("a\"b":)");
}

}  // namespace
}  // namespace millrace::elasticsearch
