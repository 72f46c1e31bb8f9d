#include "common/services/opensearch/reply.h"

#include <gtest/gtest.h>

#include "common/net/fake_http.h"
#include "common/services/opensearch/errors.h"

namespace millrace::opensearch {
namespace {

Status judged(int status, const std::string& body) {
    return status_of(FakeHttp::answer(status, body), "push");
}

std::string failure(int number) {
    return R"({"status":"FAIL","request_id":"r1","result":{},"errors":[{"code":)" +
           std::to_string(number) + R"(,"message":"of k1"}],"tracer":""})";
}

TEST(OpenSearchReplyTest, EveryKnownNumberMeansWhatItsRowSays) {
    for (const ErrorRow& row : error_table()) {
        for (const int http : {200, 400, 500}) {
            const Status status = judged(http, failure(row.number));
            EXPECT_EQ(status.code(), row.code) << row.number;
            EXPECT_EQ(status.service_code(), std::to_string(row.number));
            EXPECT_EQ(status.text().find("k1"), std::string::npos) << status.text();
        }
    }
    EXPECT_GT(judged(429, failure(3007)).delay().count(), 0);
}

TEST(OpenSearchReplyTest, OkIsBothTheStatusAndTheWord) {
    EXPECT_TRUE(judged(200, R"({"status":"OK","result":true,"errors":[]})").ok());
    EXPECT_FALSE(judged(500, R"({"status":"OK","result":true,"errors":[]})").ok());
    EXPECT_EQ(judged(200, R"({"status":"FAIL","errors":[]})").code(), Code::kCorrupt);
    EXPECT_EQ(judged(200, "<html>").code(), Code::kCorrupt);
    EXPECT_EQ(judged(200, "[]").code(), Code::kCorrupt);
}

TEST(OpenSearchReplyTest, WithoutANumberTheStatusDecides) {
    EXPECT_EQ(judged(429, "").code(), Code::kThrottled);
    EXPECT_EQ(judged(500, "").code(), Code::kUnknownOutcome);
    EXPECT_EQ(judged(502, "<html>").code(), Code::kUnknownOutcome);
    EXPECT_EQ(judged(503, "").code(), Code::kThrottled);
    EXPECT_EQ(judged(400, failure(987654)).code(), Code::kFatal);
    EXPECT_EQ(judged(418, R"({"errors":[{"code":"3007"}]})").code(), Code::kFatal);
}

TEST(OpenSearchReplyTest, PagesThatAreNotUnderstoodAreCorrupt) {
    for (const char* body :
         {"", "[]", "{}", R"({"result":7})", R"({"result":{"items":[]}})",
          R"({"result":{"items":{},"total":1}})", R"({"result":{"items":[7],"total":1}})",
          R"({"result":{"items":[{"fields":7}],"total":1}})"}) {
        EXPECT_EQ(read_page(FakeHttp::answer(200, body)).status().code(), Code::kCorrupt) << body;
    }
    const auto page = read_page(FakeHttp::answer(
        200, R"({"result":{"items":[{"fields":{"id":"a","n":1}}],"total":9,"scroll_id":"s"}})"));
    ASSERT_TRUE(page.ok());
    EXPECT_EQ(page->documents[0], (Document{{"id", "a"}, {"n", "1"}}));
    EXPECT_EQ(page->total, 9u);
    EXPECT_EQ(page->scroll_id, "s");
}

}  // namespace
}  // namespace millrace::opensearch
