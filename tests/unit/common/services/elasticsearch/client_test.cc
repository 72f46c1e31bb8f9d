#include "common/services/elasticsearch/client.h"

#include <gtest/gtest.h>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/net/fake_http.h"

namespace millrace::elasticsearch {
namespace {

class ClientTest : public ::testing::Test {
  protected:
    ClientTest() { config_.endpoints = {*parse_endpoint("http://one:9200/prefix")}; }
    Client client() { return Client(context_, config_); }

    std::vector<HttpRequest> seen_;
    std::function<Result<HttpAnswer>(const HttpRequest&)> answer_;
    FakeHttp http_{[this](const HttpRequest& request) {
        HttpRequest& kept = seen_.emplace_back();
        kept.method = request.method;
        kept.url = request.url;
        kept.headers = request.headers;
        return answer_(request);
    }};
    FakeClock clock_;
    FakeRandom random_;
    CallContext context_{http_, clock_, random_, {}, {}};
    Config config_;
};

TEST_F(ClientTest, AuthenticatesAtOnceAndKeepsThePathOfTheEndpoint) {
    config_.user = "elastic";
    config_.password = Secret("pa:ss");
    answer_ = [](const HttpRequest&) {
        return FakeHttp::answer(200, R"({"version":{"number":"8.19.21"}})");
    };
    const auto server = client().probe();
    ASSERT_TRUE(server.ok());
    EXPECT_EQ(server->distribution, "elasticsearch");
    EXPECT_TRUE(server->typeless);
    EXPECT_EQ(seen_[0].url, "http://one:9200/prefix/");
    EXPECT_EQ(find_header(seen_[0].headers, "authorization"), "Basic ZWxhc3RpYzpwYTpzcw==");
}

TEST_F(ClientTest, VersionsOfOpenSearchAreNotThoseOfElasticsearch) {
    const auto probe = [&](int status, const char* body) {
        answer_ = [=](const HttpRequest&) { return FakeHttp::answer(status, body); };
        return client().probe();
    };
    EXPECT_TRUE(
        probe(200, R"({"version":{"number":"2.19.6","distribution":"opensearch"}})")->typeless);
    EXPECT_FALSE(probe(200, R"({"version":{"number":"6.8.0"}})")->typeless);
    EXPECT_TRUE(probe(200, R"({"version":{"number":"10.1.0"}})")->typeless);
    EXPECT_TRUE(probe(405, "")->typeless);
    EXPECT_EQ(probe(401, "").status().code(), Code::kConfig);
    EXPECT_EQ(probe(200, "<html>").status().code(), Code::kCorrupt);
}

TEST_F(ClientTest, AnotherTryGoesToTheNextServer) {
    config_.endpoints.push_back(*parse_endpoint("http://two:9200"));
    answer_ = [](const HttpRequest& request) -> Result<HttpAnswer> {
        if (request.url.find("one") != std::string::npos) {
            return Status(Code::kUnreachable, "no route");
        }
        return FakeHttp::answer(200, "");
    };
    Client both = client();
    EXPECT_TRUE(*both.index_exists("i"));
    EXPECT_TRUE(*both.index_exists("i"));
    ASSERT_EQ(seen_.size(), 3u);
    EXPECT_EQ(seen_[2].url, "http://two:9200/i");
}

TEST_F(ClientTest, ABulkIsCompressedAndNamesItsFormat) {
    answer_ = [](const HttpRequest&) { return FakeHttp::answer(200, R"({"items":[]})"); };
    Client one = client();
    one.start_bulk("i", std::string(5000, 'x'));
    EXPECT_TRUE(one.finish_bulk().ok());
    EXPECT_EQ(find_header(seen_[0].headers, "content-encoding"), "gzip");
    EXPECT_EQ(find_header(seen_[0].headers, "content-type"), "application/x-ndjson");
    config_.compress = false;
    Client plain = client();
    plain.start_bulk("i", std::string(5000, 'x'));
    EXPECT_TRUE(plain.finish_bulk().ok());
    EXPECT_EQ(find_header(seen_[1].headers, "content-encoding"), "");
}

TEST_F(ClientTest, AliasErrorsWithStatus200AreErrors) {
    answer_ = [](const HttpRequest&) {
        return FakeHttp::answer(200, R"({"acknowledged":true,"errors":true})");
    };
    EXPECT_EQ(client().update_aliases(nlohmann::json::array()).code(), Code::kFatal);
}

TEST_F(ClientTest, AnIndexThatIsThereAlreadyIsNoError) {
    answer_ = [](const HttpRequest&) {
        return FakeHttp::answer(400, R"({"error":{"type":"resource_already_exists_exception"}})");
    };
    const auto created = client().create_index("i", nlohmann::json::object());
    ASSERT_TRUE(created.ok());
    EXPECT_FALSE(*created);
}

}  // namespace
}  // namespace millrace::elasticsearch
