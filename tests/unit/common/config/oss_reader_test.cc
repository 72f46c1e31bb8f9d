#include "common/config/oss_reader.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

using Json = nlohmann::json;

PluginSpec spec(const Json& more) {
    PluginSpec reader;
    reader.plugin = "oss";
    reader.parameters = {{"endpoint", "http://127.0.0.1:9000"},
                         {"bucket", "bucket"},
                         {"accessId", "id"},
                         {"object", "dir/*.csv"},
                         {"column", {"*"}}};
    reader.parameters.update(more);
    reader.secrets = {{"accessKey", Secret("key")}};
    return reader;
}

TEST(OssReaderConfig, DefaultsReadCsvAsTexts) {
    const auto config = read_oss_reader(spec(Json::object()));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_EQ(config->objects, std::vector<std::string>{"dir/*.csv"});
    EXPECT_EQ(config->format, ObjectFormat::kCsv);
    EXPECT_TRUE(config->all_columns);
    EXPECT_EQ(config->delimiter, ',');
    EXPECT_EQ(config->encoding, "utf-8");
    EXPECT_FALSE(config->null_format);
    EXPECT_EQ(config->compress, ObjectCompression::kNone);
    EXPECT_FALSE(config->skip_header || config->success_on_no_object);
}

TEST(OssReaderConfig, ReadsAllOfIt) {
    const auto config =
        read_oss_reader(spec({{"object", {"a", "b?"}},
                              {"fileFormat", "text"},
                              {"column",
                               {{{"index", 0}},
                                {{"index", "1"}, {"type", "long"}},
                                {{"value", "x"}, {"type", "string"}},
                                {{"index", 2}, {"type", "Date"}, {"format", "yyyy-MM-dd"}}}},
                              {"fieldDelimiter", "\t"},
                              {"encoding", "UTF-8"},
                              {"nullFormat", ""},
                              {"skipHeader", true},
                              {"compress", "gzip"},
                              {"successOnNoObject", true},
                              {"timeZone", "UTC"}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_EQ(config->objects, (std::vector<std::string>{"a", "b?"}));
    EXPECT_EQ(config->format, ObjectFormat::kText);
    ASSERT_EQ(config->columns.size(), 4u);
    EXPECT_EQ(config->columns[1].index, 1u);
    EXPECT_EQ(config->columns[1].type, ObjectFieldType::kLong);
    EXPECT_EQ(config->columns[2].constant, "x");
    EXPECT_EQ(config->columns[3].date_format, "yyyy-MM-dd");
    EXPECT_EQ(config->null_format, "");
    EXPECT_EQ(config->compress, ObjectCompression::kGzip);
    EXPECT_EQ(config->time_zone, "UTC");
}

TEST(OssReaderConfig, ParquetColumnsHaveNames) {
    const Json columns = {{"column", {{{"name", "uid"}}}}};
    EXPECT_EQ(read_oss_reader(spec(columns)).status().text(),
              "a column of csv and text needs an index, not a name");
    Json parquet = columns;
    parquet["fileFormat"] = "parquet";
    const auto config = read_oss_reader(spec(parquet));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_EQ(config->columns.at(0).name, "uid");
}

TEST(OssReaderConfig, EveryOddColumnIsNamed) {
    const auto refusal = [](const Json& column) {
        return read_oss_reader(spec({{"column", column}})).status().text();
    };
    EXPECT_EQ(refusal(Json::array()), "\"column\" names no column");
    EXPECT_EQ(refusal({{{"index", -1}}}), "the index of a column must be 0 or more");
    EXPECT_EQ(refusal({{{"type", "long"}}}), "a column must have an index, a name or a value");
    EXPECT_EQ(refusal({{{"index", 0}, {"type", "bigint"}}}),
              "the type of a column must be string, long, double, boolean, date or bytes");
}

}  // namespace
}  // namespace millrace
