#include "common/codec/csv_reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "common/codec/csv.h"

namespace millrace {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Split {
    Rows rows;  // blank lines left out
    std::vector<std::string> problems;
    std::vector<std::string> raw;
    uint64_t lines = 0;
};

// As a reader does, with all bytes at hand.
Split split(const std::string& text, CsvDialect dialect = {}) {
    // Of exactly this size on the heap: a sanitizer sees every step outside of it.
    const std::unique_ptr<char[]> copy(new char[text.size()]);
    std::copy(text.begin(), text.end(), copy.get());
    std::string_view rest(copy.get(), text.size());
    CsvSplitter splitter(dialect, true);
    CsvRecord record;
    Split split;
    while (!rest.empty()) {
        EXPECT_TRUE(splitter.next(rest, true, record));
        if (record.raw.empty() || !rest.starts_with(record.raw)) {
            ADD_FAILURE() << "no way forward";
            return split;
        }
        rest.remove_prefix(record.raw.size());
        split.raw.emplace_back(record.raw);
        split.lines += record.lines;
        if (!record.problem.empty()) {
            split.problems.push_back(std::to_string(record.problem_field) + ": " +
                                     std::string(record.problem));
        } else if (!record.fields.empty()) {
            split.rows.emplace_back(record.fields.begin(), record.fields.end());
        }
    }
    return split;
}

TEST(CsvReader, FieldsAndLineEnds) {
    const Rows two = {{"a", "b"}, {"c", ""}};
    EXPECT_EQ(split("a,b\nc,\n").rows, two);
    EXPECT_EQ(split("a,b\r\nc,\r\n").rows, two);
    EXPECT_EQ(split("a,b\nc,").rows, two) << "the last line needs no end";
    EXPECT_EQ(split("\xEF\xBB\xBF"
                    "a,b\nc,\n")
                  .rows,
              two);
    EXPECT_EQ(split("a\rb,c\n").rows, (Rows{{"a\rb", "c"}})) << "a lone \\r is text";
    EXPECT_EQ(split("").rows, Rows());
    EXPECT_EQ(split("\xEF\xBB\xBF").rows, Rows());
}

TEST(CsvReader, QuotesCoverDelimitersAndLineEnds) {
    EXPECT_EQ(split("\"a,b\",\"c\nd\r\ne\",\"say \"\"hi\"\"\"\n").rows,
              (Rows{{"a,b", "c\nd\r\ne", "say \"hi\""}}));
    EXPECT_EQ(split("\"\"\n\"\",\"\"\"\"\n").rows, (Rows{{""}, {"", "\""}}));
    EXPECT_EQ(split("\"a\"\r\n\"b\"").rows, (Rows{{"a"}, {"b"}}));
    EXPECT_EQ(split("5\" pipe,x\n").rows, (Rows{{"5\" pipe", "x"}}))
        << "a quote inside of a field is text";
}

TEST(CsvReader, BlankLinesAreNoRecordsOfCsv) {
    EXPECT_EQ(split("\na\n\r\n\nb\n").rows, (Rows{{"a"}, {"b"}}));
    const CsvDialect text{.quoting = false};
    EXPECT_EQ(split("\na\n\n", text).rows, (Rows{{""}, {"a"}, {""}}));
}

TEST(CsvReader, TextKnowsNoQuotes) {
    const CsvDialect tabs{.quoting = false, .delimiter = '\t'};
    EXPECT_EQ(split("\"a\t\"\"\tb,c\r\n", tabs).rows, (Rows{{"\"a", "\"\"", "b,c"}}));
}

TEST(CsvReader, LinesAreCountedWithThoseInQuotes) {
    EXPECT_EQ(split("a\n\"b\nc\nd\",e\n\nf\n").lines, 6u);
    EXPECT_EQ(split("a\n\"b\"").lines, 2u);
}

TEST(CsvReader, AProblemTakesItsLineOnly) {
    const Split stray = split("a,b\nc,\"d\"e,f\ng\n");
    EXPECT_EQ(stray.rows, (Rows{{"a", "b"}, {"g"}}));
    EXPECT_EQ(stray.problems, std::vector<std::string>{"1: text stands behind a closing quote"});
    EXPECT_EQ(stray.raw[1], "c,\"d\"e,f\n");
    const Split open = split("a,\"b\nc,d\ne,f\n");
    EXPECT_EQ(open.rows, (Rows{{"c", "d"}, {"e", "f"}}));
    EXPECT_EQ(open.problems, std::vector<std::string>{"1: a quote is not closed"});
}

TEST(CsvReader, MoreBytesAreAskedForUntilTheEndIsSeen) {
    const std::string line =
        "\xEF\xBB\xBF"
        "a,\"b\"\"\nc\",d\r\n";
    for (size_t size = 1; size < line.size(); ++size) {
        CsvSplitter splitter({}, true);
        CsvRecord record;
        EXPECT_FALSE(splitter.next(std::string_view(line).substr(0, size), false, record)) << size;
        EXPECT_TRUE(splitter.next(line, false, record));
        EXPECT_EQ(record.fields, (std::vector<std::string_view>{"a", "b\"\nc", "d"}));
    }
}

TEST(CsvReader, GivesUpOneLine) {
    CsvSplitter splitter({}, false);
    CsvRecord record;
    EXPECT_FALSE(splitter.give_up("\"abc", record));
    ASSERT_TRUE(splitter.give_up("\"abc\ndef\n", record));
    EXPECT_EQ(record.raw, "\"abc\n");
    EXPECT_FALSE(record.problem.empty());
}

rc::Gen<std::string> any_field() {
    const auto odd = rc::gen::element<char>('"', ',', '\n', '\r', '#', ' ', '|', 'a', 'b', '\0');
    const auto few = rc::gen::container<std::string>(odd);
    const auto many = rc::gen::container<std::string>(150, odd);
    const auto plain = rc::gen::container<std::string>(rc::gen::inRange<char>('a', 'z'));
    return rc::gen::oneOf(few, plain, many);
}

RC_GTEST_PROP(CsvReaderProperty, ReadsWhatTheEncoderWrites, ()) {
    const char delimiter = *rc::gen::element(',', '|', '\t', ';');
    const auto rows = *rc::gen::container<std::vector<std::vector<std::string>>>(
        rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(any_field())));
    const CsvEncoder encoder({.delimiter = delimiter});
    Buffer out;
    for (const auto& row : rows) {
        std::vector<Value> values;
        for (const std::string& field : row) values.push_back(Value::of_string(field));
        RC_ASSERT(encoder.append_row(values, out).ok());
    }
    const Split read = split(std::string(out.view()), {.delimiter = delimiter});
    RC_ASSERT(read.problems.empty());
    RC_ASSERT(read.rows == rows);
}

}  // namespace
}  // namespace millrace
