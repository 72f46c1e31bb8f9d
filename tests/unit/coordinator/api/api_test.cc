#include "coordinator/api/api.h"

#include <gmock/gmock.h>

#include <thread>

#include "common/base/log.h"
#include "coordinator/api/problem.h"
#include "tests/quiet_log.h"
#include "tests/unit/coordinator/api/api_fixture.h"

namespace millrace::api {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ApiTest : public ApiFixture {};

void expect_problem(const Answer& answer, int status, const std::string& code,
                    const std::string& detail = "") {
    EXPECT_EQ(answer.status, status) << answer.text;
    EXPECT_EQ(answer.header("content-type"), "application/problem+json");
    ASSERT_TRUE(answer.body.is_object()) << answer.text;
    EXPECT_EQ(answer.body["status"], status);
    EXPECT_EQ(answer.body["code"], code);
    EXPECT_EQ(answer.body["type"], "urn:millrace:problem:" + code);
    EXPECT_THAT(answer.body["detail"].get<std::string>(), HasSubstr(detail));
}

TEST_F(ApiTest, ASubmissionReachesTheCoordinatorWhole) {
    Submission sent;
    sent.file = "a.json";
    sent.script = "{\"type\": \"job\"}";
    sent.sources = "{}";
    sent.variables = {{"start_time", "20261121100000"}};
    sent.name = "n";
    sent.label = "cn";
    sent.replay = sent.accept_loss = true;
    sent.dirty_records_max = 7;
    const Answer answer = ask(Method::kPost, "/api/v1/runs", to_json(sent).dump());
    EXPECT_EQ(answer.status, 201) << answer.text;
    EXPECT_EQ(answer.header("location"), "/api/v1/runs/8f14e45fceea167a");
    EXPECT_EQ(answer.body, to_json(operations_.submitted));
    EXPECT_EQ(to_json(operations_.submission), to_json(sent));
    operations_.submitted.was_done = true;
    EXPECT_EQ(ask(Method::kPost, "/api/v1/runs", to_json(sent).dump()).status, 200);
}

TEST_F(ApiTest, EveryRouteAsksItsOperation) {
    EXPECT_EQ(ask(Method::kGet, "/api/v1/runs?active=true&max=5").body, operations_.list);
    EXPECT_EQ(ask(Method::kGet, "/api/v1/runs").status, 200);
    EXPECT_EQ(ask(Method::kGet, "/api/v1/runs/r1").body, operations_.one);
    EXPECT_EQ(ask(Method::kGet, "/api/v1/runs/r1/log?after=1&max=9").body,
              to_json(operations_.page));
    for (const std::string verb : {"pause", "resume", "cancel", "rerun"})
        EXPECT_EQ(ask(Method::kPost, "/api/v1/runs/r1/" + verb).body, json({{"done", true}}));
    EXPECT_EQ(ask(Method::kPatch, "/api/v1/runs/r1", R"({"mbps": 2, "concurrent": 4})").status,
              200);
    EXPECT_EQ(ask(Method::kGet, "/api/v1/cluster").body["role"], "active");
    EXPECT_THAT(operations_.asked,
                ElementsAre("runs 5 active", "runs 100", "run r1", "log r1 1 9", "pause r1",
                            "resume r1", "cancel r1", "rerun r1", "set r1", "cluster"));
    EXPECT_EQ(operations_.change.bytes_per_second, 2.0 * 1'048'576);
    EXPECT_EQ(operations_.change.concurrent, 4);
    EXPECT_FALSE(operations_.dirty_records_max);
    ask(Method::kPost, "/api/v1/runs/r1/rerun", R"({"dirtyRecordsMax": 3})");
    EXPECT_EQ(operations_.dirty_records_max, 3u);
}

TEST_F(ApiTest, AReplayNamesTimesInUtc) {
    const Answer answer = ask(Method::kPost, "/api/v1/replays",
                              R"({"run": "r1", "from": "2026-11-21T10:00:00Z",
                                  "to": "2026-11-21T10:05:00.250Z", "dryRun": true})");
    EXPECT_EQ(answer.status, 200) << answer.text;
    EXPECT_EQ(operations_.replayed.run.text(), "r1");
    EXPECT_EQ(to_iso8601(operations_.replayed.range.start), "2026-11-21T10:00:00.000Z");
    EXPECT_EQ(to_iso8601(operations_.replayed.range.end), "2026-11-21T10:05:00.250Z");
    EXPECT_TRUE(operations_.replayed.dry_run);
    EXPECT_FALSE(operations_.replayed.whole_partition);
}

