#include "tests/standin/opensearch_service.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/base/fakes/fake_clock.h"
#include "tests/standin/opensearch_auth.h"
#include "tests/unit/support/opensearch_request.h"

namespace millrace::standin {
namespace {

using nlohmann::json;

class OpenSearchStandinTest : public ::testing::Test {
  protected:
    OpenSearchStandinTest() { set_edition("advanced"); }

    void set_edition(const std::string& edition) {
        service_ = make_opensearch_service(
            {"testid", "testsecret"},
            {.name = "app", .edition = edition, .tables = parse_opensearch_tables("main:id")},
            server_clock_);
    }
    json ask(const Request& request, int status) {
        const Response response = service_->handle(request);
        EXPECT_EQ(response.status, status) << response.view();
        return json::parse(response.view());
    }
    // The error's code, 0 = OK.
    int push(const std::string& body, int status = 200) {
        const json answer = ask(signer_.request("POST", kBulk, {}, body), status);
        return answer["status"] == "OK" ? 0 : answer["errors"][0]["code"].get<int>();
    }
    json find(const std::string& query, OpenSearchPairs pairs = {}) {
        pairs["format"] = "json";
        pairs["query"] = query;
        return ask(signer_.request("GET", kSearch, pairs), 200)["result"];
    }
    std::vector<std::string> ids(const std::string& query) {
        std::vector<std::string> found;
        const json result = find(query);
        for (const json& item : result["items"]) found.push_back(item["id"]);
        return found;
    }
    size_t count() { return find("config=hit:1&&query=''")["total"]; }

    static constexpr const char* kBulk = "/v3/openapi/apps/app/main/actions/bulk";
    static constexpr const char* kSearch = "/v3/openapi/apps/app/search";
    FakeClock clock_{TimePoint(std::chrono::seconds(1795255200))};  // 2026-11-21T10:00:00Z
    ServerClock server_clock_{clock_};
    std::unique_ptr<Service> service_;
    OpenSearchSigner signer_;
};

TEST_F(OpenSearchStandinTest, AddReplacesUpdateKeepsDeleteRemoves) {
    EXPECT_EQ(push(R"([{"cmd":"ADD","fields":{"id":"a","t":"one","n":1}},
                       {"cmd":"add","fields":{"id":"b","t":"two"}}])"),
              0);
    EXPECT_EQ(push(R"([{"cmd":"update","fields":{"id":"a","t":"new"}},
                       {"cmd":"update","fields":{"id":"gone","t":"x"}},
                       {"cmd":"upsert","fields":{"id":"c","t":"three"}},
                       {"cmd":"add","fields":{"id":"b","n":2}},
                       {"cmd":"delete","fields":{"id":"never"}}])"),
              0);
    const json items = find("query=''&&config=format:json")["items"];
    ASSERT_EQ(items.size(), 3u);
    EXPECT_EQ(items[0], json({{"id", "a"}, {"t", "new"}, {"n", "1"}, {"index_name", "app"}}));
    EXPECT_EQ(items[1], json({{"id", "b"}, {"n", "2"}, {"index_name", "app"}}));
    EXPECT_EQ(items[2]["t"], "three");
    EXPECT_EQ(push(R"([{"cmd":"delete","fields":{"id":"b"}}])"), 0);
    EXPECT_EQ(count(), 2u);
}

TEST_F(OpenSearchStandinTest, TheLargerTimestampWinsAlsoOverADelete) {
    EXPECT_EQ(push(R"([{"cmd":"add","timestamp":20,"fields":{"id":"a","t":"new"}},
                       {"cmd":"add","timestamp":10,"fields":{"id":"a","t":"old"}}])"),
              0);
    EXPECT_EQ(find("query=id:'a'")["items"][0]["t"], "new");
    EXPECT_EQ(push(R"([{"cmd":"delete","timestamp":30,"fields":{"id":"a"}}])"), 0);
    EXPECT_EQ(push(R"([{"cmd":"upsert","timestamp":25,"fields":{"id":"a","t":"late"}}])"), 0);
    EXPECT_EQ(count(), 0u);
    EXPECT_EQ(push(R"([{"cmd":"add","fields":{"id":"a","t":"now"}}])"), 0);
    EXPECT_EQ(count(), 1u);
}

TEST_F(OpenSearchStandinTest, TheStandardEditionKnowsAddAndDeleteOnly) {
    set_edition("standard");
    EXPECT_EQ(push(R"([{"cmd":"add","timestamp":20,"fields":{"id":"a"}}])", 400), 4007);
    EXPECT_EQ(push(R"([{"cmd":"update","fields":{"id":"a"}}])", 400), 3006);
    EXPECT_EQ(push(R"([{"cmd":"add","fields":{"id":"a"}}])"), 0);
    const auto app = ask(signer_.request("GET", "/v3/openapi/apps/app"), 200)["result"];
    EXPECT_EQ(app["type"], "standard");
    EXPECT_EQ(app["schema"]["tables"]["main"]["fields"]["id"]["primaryKey"], true);
}

TEST_F(OpenSearchStandinTest, APushWithOneBadDocumentLeavesNothing) {
    const std::string good = R"([{"cmd":"add","fields":{"id":"a"}},)";
    EXPECT_EQ(push(good + R"({"cmd":"add","fields":{"t":"x"}}])", 400), 3009);
    EXPECT_EQ(push(good + R"({"cmd":"frob","fields":{"id":"b"}}])", 400), 3006);
    EXPECT_EQ(push(good + R"({"cmd":"add","fields":7}])", 400), 3005);
    EXPECT_EQ(push(good + R"({"cmd":"add","fields":{"id":"b","t":true}}])", 400), 3005);
    EXPECT_EQ(push(good + "x]", 400), 4007);
    EXPECT_EQ(push("[]", 400), 3001);
    EXPECT_EQ(count(), 0u);
}

