#include "common/config/opensearch_writer.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

using Json = nlohmann::json;

PluginSpec search(const Json& more) {
    PluginSpec writer;
    writer.plugin = "opensearch";
    writer.parameters = {{"host", "http://127.0.0.1:8085"},
                         {"indexName", "app"},
                         {"table", "main"},
                         {"accessId", "id"},
                         {"column", {"id", "name"}},
                         {"writeMode", "add"}};
    writer.parameters.update(more);
    writer.secrets = {{"accessKey", Secret("key")}};
    return writer;
}

TEST(OpenSearchWriterConfig, ReadsAllOfIt) {
    const auto config = read_opensearch_writer(search({{"writeMode", "update"},
                                                       {"batchSize", 500},
                                                       {"batchBytes", 1000},
                                                       {"skipDirtyRecord", true},
                                                       {"ignoreWriteError", true},
                                                       {"deletes", "propagate"},
                                                       {"timestamps", "off"}}));
    ASSERT_TRUE(config.ok()) << config.status().text();
    EXPECT_EQ(config->app, "app");
    EXPECT_EQ(config->columns, (std::vector<std::string>{"id", "name"}));
    EXPECT_EQ(config->batch_documents, 500u);
    EXPECT_EQ(config->batch_bytes, 1000u);
    EXPECT_EQ(config->write_mode, DocumentWriteMode::kUpdate);
    EXPECT_TRUE(config->skip_dirty && config->ignore_write_error && config->propagate_deletes);
    EXPECT_EQ(config->timestamps, DocumentTimestamps::kOff);
    EXPECT_FALSE(config->version2);
    EXPECT_TRUE(read_opensearch_writer(search({{"version", "v2"}}))->version2);
}

TEST(OpenSearchWriterConfig, OddValuesAreNamed) {
    EXPECT_EQ(read_opensearch_writer(search({{"writeMode", "put"}})).status().text(),
              "\"writeMode\" must be add or update");
    EXPECT_EQ(read_opensearch_writer(search({{"column", Json::array()}})).status().text(),
              "\"column\" names no field");
}

}  // namespace
}  // namespace millrace