TEST_F(ApiTest, AFollowedLogAnswersWhenThereIsALine) {
    operations_.page = {{}, 2, false};
    std::jthread writer([this] {
        while (true) {
            const std::lock_guard lock(operations_.mutex);
            if (operations_.asked.empty()) continue;
            operations_.page = {{"three"}, 3, false};
            return;
        }
    });
    const Answer answer = ask(Method::kGet, "/api/v1/runs/r1/log?after=2&wait=60");
    EXPECT_EQ(answer.body["lines"], json({"three"}));
    EXPECT_GE(operations_.asked.size(), 2u);
}

TEST_F(ApiTest, AFollowedLogEndsWithItsRunAndWithItsTime) {
    operations_.page = {{}, 2, true};
    EXPECT_EQ(ask(Method::kGet, "/api/v1/runs/r1/log?after=2&wait=60").body["ended"], true);
    operations_.page = {{}, 2, false};
    EXPECT_EQ(ask(Method::kGet, "/api/v1/runs/r1/log?after=2&wait=1").body["lines"], json::array());
}

TEST_F(ApiTest, MistakesAreProblems) {
    expect_problem(ask(Method::kGet, "/api/v1/nothing"), 404, "not_found");
    expect_problem(ask(Method::kGet, "/api/v1/runs/a%20b"), 404, "not_found");
    expect_problem(ask(Method::kGet, "/api/v1/runs/"), 404, "not_found");
    const Answer method = ask(Method::kDelete, "/api/v1/runs/r1");
    expect_problem(method, 405, "method");
    EXPECT_EQ(method.header("allow"), "GET, PATCH");
    expect_problem(ask(Method::kPost, "/api/v1/runs", "{", {}), 400, "config", "not JSON");
    expect_problem(ask(Method::kPost, "/api/v1/runs", "script=1", {{"Content-Type", "text/plain"}}),
                   415, "media_type");
    expect_problem(ask(Method::kPost, "/api/v1/runs"), 415, "media_type");
    expect_problem(ask(Method::kPost, "/api/v1/runs/r1/pause", "{}"), 400, "config", "no body");
    expect_problem(
        ask(Method::kPost, "/api/v1/runs", "{\"script\": \"" + std::string(5 << 20, 'x') + "\"}"),
        413, "body_too_long");
    EXPECT_THAT(operations_.asked, ElementsAre());
}