TEST_F(OpenSearchStandinTest, LimitsOfPushesAndDocuments) {
    const auto document = [](int id, size_t size) {
        return R"({"cmd":"add","fields":{"id":")" + std::to_string(id) + R"(","t":")" +
               std::string(size, 'x') + R"("}})";
    };
    std::string many;
    for (int i = 0; i <= 1000; ++i) many += (i ? "," : "[") + document(i, 1);
    EXPECT_EQ(push(many + "]", 400), 3015);
    EXPECT_EQ(push("[" + document(1, 1 << 20) + "]", 400), 3002);
    const std::string large = document(1, 900'000);
    EXPECT_EQ(push("[" + large + "," + large + "," + large + "]", 400), 3008);
    EXPECT_EQ(push("[" + large + "," + large + "]"), 0);
    EXPECT_EQ(push("[{\"cmd\":\"add\",\"fields\":{\"id\":\"r\",\"t\":\"\\u001d\"}}]"), 0);
    EXPECT_EQ(count(), 1u) << "reserved characters lose the document in silence";
}

TEST_F(OpenSearchStandinTest, WhoAsksAndWhenIsChecked) {
    const std::string body = R"([{"cmd":"add","fields":{"id":"a"}}])";
    const Request again = signer_.request("POST", kBulk, {}, body);
    EXPECT_EQ(ask(again, 200)["status"], "OK");
    EXPECT_EQ(ask(again, 403)["errors"][0]["code"], 4005);
    signer_.access_key = "other";
    EXPECT_EQ(push(body, 403), 4003);
    signer_.access_id = "nobody";
    EXPECT_EQ(push(body, 403), 5001);
    signer_ = {.nonces = 100};
    clock_.advance(std::chrono::minutes(16));
    EXPECT_EQ(push(body, 403), 4010);
    clock_.advance(-std::chrono::minutes(2));
    EXPECT_EQ(push(body), 0);
    const auto other = signer_.request("POST", "/v3/openapi/apps/app/none/actions/bulk", {}, body);
    EXPECT_EQ(ask(other, 404)["errors"][0]["code"], 3012);
    EXPECT_EQ(ask(signer_.request("GET", "/v3/openapi/apps/none"), 404)["errors"][0]["code"], 2001);
}

TEST_F(OpenSearchStandinTest, QueriesFiltersAndSorts) {
    EXPECT_EQ(push(R"([{"cmd":"add","fields":{"id":"a","n":1,"tag":"x"}},
                       {"cmd":"add","fields":{"id":"b'","n":10,"tag":"y"}},
                       {"cmd":"add","fields":{"id":"c","n":9,"tag":"x"}}])"),
              0);
    using Ids = std::vector<std::string>;
    EXPECT_EQ(ids("query=id:'b\\''"), Ids({"b'"}));
    EXPECT_EQ(ids("query=id:'a' OR id:'c'"), Ids({"a", "c"}));
    EXPECT_EQ(ids("query=''&&filter=n>=9"), Ids({"b'", "c"}));
    EXPECT_EQ(ids("query=''&&filter=n>=1 AND tag=\"x\"&&sort=-n"), Ids({"c", "a"}));
    EXPECT_EQ(ids("config=start:1,hit:1&&query=''&&sort=+n"), Ids({"c"}));
    const json shown = find("query=id:'a'", {{"fetch_fields", "id;n"}})["items"][0];
    EXPECT_EQ(shown, json({{"id", "a"}, {"n", "1"}, {"index_name", "app"}}));
    const auto deep = signer_.request("GET", kSearch, {{"query", "config=start:4990,hit:11"}});
    EXPECT_EQ(ask(deep, 400)["errors"][0]["code"], 6013);
}

TEST_F(OpenSearchStandinTest, AScanGivesEveryDocumentOnce) {
    std::string body;
    for (int i = 100; i < 350; ++i)
        body += std::string(body.empty() ? "[" : ",") + R"({"cmd":"add","fields":{"id":")" +
                std::to_string(i) + "\"}}";
    EXPECT_EQ(push(body + "]"), 0);
    OpenSearchPairs scroll = {{"search_type", "scan"}, {"scroll", "1m"}};
    int expected = 100;
    for (int page = 0; page < 10; ++page) {
        const json result = find("config=hit:100&&query=''", scroll);
        for (const json& item : result["items"]) EXPECT_EQ(item["id"], std::to_string(expected++));
        scroll["scroll_id"] = result["scroll_id"];
        EXPECT_EQ(result["total"], 250);
    }
    EXPECT_EQ(expected, 350);
}

TEST_F(OpenSearchStandinTest, ADelayHidesAPushForAWhile) {
    json answer;
    ASSERT_TRUE(service_->administer("POST /opensearch", {{"delay_ms", 5000}}, answer));
    EXPECT_EQ(push(R"([{"cmd":"add","fields":{"id":"a"}}])"), 0);
    clock_.advance(std::chrono::milliseconds(4999));
    EXPECT_EQ(count(), 0u);
    clock_.advance(std::chrono::milliseconds(1));
    EXPECT_EQ(count(), 1u);
    ASSERT_TRUE(service_->administer("POST /opensearch", {{"clear", true}}, answer));
    EXPECT_EQ(count(), 0u);
}

TEST_F(OpenSearchStandinTest, FailuresOnDemandLookLikeRealOnes) {
    const Response throttled = service_->failure({}, 429, "3007", "slow down");
    EXPECT_EQ(throttled.status, 429);
    const json body = json::parse(throttled.view());
    EXPECT_EQ(body["status"], "FAIL");
    EXPECT_EQ(body["errors"][0]["code"], 3007);
}

}  // namespace
}  // namespace millrace::standin
