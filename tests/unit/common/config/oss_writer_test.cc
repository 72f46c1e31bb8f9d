#include "common/config/oss_writer.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

PluginSpec spec(const nlohmann::json& more = nlohmann::json::object()) {
    PluginSpec writer;
    writer.plugin = "oss";
    writer.parameters = {{"endpoint", "http://127.0.0.1:9000"},
                         {"bucket", "bucket"},
                         {"accessId", "id"},
                         {"object", "dir/orders"},
                         {"writeMode", "append"},
                         {"fileFormat", "csv"}};
    writer.parameters.update(more);
    writer.secrets = {{"accessKey", Secret("key")}};
    return writer;
}
std::string refusal(const nlohmann::json& more) {
    const auto config = read_oss_writer(spec(more));
    if (config.ok()) return "taken";
    EXPECT_EQ(config.status().code(), Code::kConfig);
    return config.status().text();
}

TEST(OssWriterConfig, DefaultsAreThoseOfTheParameterTable) {
    const auto config = read_oss_writer(spec());
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_EQ(config->part_bytes, 8u << 20);
    EXPECT_EQ(config->object_rows, 1'000'000u);
    EXPECT_EQ(config->object_bytes, 256u << 20);
    EXPECT_EQ(config->write_mode, OssWriteMode::kAppend);
    EXPECT_TRUE(config->format.quoting);
    EXPECT_EQ(config->format.null_text, "null");
    EXPECT_FALSE(config->format.trim || config->format.base64 || config->generate_empty_file);
    EXPECT_EQ(config->suffix, "");
}

TEST(OssWriterConfig, ReadsAllOfIt) {
    const auto config = read_oss_writer(spec({{"writeMode", "truncate"},
                                              {"fieldDelimiter", "\t"},
                                              {"nullFormat", ""},
                                              {"dateFormat", "yyyy-MM-dd'T'HH:mm:ss"},
                                              {"header", {"a", "b"}},
                                              {"suffix", "csv"},
                                              {"trimFields", true},
                                              {"byteEncoding", "base64"},
                                              {"objectRows", 5},
                                              {"generateEmptyFile", true}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_EQ(config->write_mode, OssWriteMode::kTruncate);
    EXPECT_EQ(config->format.delimiter, '\t');
    EXPECT_EQ(config->format.null_text, "");
    EXPECT_TRUE(config->format.trim && config->format.base64 && config->generate_empty_file);
    EXPECT_EQ(config->header, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(config->suffix, ".csv");
    EXPECT_EQ(config->object_rows, 5u);
}

TEST(OssWriterConfig, TextIsNeverTrimmedNorQuoted) {
    const auto config = read_oss_writer(spec({{"fileFormat", "TXT"}, {"trimFields", true}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_FALSE(config->format.quoting || config->format.trim);
}

TEST(OssWriterConfig, DataXsSizesSetOurs) {
    const auto config = read_oss_writer(spec({{"partBytes", 8 << 20},  // the table's default
                                              {"blockSizeInMB", 10},
                                              {"maxFileSize", 300}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_EQ(config->part_bytes, 10u << 20);
    EXPECT_EQ(config->object_bytes, 300u << 20);
    EXPECT_NE(refusal({{"partBytes", 200'000}, {"blockSizeInMB", 10}}).find("blockSizeInMB"),
              std::string::npos);
}

TEST(OssWriterConfig, ParquetHasItsOwnSettings) {
    const auto config =
        read_oss_writer(spec({{"fileFormat", "parquet"},
                              {"compress", "SNAPPY"},
                              {"rowGroupRows", 100},
                              {"column",
                               {{{"name", "uid"}, {"type", "BIGINT"}},
                                {{"name", "tags"}, {"type", "string"}, {"repeated", true}}}}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_EQ(config->file_format, ObjectFormat::kParquet);
    EXPECT_EQ(config->parquet.compression, ParquetCompression::kSnappy);
    EXPECT_EQ(config->parquet.row_group_rows, 100u);
    ASSERT_EQ(config->parquet.columns.size(), 2u);
    EXPECT_EQ(config->parquet.columns[0].type, "bigint");
    EXPECT_TRUE(config->parquet.columns[1].repeated);
    EXPECT_EQ(read_oss_writer(spec({{"fileFormat", "parquet"}, {"parquetSchema", "message m {}"}}))
                  ->parquet.schema,
              "message m {}");
}

TEST(OssWriterConfig, EveryOddValueNamesItsParameter) {
    const std::pair<nlohmann::json, const char*> cases[] = {
        {{{"writeMode", "Truncate"}}, "writeMode"},
        {{{"fileFormat", "orc"}}, "fileFormat"},
        {{{"encoding", "GBK"}}, "encoding"},
        {{{"fieldDelimiter", "||"}}, "fieldDelimiter"},
        {{{"fieldDelimiter", ""}}, "fieldDelimiter"},
        {{{"fieldDelimiter", "\""}}, "fieldDelimiter"},
        {{{"fieldDelimiter", "\n"}}, "fieldDelimiter"},
        {{{"lineDelimiter", "\r\n"}}, "lineDelimiter"},
        {{{"byteEncoding", "hex"}}, "byteEncoding"},
        {{{"dateFormat", "yyyy-jj"}}, "dateFormat"},
        {{{"dateFormat", "yyyy'T"}}, "dateFormat"},
        {{{"object", ""}}, "object"},
        {{{"object", "/a"}}, "object"},
        {{{"object", "a/"}}, "object"},
        {{{"object", "a/../b"}}, "object"},
        {{{"object", std::string(1000, 'x')}}, "object"},
        {{{"partBytes", 1000}}, "partBytes"},
        {{{"objectRows", 0}}, "objectRows"},
        {{{"partBytes", 131072}, {"objectBytes", 2'000'000'000'000}}, "at least 222222223"},
        {{{"header", 7}}, "header"},
        {{{"compress", "gzip"}}, "compress"},
        {{{"writeSingleObject", true}}, "writeSingleObject"},
        {{{"endpoint", "http://bucket.oss.com"}}, "bucket"},
    };
    for (const auto& [more, name] : cases) {
        EXPECT_NE(refusal(more).find(name), std::string::npos) << more << ": " << refusal(more);
    }
}

}  // namespace
}  // namespace millrace