TEST_F(ApiTest, BodiesAndParametersAreReadStrictly) {
    const std::vector<std::array<std::string, 3>> wrong = {
        {"/api/v1/runs", "[]", "object"},
        {"/api/v1/runs", "{}", "\"script\" is missing"},
        {"/api/v1/runs", R"({"script": 1})", "\"script\" must be a text"},
        {"/api/v1/runs", R"({"script": "", "sorces": ""})", "no member \"sorces\""},
        {"/api/v1/runs", R"({"script": "", "variables": {"a": 1}})", "variables"},
        {"/api/v1/runs", R"({"script": "", "dirtyRecordsMax": -1})", "whole number"},
        {"/api/v1/replays", R"({"from": "2026-11-21T10:00:00Z", "to": "2026-11-21T11:00:00Z"})",
         "\"task\" or \"run\""},
        {"/api/v1/replays", R"({"task": "t", "from": "20261121", "to": "2026-11-21T11:00:00Z"})",
         "\"from\" must be a time"},
        {"/api/v1/replays",
         R"({"task": "t", "from": "2026-13-21T10:00:00Z", "to": "2026-11-21T11:00:00Z"})", "from"},
        {"/api/v1/replays",
         R"({"task": "t", "from": "2026-11-21T11:00:00Z", "to": "2026-11-21T11:00:00Z"})",
         "before"},
        {"/api/v1/runs/r1/rerun", R"({"dirtyRecordsMax": "3"})", "whole number"},
    };
    for (const auto& [path, body, text] : wrong)
        expect_problem(ask(Method::kPost, path, body), 400, "config", text);
    for (const std::string body :
         {R"({})", R"({"mbps": -1})", R"({"mbps": "7"})", R"({"concurrent": 0})",
          R"({"concurrent": 1.5})", R"({"concurrent": 99999})"})
        expect_problem(ask(Method::kPatch, "/api/v1/runs/r1", body), 400, "config");
    for (const std::string query : {"max=x", "max=1001", "active=1", "most=3", "max=-1"})
        expect_problem(ask(Method::kGet, "/api/v1/runs?" + query), 400, "config");
    expect_problem(ask(Method::kGet, "/api/v1/runs/r1/log?wait=61"), 400, "config");
    EXPECT_THAT(operations_.asked, ElementsAre());
}

TEST_F(ApiTest, WhatAnOperationSaysHasAStatusAndComesBackAsTheSameCode) {
    const std::vector<std::pair<Code, int>> expected = {
        {Code::kNotFound, 404},    {Code::kConfig, 422},     {Code::kFatal, 409},
        {Code::kUnreachable, 503}, {Code::kLedgerLost, 503}, {Code::kCorrupt, 500}};
    for (const auto& [code, status] : expected) {
        operations_.fails = Status(code, "the \"text\" \xff");
        const Answer answer = ask(Method::kGet, "/api/v1/runs/r1");
        expect_problem(answer, status, std::string(name_of(code)), "the \"text\"");
        const Status read = status_of_answer(answer.status, answer.text);
        EXPECT_EQ(read.code(), code == Code::kCorrupt ? Code::kFatal : code);
        EXPECT_THAT(read.text(), HasSubstr("the \"text\""));
    }
    EXPECT_EQ(status_of_answer(502, "<html>").code(), Code::kUnreachable);
    EXPECT_EQ(status_of_answer(401, "{}").code(), Code::kConfig);
    EXPECT_TRUE(status_of_answer(201, "").ok());
}

TEST_F(ApiTest, ProbesAndMetrics) {
    EXPECT_EQ(ask(Method::kGet, "/healthz").status, 200);
    EXPECT_EQ(ask(Method::kGet, "/readyz").status, 200);
    operations_.fails = Status(Code::kUnreachable, "standing by");
    EXPECT_EQ(ask(Method::kGet, "/healthz").status, 200);
    const Answer unready = ask(Method::kGet, "/readyz");
    EXPECT_EQ(unready.status, 503);
    EXPECT_THAT(unready.text, HasSubstr("standing by"));
    ask(Method::kGet, "/api/v1/runs/r1");
    ask(Method::kGet, "/api/v1/no/such");
    const Answer metrics = ask(Method::kGet, "/metrics");
    EXPECT_THAT(metrics.header("content-type"), HasSubstr("version=0.0.4"));
    EXPECT_THAT(metrics.text, HasSubstr("millrace_api_requests_total{route=\"/api/v1/runs/"
                                        "{run}\",status=\"503\"} 1\n"));
    EXPECT_THAT(metrics.text,
                HasSubstr("millrace_api_requests_total{route=\"none\",status=\"404\"} 1\n"));
    EXPECT_EQ(ask(Method::kPost, "/healthz").status, 404);
}

TEST_F(ApiTest, PagesOfOtherOriginsChangeNothing) {
    const std::string own = server_->url();
    expect_problem(ask(Method::kPost, "/api/v1/runs/r1/cancel", "", {{"Origin", "http://evil"}}),
                   403, "origin");
    EXPECT_THAT(operations_.asked, ElementsAre());
    EXPECT_EQ(ask(Method::kPost, "/api/v1/runs/r1/cancel", "", {{"Origin", own}}).status, 200);
}

