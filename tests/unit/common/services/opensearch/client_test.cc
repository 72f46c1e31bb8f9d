#include "common/services/opensearch/client.h"

#include <set>

#include "tests/unit/support/opensearch_app.h"

namespace millrace::opensearch {
namespace {

using OpenSearchClientTest = OpenSearchAppTest;

constexpr std::string_view kPush = R"([{"cmd":"add","fields":{"id":"a","t":"x"}}])";

TEST_F(OpenSearchClientTest, WhatIsPushedIsFound) {
    ASSERT_TRUE(client_
                    .push(R"([{"cmd":"add","fields":{"id":"a'\\b","t":"目录 &+%","n":7}},
                                 {"cmd":"add","fields":{"id":"b"}}])")
                    .ok());
    const auto found = client_.get("id", "a'\\b");
    ASSERT_TRUE(found.ok()) << found.status().text();
    ASSERT_TRUE(found->has_value());
    EXPECT_EQ(**found, (Document{{"id", "a'\\b"}, {"t", "目录 &+%"}, {"n", "7"}}));
    EXPECT_FALSE((*client_.get("id", "c")).has_value());
    EXPECT_EQ(*client_.count(), 2u);
}

TEST_F(OpenSearchClientTest, AnyNumberOfKeysIsFound) {
    std::string body = "[";
    std::vector<std::string> keys;
    for (int i = 0; i < 700; ++i) {
        keys.push_back("key-" + std::to_string(i));
        body += (i ? ",{" : "{") + std::string(R"("cmd":"add","fields":{"id":")") + keys.back() +
                "\"}}";
    }
    ASSERT_TRUE(client_.push(body + "]").ok());
    keys.push_back("absent");
    const auto found = client_.find("id", keys);
    ASSERT_TRUE(found.ok()) << found.status().text();
    EXPECT_EQ(found->size(), 700u);
    std::set<std::string> scanned;
    ASSERT_TRUE(client_
                    .scan([&](const Document& document) {
                        EXPECT_TRUE(scanned.insert(document.at("id")).second);
                        return Status();
                    })
                    .ok());
    EXPECT_EQ(scanned.size(), 700u);
}

TEST_F(OpenSearchClientTest, TheApplicationSaysItsEdition) {
    const auto info = client_.app_info();
    ASSERT_TRUE(info.ok()) << info.status().text();
    EXPECT_EQ(info->name, "testapp");
    EXPECT_EQ(info->edition, Edition::kAdvanced);
    nlohmann::json answer;
    service_->administer("POST /opensearch", {{"edition", "standard"}}, answer);
    EXPECT_EQ(client_.app_info()->edition, Edition::kStandard);
}

TEST_F(OpenSearchClientTest, EveryTryHasItsOwnNonce) {
    int left = 3;
    hook_ = [&](const HttpRequest&, HttpAnswer answer) -> Result<HttpAnswer> {
        if (left-- > 0) return failure(429, 3007);
        return answer;
    };
    ASSERT_TRUE(client_.push(kPush).ok());
    ASSERT_EQ(headers_.size(), 4u);
    std::set<std::string_view> nonces, signatures;
    for (const Headers& headers : headers_) {
        nonces.insert(find_header(headers, "x-opensearch-nonce"));
        signatures.insert(find_header(headers, "authorization"));
    }
    EXPECT_EQ(nonces.size(), 4u);
    EXPECT_EQ(signatures.size(), 4u);
    EXPECT_GE(clock_.advanced(), std::chrono::seconds(3)) << "throttled: at least a second each";
}

TEST_F(OpenSearchClientTest, AnUnknownOutcomeIsPushedAgain) {
    int left = 2;
    hook_ = [&](const HttpRequest&, HttpAnswer answer) -> Result<HttpAnswer> {
        if (left-- > 0) return Status(Code::kUnknownOutcome, "connection reset");
        return answer;
    };
    ASSERT_TRUE(client_.push(kPush).ok());
    EXPECT_EQ(sent("/actions/bulk"), 3u);
    EXPECT_EQ(*client_.count(), 1u);
}

TEST_F(OpenSearchClientTest, AWrongClockIsCorrectedOnce) {
    server_.advance(std::chrono::hours(5));
    ASSERT_TRUE(client_.push(kPush).ok());
    EXPECT_EQ(sent("/actions/bulk"), 2u);
    ASSERT_TRUE(client_.push(kPush).ok());
    EXPECT_EQ(sent("/actions/bulk"), 3u);
    hook_ = [&](const HttpRequest&, HttpAnswer) { return failure(403, 4010); };
    EXPECT_EQ(client_.push(kPush).code(), Code::kConfig);
}

TEST_F(OpenSearchClientTest, RefusalsAreToldWithoutContents) {
    const Status dirty = client_.push(R"([{"cmd":"add","fields":{"t":"secret text"}}])");
    EXPECT_EQ(dirty.code(), Code::kDirtyRecord);
    EXPECT_EQ(dirty.service_code(), "3009");
    EXPECT_EQ(dirty.text().find("secret text"), std::string::npos);
    EXPECT_EQ(sent("/actions/bulk"), 1u) << "it is not tried again";
    Settings other = settings();
    other.table = "none";
    const Status table = Client(context_, *make_config(other)).push(kPush);
    EXPECT_EQ(table.code(), Code::kConfig);
    EXPECT_NE(table.text().find("check table"), std::string::npos) << table.text();
    other.access_key = Secret("wrong-key-1");
    const Status key = Client(context_, *make_config(other)).push(kPush);
    EXPECT_EQ(key.service_code(), "4003");
    EXPECT_EQ(key.text().find("wrong-key-1"), std::string::npos);
}

TEST_F(OpenSearchClientTest, ASecurityTokenIsSentAndSigned) {
    Settings with = settings();
    with.sts_token = Secret("token-1");
    ASSERT_TRUE(Client(context_, *make_config(with)).push(kPush).ok());
    EXPECT_EQ(find_header(headers_.back(), "x-opensearch-security-token"), "token-1");
}

TEST_F(OpenSearchClientTest, OldApplicationsArePushedToByTheirInterface) {
    Settings old = settings();
    old.version2 = true;
    Client client(context_, *make_config(old));
    int left = 1;
    hook_ = [&](const HttpRequest&, HttpAnswer answer) -> Result<HttpAnswer> {
        if (left-- > 0) return failure(200, 3007);
        return answer;
    };
    ASSERT_TRUE(client.push(R"([{"cmd":"add","fields":{"id":"a","t":"目录 &=+%*~'"}}])").ok());
    EXPECT_EQ(sent("/index/doc/testapp"), 2u);
    EXPECT_NE(bodies_[0], bodies_[1]) << "each try has its own nonce";
    EXPECT_EQ((*client_.get("id", "a"))->at("t"), "目录 &=+%*~'");
    const Status dirty = client.push(R"([{"cmd":"add","fields":{"t":"x"}}])");
    EXPECT_EQ(dirty.code(), Code::kDirtyRecord) << "a failure comes as HTTP 200";
    server_.advance(std::chrono::hours(5));
    EXPECT_TRUE(client.push(kPush).ok());
    EXPECT_TRUE(what_is_told(client)->tables.empty());
    old.sts_token = Secret("token");
    EXPECT_EQ(make_config(old).status().code(), Code::kConfig);
}

TEST(OpenSearchConfigTest, WhatCannotBeRightIsRefused) {
    const Settings good{
        "opensearch-cn-hangzhou.aliyuncs.com", "app", "main", "id", Secret("key"), {}};
    ASSERT_TRUE(make_config(good).ok());
    EXPECT_EQ(make_config(good)->endpoint.origin(), "https://opensearch-cn-hangzhou.aliyuncs.com");
    Settings bad = good;
    bad.app = "";
    EXPECT_EQ(make_config(bad).status().code(), Code::kConfig);
    bad = good;
    bad.table = "a/b";
    EXPECT_EQ(make_config(bad).status().code(), Code::kConfig);
    bad = good;
    bad.access_id = "";
    EXPECT_EQ(make_config(bad).status().code(), Code::kConfig);
    bad = good;
    bad.host = "http://host/path";
    EXPECT_EQ(make_config(bad).status().code(), Code::kConfig);
}

}  // namespace
}  // namespace millrace::opensearch
