#include "common/codec/csv.h"
#include "common/codec/csv_reader.h"
#include "tests/golden/oss_golden.h"

namespace millrace {
namespace {

std::string trimmed(std::string text) {
    const auto blank = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
    while (!text.empty() && blank(text.back())) text.pop_back();
    size_t begin = 0;
    while (begin < text.size() && blank(text[begin])) ++begin;
    return text.substr(begin);
}

std::vector<std::string> read_one(const std::string& bytes, CsvDialect dialect) {
    CsvSplitter splitter(dialect, true);
    CsvRecord record;
    EXPECT_TRUE(splitter.next(bytes, true, record));
    EXPECT_EQ(record.raw, bytes) << "one record, to its last byte";
    EXPECT_EQ(record.problem, "");
    return {record.fields.begin(), record.fields.end()};
}

TEST(OssCsvGolden, WhatDataXWroteIsReadBack) {
    MILLRACE_GOLDEN_OSS(vectors, "datax-csv.json");
    size_t texts = 0;
    for (const auto& one : vectors) {
        const std::vector<std::string> row = one["row"];
        const std::string delimiter = one["delimiter"];
        std::vector<std::string> expected;
        bool plain = true;  // text has no quotes for what would break it
        for (const std::string& field : row) {
            expected.push_back(trimmed(field));
            plain = plain && field.find_first_of(delimiter + "\n\r") == std::string::npos;
        }
        EXPECT_EQ(read_one(one["csv"], {.delimiter = delimiter[0]}), expected) << one["id"];
        if (!plain) continue;
        ++texts;
        EXPECT_EQ(read_one(one["text"], {.quoting = false, .delimiter = delimiter[0]}), row)
            << one["id"];
    }
    EXPECT_GT(texts, 40u);
}

TEST(OssCsvGolden, BytesAsDataXWritesThem) {
    MILLRACE_GOLDEN_OSS(vectors, "datax-csv.json");
    for (const auto& one : vectors) {
        const std::vector<std::string> fields = one["row"];
        std::vector<Value> row;
        for (const std::string& field : fields) row.push_back(Value::of_string(field));
        const char delimiter = one["delimiter"].get<std::string>()[0];
        Buffer csv, text;
        CsvEncoder({.delimiter = delimiter, .trim = true}).append_row(row, csv);
        EXPECT_EQ(csv.view(), one["csv"].get<std::string>()) << one["id"];
        CsvEncoder({.quoting = false, .delimiter = delimiter}).append_row(row, text);
        EXPECT_EQ(text.view(), one["text"].get<std::string>()) << one["id"];
    }
    EXPECT_GT(vectors.size(), 80u);
}

}  // namespace
}  // namespace millrace
