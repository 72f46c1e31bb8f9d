#include "coordinator/commit/opensearch.h"

#include <nlohmann/json.hpp>

#include "tests/unit/support/opensearch_app.h"

namespace millrace {
namespace {

using nlohmann::json;

class OpenSearchCommitTest : public OpenSearchAppTest {
  protected:
    Result<std::unique_ptr<TargetCommit>> make(const std::function<void(json&)>& adjust = {}) {
        JobSpec job;
        job.writer.plugin = "opensearch";
        job.writer.parameters = {{"host", "http://127.0.0.1:9000"},
                                 {"indexName", "testapp"},
                                 {"table", "main"},
                                 {"accessId", "testid"},
                                 {"column", {"id", "name"}},
                                 {"writeMode", "update"}};
        job.writer.secrets = {{"accessKey", Secret("testsecret")}};
        if (adjust) adjust(job.writer.parameters);
        const RecordShape shape{.key = {{"uid"}}, .columns = {{"uid"}, {"name"}}};
        return make_opensearch(job, shape, context_);
    }
    Status prepare(const std::function<void(json&)>& adjust = {}) {
        auto commit = make(adjust);
        return commit.ok() ? (*commit)->prepare({}) : commit.status();
    }
};

TEST_F(OpenSearchCommitTest, AnInstanceLeavesTheApplicationInItsReceipt) {
    auto commit = make();
    ASSERT_TRUE(commit.ok()) << commit.status().text();
    ASSERT_TRUE((*commit)->prepare({}).ok());
    const auto intent = (*commit)->make_intent({}, {});
    ASSERT_TRUE(intent.ok()) << intent.status().text();
    auto other_process = make();
    ASSERT_TRUE((*other_process)->load(*intent).ok());
    EXPECT_EQ((*other_process)->pieces(), 0u);
    json receipt;
    (*other_process)->describe(receipt);
    EXPECT_EQ(receipt["target"]["kind"], "opensearch");
    EXPECT_EQ(receipt["target"]["app"], "testapp");
    EXPECT_EQ(receipt["target"]["acknowledged"], "received");
    EXPECT_EQ(receipt.dump().find("testsecret"), std::string::npos);
    EXPECT_TRUE((*other_process)->publish(receipt).ok());
}

TEST_F(OpenSearchCommitTest, WhatDoesNotFitIsToldBeforeAnyItemRuns) {
    EXPECT_EQ(prepare([](json& p) { p["indexName"] = "nosuch"; }).code(), Code::kConfig);
    EXPECT_EQ(prepare([](json& p) { p["table"] = "nosuch"; }).code(), Code::kConfig);
    EXPECT_EQ(prepare([](json& p) { p["column"] = {"id"}; }).code(), Code::kConfig);
    EXPECT_EQ(prepare([](json& p) { p["accessId"] = "nobody"; }).code(), Code::kConfig);
    json answer;
    service_->administer("POST /opensearch", {{"edition", "standard"}}, answer);
    EXPECT_EQ(prepare().code(), Code::kConfig);
    EXPECT_TRUE(prepare([](json& p) { p["writeMode"] = "add"; }).ok());
    EXPECT_EQ(sent("/actions/bulk"), 0u);
}

TEST_F(OpenSearchCommitTest, AKeyThatMayOnlyPushIsEnough) {
    before_ = [&](const HttpRequest&) { return failure(403, 7777); };
    EXPECT_TRUE(prepare().ok());
}

TEST_F(OpenSearchCommitTest, AnApplicationMadeAnewSendsAllItemsBack) {
    auto commit = make();
    ASSERT_TRUE((*commit)->prepare({}).ok());
    hook_ = [](const HttpRequest&, HttpAnswer answer) -> Result<HttpAnswer> {
        json body = json::parse(answer.body.view());
        body["result"]["id"] = "another";
        return FakeHttp::answer(200, body.dump(), answer.headers);
    };
    EXPECT_EQ((*commit)->make_intent({}, {}).status().code(), Code::kNotFound);
}

}  // namespace
}  // namespace millrace
