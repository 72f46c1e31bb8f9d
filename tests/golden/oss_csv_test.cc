#include "common/codec/csv.h"
#include "tests/golden/oss_golden.h"

namespace millrace {
namespace {

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
