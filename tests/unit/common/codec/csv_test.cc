#include "common/codec/csv.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace millrace {
namespace {

std::string encode(const CsvFormat& format, const std::vector<Value>& row) {
    Buffer out;
    EXPECT_TRUE(CsvEncoder(format).append_row(row, out).ok());
    return std::string(out.view());
}
std::string encode(const std::vector<Value>& row) {
    return encode(CsvFormat{}, row);
}
Value text(std::string_view bytes) {
    return Value::of_string(bytes);
}

TEST(Csv, EveryTypeHasItsText) {
    EXPECT_EQ(encode({Value::of_integer(-7), Value::of_real(1), Value::of_boolean(true),
                      Value::of_boolean(false), text("a b"), Value::of_binary("bytes"),
                      Value::null(), Value()}),
              "-7,1.0,true,false,a b,bytes,null,null\n");
}

TEST(Csv, QuotesWhatDataXQuotes) {
    EXPECT_EQ(encode({text("a,b"), text("say \"hi\""), text("two\nlines"), text("cr\ronly")}),
              "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",cr\ronly\n");
    EXPECT_EQ(encode({text(""), text("")}), "\"\",\n");
    EXPECT_EQ(encode({text("#1"), text("#2")}), "\"#1\",#2\n");
}

TEST(Csv, DatesByPatternAndZone) {
    const Value instant = Value::of_datetime(1'795'226'405'070), day = Value::of_date(20'778);
    EXPECT_EQ(encode({instant, day}), "2026-11-21 02:00:05,2026-11-21\n");
    EXPECT_EQ(encode({.time_zone = "Asia/Shanghai"}, {instant, day}),
              "2026-11-21 10:00:05,2026-11-21\n");
    EXPECT_EQ(
        encode({.date_format = "yyyyMMdd,HH:mm", .time_zone = "Asia/Shanghai"}, {day, instant}),
        "\"20261121,00:00\",\"20261121,10:00\"\n");
}

TEST(Csv, ACarriageReturnAtTheLinesEndIsQuoted) {
    EXPECT_EQ(encode({text("a\r"), text("b\r")}), "a\r,\"b\r\"\n");
    EXPECT_EQ(encode({text("\r")}), "\"\r\"\n");
}

TEST(Csv, KeepsBlanksUnlessTrimIsAsked) {
    EXPECT_EQ(encode({text("  a "), text("\tb\n")}), "  a ,\"\tb\n\"\n");
    EXPECT_EQ(encode({.trim = true}, {text("  a "), text("\tb\n")}), "a,b\n");
}

TEST(Csv, TheNullTextIsAFieldLikeOthers) {
    EXPECT_EQ(encode({.null_text = ""}, {Value::null(), Value::null()}), "\"\",\n");
    EXPECT_EQ(encode({.null_text = "a,b"}, {text("x"), Value::null()}), "x,\"a,b\"\n");
}

TEST(Csv, TextFormatJoinsAsIs) {
    const CsvFormat format{.quoting = false, .delimiter = '\t', .line_end = "\r\n"};
    EXPECT_EQ(encode(format, {text("a\tb"), text("\"q\""), text("")}), "a\tb\t\"q\"\t\r\n");
}

TEST(Csv, BinaryIsTextOrBase64OrDirty) {
    const std::string bytes = "\xff\xfe";
    EXPECT_EQ(encode({.base64 = true}, {Value::of_binary(bytes)}), "//4=\n");
    Buffer out;
    out.append("before");
    const auto outcome =
        CsvEncoder({}).append_row(std::vector{text("x"), Value::of_binary(bytes)}, out);
    EXPECT_EQ(outcome.dirty_column, 1);
    EXPECT_NE(outcome.reason.find("byteEncoding"), std::string_view::npos);
    EXPECT_EQ(out.view(), "before");
}

TEST(Csv, HeaderFollowsTheSameRules) {
    Buffer out;
    CsvEncoder({}).append_header(std::vector<std::string>{"id", "a,b"}, out);
    EXPECT_EQ(out.view(), "id,\"a,b\"\n");
}

// The rules byte by byte, as the reference for the vector code.
std::string reference(const std::vector<std::string>& row, char delimiter) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
        const std::string& field = row[i];
        const char marks[] = {'"', '\n', delimiter, '\0'};
        const bool quoted = field.find_first_of(marks) != std::string::npos ||
                            (i == 0 && (field.empty() || field[0] == '#')) ||
                            (i + 1 == row.size() && field.ends_with('\r'));
        if (i > 0) line += delimiter;
        if (quoted) line += '"';
        for (char c : field) line += c == '"' ? std::string("\"\"") : std::string(1, c);
        if (quoted) line += '"';
    }
    return line + "\n";
}

RC_GTEST_PROP(CsvProperty, EqualsTheRulesByteByByte, ()) {
    const char delimiter = *rc::gen::element(',', '|', '\t');
    const auto letter = rc::gen::weightedOneOf<char>(
        {{60, rc::gen::inRange('a', 'z')}, {1, rc::gen::element('"', ',', '|', '\n', '\0', '#')}});
    const auto field = rc::gen::mapcat(rc::gen::inRange<size_t>(0, 100), [&](size_t size) {
        return rc::gen::container<std::string>(size, letter);
    });
    const auto row = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(field));
    std::vector<Value> values;
    for (const std::string& one : row) values.push_back(text(one));
    Buffer out;
    CsvEncoder({.delimiter = delimiter}).append_row(values, out);
    RC_ASSERT(out.view() == reference(row, delimiter));
}

}  // namespace
}  // namespace millrace