TEST_F(ApiTest, TheDocumentIsServed) {
    const Answer answer = ask(Method::kGet, "/api/v1/openapi.json");
    EXPECT_EQ(answer.body["openapi"], "3.1.0");
}

TEST_F(ApiTest, WhatALibraryThrowsIsAProblem) {
    operations_.throws = true;
    const Answer answer = ask(Method::kGet, "/api/v1/cluster");
    const std::string log = test_log();
    expect_problem(answer, 500, "fatal");
    EXPECT_THAT(log, HasSubstr("api_failed"));
    EXPECT_THAT(log + answer.text, Not(HasSubstr("canary")));
}

TEST_F(ApiTest, ChangesStandInTheLogOfTheirRun) {
    std::vector<std::string> lines;
    log::set_observer([&](const log::Line& line) {
        if (line.run == "r1") lines.emplace_back(line.text);
    });
    ask(Method::kGet, "/api/v1/runs/r1");
    ask(Method::kPost, "/api/v1/runs/r1/pause");
    log::set_observer({});
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_THAT(lines[0], HasSubstr("info api_change run=r1 method=POST"));
    EXPECT_THAT(lines[0], HasSubstr("/pause status=200"));
}

constexpr const char* kToken = "canary-api-token";

class ApiTokenTest : public ApiFixture {
  protected:
    ApiTokenTest() : ApiFixture(kToken) {}
};

TEST_F(ApiTokenTest, IsAskedForEverywhereButAtTheProbes) {
    EXPECT_EQ(ask(Method::kGet, "/healthz").status, 200);
    EXPECT_EQ(ask(Method::kGet, "/readyz").status, 200);
    for (const std::string path : {"/metrics", "/api/v1/runs", "/api/v1/openapi.json", "/none"}) {
        for (const std::string given :
             {"", "Bearer", "Bearer ", "Bearer canary-api-toke", "Bearer canary-api-tokenx",
              "Basic canary-api-token", "canary-api-token"}) {
            Headers headers;
            if (!given.empty()) headers = {{"Authorization", given}};
            const Answer answer = ask(Method::kGet, path, "", headers);
            expect_problem(answer, 401, "token");
            EXPECT_EQ(answer.header("www-authenticate"), "Bearer");
        }
    }
    EXPECT_THAT(operations_.asked, ElementsAre());
    const Headers right = {{"Authorization", std::string("Bearer ") + kToken}};
    EXPECT_EQ(ask(Method::kGet, "/api/v1/runs", "", right).status, 200);
    EXPECT_EQ(ask(Method::kGet, "/metrics", "", right).status, 200);
    EXPECT_EQ(ask(Method::kGet, "/none", "", right).status, 404);
}

// Whatever is wrong with a request: neither a token nor what a submission holds comes back.
TEST_F(ApiTokenTest, NothingSecretComesBack) {
    const Headers right = {{"Authorization", std::string("Bearer ") + kToken}};
    const Headers wrong = {{"Authorization", "Bearer canary-wrong"}};
    std::string seen;
    for (
        const std::string body :
        {R"({"script": "canary-script", "sources": "canary-sources", "variables": {"a": "canary"}})",
         R"({"script": 1, "sources": "canary-sources"})", R"({"sources": ["canary-sources"]})",
         R"("canary-script)", R"({"script": "", "replay": "canary"})",
         R"({"script": "", "dirtyRecordsMax": "canary"})"}) {
        for (const Headers& headers : {right, wrong}) {
            const Answer answer = ask(Method::kPost, "/api/v1/runs", body, headers);
            seen += answer.text;
            for (const auto& [name, value] : answer.headers) seen += value;
        }
    }
    seen += ask(Method::kGet, "/api/v1/runs?max=canary", "", right).text;
    seen += ask(Method::kGet, "/metrics", "", right).text;
    seen += test_log();
    EXPECT_THAT(seen, Not(HasSubstr("canary")));
}

}  // namespace
}  // namespace millrace::api
