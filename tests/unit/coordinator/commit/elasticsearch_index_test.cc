#include "coordinator/commit/elasticsearch_index.h"

#include <gtest/gtest.h>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "tests/unit/support/fake_search.h"

namespace millrace::elasticsearch {
namespace {

using nlohmann::json;

class PrepareTest : public ::testing::Test {
  protected:
    PrepareTest() {
        config_.client.endpoints = {*parse_endpoint("http://search:9200")};
        config_.index = "school";
        config_.columns = {{"uid", ColumnType::kId, {}, "", ""},
                           {"name", ColumnType::kText, {{"type", "text"}}, "", ""}};
    }
    Result<Prepared> prepare(const std::string& run) {
        Client client(context_, config_.client);
        return prepare_index(client, config_, run);
    }
    Status finish() {
        Client client(context_, config_.client);
        return finish_index(client, config_, "");
    }

    FakeSearch server_;
    FakeHttp http_{server_.handler()};
    FakeClock clock_;
    FakeRandom random_;
    CallContext context_{http_, clock_, random_, {}, {}};
    WriterConfig config_;
};

TEST_F(PrepareTest, MakesTheIndexWithMappingAndALongMemoryOfDeletes) {
    config_.settings = {{"index", {{"number_of_shards", 2}}}};
    const auto prepared = prepare("run1");
    ASSERT_TRUE(prepared.ok()) << prepared.status().text();
    EXPECT_TRUE(prepared->created);
    EXPECT_FALSE(prepared->uuid.empty());
    EXPECT_TRUE(prepared->notes.empty());
    const auto& index = server_.indices["school"];
    EXPECT_EQ(index.mappings["properties"], (json{{"name", {{"type", "text"}}}}));
    EXPECT_EQ(index.settings["index.gc_deletes"], "1h");
    EXPECT_EQ(index.settings["index.number_of_shards"], "2");
}

TEST_F(PrepareTest, AnIndexOfOthersIsCheckedAndNamed) {
    server_.indices["school"].mappings = {{"properties", {{"other", {{"type", "long"}}}}}};
    const auto prepared = prepare("run1");
    ASSERT_TRUE(prepared.ok()) << prepared.status().text();
    EXPECT_FALSE(prepared->created);
    ASSERT_EQ(prepared->notes.size(), 1u);
    EXPECT_NE(prepared->notes[0].find("60s"), std::string::npos);
    EXPECT_EQ(server_.indices["school"].mappings["properties"]["name"]["type"], "text");
}

TEST_F(PrepareTest, AFieldOfAnotherTypeIsAConfigurationError) {
    server_.indices["school"].mappings = {{"properties", {{"name", {{"type", "long"}}}}}};
    EXPECT_EQ(prepare("run1").status().code(), Code::kConfig);
    config_.dynamic = true;
    EXPECT_TRUE(prepare("run1").ok());
}

TEST_F(PrepareTest, CleanupKeepsShardsAndIsNotRepeatedByTheSameRun) {
    config_.cleanup = true;
    server_.indices["school"].settings = {{"index.number_of_shards", "3"}, {"index.other", "x"}};
    server_.indices["school"].documents["old"] = {1, true, json::object()};
    ASSERT_TRUE(prepare("run1").ok());
    EXPECT_TRUE(server_.live("school").empty());
    EXPECT_EQ(server_.indices["school"].settings["index.number_of_shards"], "3");
    EXPECT_FALSE(server_.indices["school"].settings.contains("index.other"));
    server_.indices["school"].documents["new"] = {1, true, json::object()};
    ASSERT_TRUE(prepare("run1").ok());
    EXPECT_EQ(server_.live("school").size(), 1u);
    ASSERT_TRUE(prepare("run2").ok());
    EXPECT_TRUE(server_.live("school").empty());
}

TEST_F(PrepareTest, CleanupSurvivesACrashBetweenDeleteAndCreate) {
    config_.cleanup = true;
    server_.indices["school"];
    config_.client.tries = 1;
    server_.fault = [&](const HttpRequest& request,
                        const std::string&) -> std::optional<Result<HttpAnswer>> {
        if (request.method != Method::kPut) return std::nullopt;
        return Status(Code::kUnknownOutcome, "cut");
    };
    EXPECT_FALSE(prepare("run1").ok());
    server_.fault = nullptr;
    EXPECT_TRUE(prepare("run1").ok());
    EXPECT_TRUE(server_.indices.contains("school"));
}

TEST_F(PrepareTest, AliasAppendedOrExclusive) {
    config_.alias = "people";
    server_.indices["school"];
    server_.indices["former"].aliases = {"people"};
    ASSERT_TRUE(finish().ok());
    EXPECT_TRUE(server_.indices["former"].aliases.contains("people"));
    config_.alias_exclusive = true;
    ASSERT_TRUE(finish().ok());
    ASSERT_TRUE(finish().ok());
    EXPECT_TRUE(server_.indices["former"].aliases.empty());
    EXPECT_TRUE(server_.indices["school"].aliases.contains("people"));
}

TEST_F(PrepareTest, OldServersAreRefused) {
    server_.distribution = "elasticsearch";
    server_.number = "6.8.0";
    EXPECT_EQ(prepare("run1").status().code(), Code::kConfig);
}

}  // namespace
}  // namespace millrace::elasticsearch
