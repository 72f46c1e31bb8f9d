// What ots reader and writer make of their parameters.
#include <gtest/gtest.h>

#include "common/config/ots_reader.h"
#include "common/config/ots_writer.h"

namespace millrace {
namespace {

using Json = nlohmann::json;

PluginSpec spec(const Json& more) {
    PluginSpec plugin;
    plugin.plugin = "ots";
    plugin.parameters = {{"endpoint", "http://127.0.0.1:8080"},
                         {"instanceName", "school"},
                         {"accessId", "id"},
                         {"table", "user_info"}};
    plugin.parameters.update(more);
    plugin.secrets = {{"accessKey", Secret("key")}, {"securityToken", Secret("token")}};
    return plugin;
}

std::string refusal_of_reader(const Json& more) {
    const auto config = read_ots_reader(spec(more));
    return config.ok() ? "taken" : config.status().text();
}
std::string refusal_of_writer(const Json& more) {
    const auto config = read_ots_writer(spec(more));
    return config.ok() ? "taken" : config.status().text();
}

TEST(TableReaderConfig, DefaultsReadTheWholeTable) {
    const auto config = read_ots_reader(spec({{"region", "cn-hangzhou"}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_EQ(config->table, "user_info");
    EXPECT_EQ(config->mode, TableReadMode::kNormal);
    EXPECT_TRUE(config->columns.empty() && config->begin.empty() && config->split.empty());
    EXPECT_EQ(config->time_begin_ms, 0);
    EXPECT_EQ(config->time_end_ms, INT64_MAX);
    EXPECT_EQ(config->max_versions, INT32_MAX);
    EXPECT_EQ(config->address.region, "cn-hangzhou");
    EXPECT_EQ(config->address.sts_token.reveal(), "token");
}

TEST(TableReaderConfig, BoundsOfEveryKind) {
    const auto config = read_ots_reader(
        spec({{"range",
               {{"begin", {{{"type", "INF_MIN"}}, {{"type", "STRING"}, {"value", "begin1"}}}},
                {"end", {{{"type", "inf_max"}}, {{"type", "INT"}, {"value", "-100"}}}},
                {"split",
                 {{{"type", "INF_MIN"}},
                  {{"type", "binary"}, {"value", "AAE="}},
                  {{"type", "INF_MAX"}}}}}}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    using Kind = KeyBound::Kind;
    EXPECT_EQ(config->begin,
              (std::vector<KeyBound>{{Kind::kMin, "", 0}, {Kind::kString, "begin1", 0}}));
    EXPECT_EQ(config->end,
              (std::vector<KeyBound>{{Kind::kMax, "", 0}, {Kind::kInteger, "-100", -100}}));
    EXPECT_EQ(config->split, (std::vector<KeyBound>{{Kind::kBinary, std::string("\0\1", 2), 0}}));
}

TEST(TableReaderConfig, ColumnsAndConstants) {
    const auto config = read_ots_reader(spec({{"column",
                                               {{{"name", "uid"}},
                                                {{"type", "string"}, {"value", "x"}},
                                                {{"type", "INT"}, {"value", "7"}},
                                                {{"type", "double"}, {"value", "1e3"}},
                                                {{"type", "bool"}, {"value", "TRUE"}},
                                                {{"type", "binary"}, {"value", "AAE="}}}}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    ASSERT_EQ(config->columns.size(), 6u);
    EXPECT_EQ(config->columns[0].name, "uid");
    EXPECT_FALSE(config->columns[0].constant);
    const auto value = [&](size_t i) { return config->columns[i].constant->value(); };
    EXPECT_EQ(value(1).bytes, "x");
    EXPECT_EQ(value(2).integer, 7);
    EXPECT_EQ(value(3).real, 1000.0);
    EXPECT_TRUE(value(4).boolean);
    EXPECT_EQ(value(5).type, ValueType::kBinary);
    EXPECT_EQ(value(5).bytes, std::string_view("\0\1", 2));
}

TEST(TableReaderConfig, EveryOddValueIsNamed) {
    const std::pair<Json, const char*> cases[] = {
        {{{"range", {{"begin", {{{"type", "LONG"}}}}}}}, "range.begin: the type must be"},
        {{{"range", {{"end", {{{"type", "INT"}}}}}}}, "range.end: type INT needs a \"value\""},
        {{{"range", {{"end", {{{"type", "INT"}, {"value", "x"}}}}}}}, "must be a whole number"},
        {{{"range", {{"split", {"x"}}}}}, "range.split: must be a map"},
        {{{"column", {{{"type", "int"}, {"value", "1.5"}}}}}, "a constant column: must be a whole"},
        {{{"column", {{{"type", "binary"}, {"value", "?"}}}}}, "must be base64"},
        {{{"column", {{{"type", "int"}}}}}, "a name, or a type and a value"},
        {{{"timeRange", {{"begin", 5}, {"end", 5}}}}, "timeRange: the end must come after"},
        {{{"maxVersion", "x"}}, "\"maxVersion\" has a wrong type"},
        {{{"instanceName", ""}}, "no name of a Tablestore instance"},
    };
    for (const auto& [more, text] : cases) {
        EXPECT_NE(refusal_of_reader(more).find(text), std::string::npos)
            << more << ": " << refusal_of_reader(more);
    }
}

const Json kKeys = {{{"name", "uid"}, {"type", "string"}}, {{"name", "pid"}, {"type", "INT"}}};

TEST(TableWriterConfig, ReadsAllOfIt) {
    const auto config = read_ots_writer(spec(
        {{"primaryKey", kKeys},
         {"column", {{{"name", "age"}, {"type", "int"}}, {{"name", "pic"}, {"type", "binary"}}}},
         {"writeMode", "PutRow"},
         {"batchWriteCount", 10},
         {"requestTotalSizeLimitation", 4096},
         {"defaultTimestampInMillisecond", 1510036262000},
         {"deletes", "propagate"}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_EQ(config->primary_key,
              (std::vector<NamedType>{{"uid", ValueType::kString}, {"pid", ValueType::kInteger}}));
    EXPECT_TRUE(config->primary_key_typed);
    EXPECT_EQ(config->columns,
              (std::vector<NamedType>{{"age", ValueType::kInteger}, {"pic", ValueType::kBinary}}));
    EXPECT_EQ(config->mode, TableWriteMode::kPut);
    EXPECT_EQ(config->batch_rows, 10u);
    EXPECT_EQ(config->batch_bytes, 4096u);
    EXPECT_EQ(config->default_timestamp_ms, 1510036262000);
    EXPECT_TRUE(config->propagate_deletes);
}

TEST(TableWriterConfig, MultiVersionNeedsKeysOnly) {
    const auto config = read_ots_writer(spec({{"primaryKey", {"uid", "pid"}},
                                              {"mode", "multiVersion"},
                                              {"columnNamePrefixFilter", "t:"}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_TRUE(config->multi_version);
    EXPECT_FALSE(config->primary_key_typed);
    EXPECT_EQ(config->mode, TableWriteMode::kUpdate);
    EXPECT_EQ(config->name_prefix, "t:");
    EXPECT_FALSE(config->default_timestamp_ms);
    EXPECT_FALSE(config->propagate_deletes);
    EXPECT_EQ(config->batch_rows, 200u);
}

TEST(TableWriterConfig, EveryOddValueIsNamed) {
    EXPECT_EQ(refusal_of_writer({{"primaryKey", Json::array()}}), "\"primaryKey\" names no column");
    EXPECT_EQ(refusal_of_writer({{"primaryKey", kKeys}, {"writeMode", "put"}}),
              "\"writeMode\" must be PutRow, UpdateRow or DeleteRow");
    EXPECT_EQ(refusal_of_writer({{"primaryKey", kKeys}, {"column", {{{"name", "a"}}}}}),
              "\"column\": \"a\" needs a \"type\": string, int, double, bool or binary");
}

}  // namespace
}  // namespace millrace
