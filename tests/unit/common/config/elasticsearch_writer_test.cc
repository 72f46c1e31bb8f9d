#include "common/config/elasticsearch_writer.h"

#include <gtest/gtest.h>

namespace millrace::elasticsearch {
namespace {

using nlohmann::json;

PluginSpec spec_of(const json& changes) {
    PluginSpec spec;
    spec.plugin = "elasticsearch";
    spec.parameters = {
        {"endpoint", "http://a:9200, https://b"},
        {"index", "school_index"},
        {"column", {{{"name", "uid"}, {"type", "id"}}, {{"name", "n"}, {"type", "string"}}}}};
    spec.parameters.update(changes);
    return spec;
}

TEST(WriterConfig, DefaultsAreThoseOfDataX) {
    const auto config = read_writer_config(spec_of(json::object()));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_EQ(config->client.endpoints.size(), 2u);
    EXPECT_EQ(config->client.endpoints[1].origin(), "https://b");
    EXPECT_EQ(config->batch_changes, 1024u);
    EXPECT_EQ(config->client.tries, 30);
    EXPECT_EQ(config->client.timeout, std::chrono::seconds(600));
    EXPECT_TRUE(config->client.compress);
    EXPECT_TRUE(config->write_null);
    EXPECT_TRUE(config->ignore_parse_error);
    EXPECT_FALSE(config->propagate_deletes);
    EXPECT_EQ(config->columns[0].type, ColumnType::kId);
    EXPECT_EQ(config->columns[1].mapping, (json{{"type", "text"}}));
}

TEST(WriterConfig, PartsOfAColumnGoIntoTheMapping) {
    const auto config = read_writer_config(
        spec_of({{"column",
                  {{{"name", "t"},
                    {"type", "text"},
                    {"analyzer", "standard"},
                    {"other_params", {{"boost", 2}}}},
                   {{"name", "d"}, {"type", "date"}, {"format", "yyyy"}, {"origin", true}},
                   {{"name", "e"},
                    {"type", "date"},
                    {"format", "yyyy"},
                    {"timezone", "Asia/Shanghai"}}}}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_EQ(config->columns[0].mapping,
              (json{{"type", "text"}, {"analyzer", "standard"}, {"boost", 2}}));
    EXPECT_EQ(config->columns[1].mapping, (json{{"type", "date"}, {"format", "yyyy"}}));
    EXPECT_EQ(config->columns[1].format, "");
    EXPECT_EQ(config->columns[2].mapping, (json{{"type", "date"}}));
    EXPECT_EQ(config->columns[2].format, "yyyy");
}

class Refusals : public ::testing::TestWithParam<std::pair<const char*, json>> {};

TEST_P(Refusals, NameTheParameter) {
    const auto config = read_writer_config(spec_of(GetParam().second));
    EXPECT_EQ(config.status().code(), Code::kConfig);
    EXPECT_NE(config.status().text().find(GetParam().first), std::string::npos)
        << config.status().text();
}

INSTANTIATE_TEST_SUITE_P(
    Parameters, Refusals,
    ::testing::Values(
        std::pair("endpoint", json{{"endpoint", ""}}), std::pair("index", json{{"index", ""}}),
        std::pair("valid name", json{{"index", "School"}}),
        std::pair("valid name", json{{"index", "_x"}}),
        std::pair("column", json{{"column", json::array()}}),
        std::pair("no name", json{{"column", {{{"type", "id"}}}}}),
        std::pair("geo_point", json{{"column", {{{"name", "x"}, {"type", "geo_point"}}}}}),
        std::pair("array", json{{"column", {{{"name", "x"}, {"type", "long"}, {"array", true}}}}}),
        std::pair("twice",
                  json{{"column",
                        {{{"name", "x"}, {"type", "long"}}, {{"name", "x"}, {"type", "long"}}}}}),
        std::pair("deletes", json{{"deletes", "maybe"}}),
        std::pair("aliasMode", json{{"aliasMode", "x"}}),
        std::pair("batchSize", json{{"batchSize", 0}}), std::pair("trySize", json{{"trySize", 0}}),
        std::pair("wrong type", json{{"cleanup", "yes"}}),
        std::pair("password", json{{"username", "elastic"}})));

}  // namespace
}  // namespace millrace::elasticsearch
