#include "common/services/tablestore/reply.h"

#include <gtest/gtest.h>

#include "common/services/tablestore/date.h"
#include "common/services/tablestore/errors.h"
#include "tests/unit/common/services/tablestore/signed_answers.h"

namespace millrace::tablestore {
namespace {

using test::signed_answer;
using test::test_config;

Status check(const HttpAnswer& answer, const Config& config = test_config()) {
    return check_answer(config, "GetRow", answer, "read a row of table t");
}

TEST(TablestoreReply, BelievesASignedAnswer) {
    EXPECT_TRUE(check(signed_answer("GetRow", "body")).ok());
}

TEST(TablestoreReply, RefusesAnAnswerWithoutAnyOfItsHeaders) {
    for (const char* name : {"x-ots-contentmd5", "x-ots-contenttype", "x-ots-requestid",
                             "x-ots-date", "authorization"}) {
        HttpAnswer answer = signed_answer("GetRow", "body");
        std::erase_if(answer.headers, [&](const auto& header) { return header.first == name; });
        const Status status = check(answer);
        EXPECT_EQ(status.code(), Code::kCorrupt) << name;
        EXPECT_NE(status.text().find(name), std::string::npos);
    }
}

TEST(TablestoreReply, RefusesAnAnswerWhoseTimeIsUnknown) {
    const Headers bad = {{"x-ots-date", "yesterday"}};
    EXPECT_EQ(check(signed_answer("GetRow", "body", 200, bad)).code(), Code::kCorrupt);
}

TEST(TablestoreReply, RefusesAnotherSignature) {
    EXPECT_EQ(check(signed_answer("PutRow", "body")).code(), Code::kCorrupt);
    HttpAnswer added = signed_answer("GetRow", "body");
    added.headers.emplace_back("x-ots-more", "1");
    EXPECT_EQ(check(added).code(), Code::kCorrupt);
    HttpAnswer other_id = signed_answer("GetRow", "body");
    other_id.headers.back().second.replace(4, 6, "nobody");
    EXPECT_EQ(check(other_id).code(), Code::kCorrupt);
}

TEST(TablestoreReply, ComparesTheMd5AsConfigured) {
    const auto damaged = [] {
        HttpAnswer answer = signed_answer("GetRow", "body");
        answer.body.data()[0] = 'B';
        return answer;
    };
    EXPECT_EQ(check(damaged()).code(), Code::kCorrupt);  // plain http
    EXPECT_TRUE(check(damaged(), test_config({.endpoint = "https://host"})).ok());
    EXPECT_TRUE(check(damaged(), test_config({.response_md5 = ResponseMd5::kOff})).ok());
    EXPECT_EQ(
        check(damaged(), test_config({.endpoint = "https://h", .response_md5 = ResponseMd5::kOn}))
            .code(),
        Code::kCorrupt);
}

TEST(TablestoreReply, V4AnswersAreSignedWithTheKeyOfTheRequestsDay) {
    for (const char* day : {"20231114", "20231115"}) {
        HttpAnswer answer =
            signed_answer("GetRow", "body", 200, {{"x-ots-date", "2023-11-14T23:59:50.000Z"}});
        answer.headers.pop_back();
        test::sign("GetRow", key_v4(Secret("canary-secret"), day, "cn-hangzhou"), answer);
        EXPECT_TRUE(check(answer, test_config({.region = "cn-hangzhou"})).ok()) << day;
        EXPECT_EQ(check(answer, test_config({.region = "cn-beijing"})).code(), Code::kCorrupt);
    }
}

TEST(TablestoreReply, BelievesUnsignedErrors) {
    HttpAnswer answer = test::error_answer("GetRow", 403, "OTSAuthFailed", "The user is unknown.");
    answer.headers.clear();
    const Status status = check(answer);
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_EQ(status.service_code(), "OTSAuthFailed");
    EXPECT_NE(status.text().find("instance name is wrong"), std::string::npos) << status.text();
    EXPECT_NE(status.text().find("or the key is"), std::string::npos);
    EXPECT_NE(status.text().find("The user is unknown."), std::string::npos);
    EXPECT_EQ(status.text().find("canary"), std::string::npos);
}

TEST(TablestoreReply, JudgesAnswersOfOthersByTheirStatus) {
    const auto code = [](int status) { return check(FakeHttp::answer(status, "<html>")).code(); };
    EXPECT_EQ(code(502), Code::kUnknownOutcome);
    EXPECT_EQ(code(429), Code::kThrottled);
    EXPECT_EQ(code(301), Code::kConfig);
    EXPECT_EQ(code(413), Code::kFatal);
    EXPECT_EQ(code(404), Code::kFatal);
}

TEST(TablestoreErrors, EveryRowOfTheTableIsWhatItSays) {
    for (const ErrorRow& row : error_table()) {
        const bool quota = row.service_code == "OTSQuotaExhausted";
        const std::string message = quota ? "Too frequent table operations." : "m";
        const Status status =
            check(test::error_answer("GetRow", 400, std::string(row.service_code), message));
        EXPECT_EQ(status.code(), row.code) << row.service_code;
        EXPECT_EQ(status.service_code(), row.service_code);
        EXPECT_NE(status.text().find("read a row of table t"), std::string::npos);
    }
    EXPECT_EQ(check(test::error_answer("GetRow", 403, "OTSQuotaExhausted", "Table quota.")).code(),
              Code::kFatal);
    EXPECT_EQ(check(test::error_answer("GetRow", 404, "OTSObjectNotExist")).code(),
              Code::kNotFound);
    EXPECT_FALSE(check(test::error_answer("GetRow", 400, "OTSTrimmedDataAccess")).retryable());
    EXPECT_TRUE(check(test::error_answer("GetRow", 500, "OTSNewCode")).retryable());
}

TEST(TablestoreReply, DecompressesWhatWasAskedToBeCompressed) {
    const std::string body(5000, 'x');
    const HttpAnswer answer = test::compressed_answer("GetRow", body);
    EXPECT_TRUE(check(answer).ok());
    Buffer inflated;
    EXPECT_EQ(*content_of(answer, inflated), body);
    for (const char* size : {"0", "4999", "5001", "99999999999", "x"}) {
        HttpAnswer wrong = test::compressed_answer("GetRow", body);
        for (auto& [name, value] : wrong.headers) {
            if (name == "x-ots-response-compress-size") value = size;
        }
        EXPECT_EQ(content_of(wrong, inflated).status().code(), Code::kCorrupt) << size;
    }
}

TEST(TablestoreDate, TakesZeroToNineDigitsOfFraction) {
    const auto micros = [](const char* text) {
        return to_micros(parse_date(text).value_or(TimePoint()));
    };
    EXPECT_EQ(micros("2023-11-14T22:13:20Z"), 1'700'000'000'000'000);
    EXPECT_EQ(micros("2023-11-14T22:13:20.1Z"), 1'700'000'000'100'000);
    EXPECT_EQ(micros("2023-11-14T22:13:20.11205Z"), 1'700'000'000'112'050);
    EXPECT_EQ(micros("2023-11-14T22:13:20.123456789Z"), 1'700'000'000'123'456);
    for (const char* bad :
         {"", "2023-11-14T22:13:20", "2023-13-14T22:13:20Z", "2023-11-14 22:13:20Z",
          "2023-11-14T24:13:20Z", "2023-11-14T22:13:20.Z", "2023-11-14T22:13:20.1234567891Z",
          "2023-11-14T22:13:20.1aZ", "Tue, 14 Nov 2023 22:13:20 GMT"}) {
        EXPECT_FALSE(parse_date(bad)) << bad;
    }
}

}  // namespace
}  // namespace millrace::tablestore
