#include "common/services/oss/reply.h"

#include <gtest/gtest.h>

#include "common/crypto/digest.h"
#include "common/net/fake_http.h"

namespace millrace::oss {
namespace {

std::string error_xml(std::string_view code) {
    return "<?xml version=\"1.0\"?><Error><Code>" + std::string(code) +
           "</Code><Message>what happened</Message><RequestId>5FB1</RequestId>"
           "<StringToSign>hidden</StringToSign></Error>";
}

struct Row {
    const char* service_code;
    int status;
    Code code;
};

class OssReplyRow : public ::testing::TestWithParam<Row> {};

TEST_P(OssReplyRow, IsJudgedAsTheTableSays) {
    const Row row = GetParam();
    const HttpAnswer answer = FakeHttp::answer(row.status, error_xml(row.service_code));
    const Status status = status_of(answer, "put oss://b/k");
    EXPECT_EQ(status.code(), row.code);
    EXPECT_EQ(status.service_code(), row.service_code);
    EXPECT_NE(status.text().find("put oss://b/k"), std::string::npos);
    EXPECT_NE(status.text().find("5FB1"), std::string::npos);
    EXPECT_EQ(status.text().find("hidden"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    All, OssReplyRow,
    ::testing::Values(
        Row{"InternalError", 500, Code::kUnknownOutcome},
        Row{"ServiceUnavailable", 503, Code::kThrottled}, Row{"RequestTimeout", 400, Code::kRetry},
        Row{"RequestTimeTooSkewed", 403, Code::kFatal}, Row{"InvalidDigest", 400, Code::kFatal},
        Row{"BadRequest", 400, Code::kFatal}, Row{"AccessDenied", 403, Code::kConfig},
        Row{"InvalidAccessKeyId", 403, Code::kConfig},
        Row{"SignatureDoesNotMatch", 403, Code::kConfig},
        Row{"SecurityTokenExpired", 403, Code::kConfig},
        Row{"QpsLimitExceeded", 503, Code::kThrottled},
        Row{"DownloadTrafficRateLimitExceeded", 503, Code::kThrottled},
        Row{"UploadTrafficRateLimitExceeded", 503, Code::kThrottled},
        Row{"NoSuchBucket", 404, Code::kConfig}, Row{"NoSuchKey", 404, Code::kNotFound},
        Row{"NoSuchUpload", 404, Code::kNotFound}, Row{"FileAlreadyExists", 409, Code::kFatal},
        Row{"PositionNotEqualToLength", 409, Code::kFatal},
        Row{"ObjectNotAppendable", 409, Code::kFatal}, Row{"FileImmutable", 409, Code::kFatal},
        Row{"BucketNotEmpty", 409, Code::kFatal}, Row{"BucketAlreadyExists", 409, Code::kFatal},
        Row{"InvalidPart", 400, Code::kFatal}, Row{"InvalidPartOrder", 400, Code::kFatal},
        Row{"EntityTooSmall", 400, Code::kFatal}, Row{"EntityTooLarge", 400, Code::kFatal},
        Row{"MalformedXML", 400, Code::kFatal}, Row{"InvalidArgument", 400, Code::kFatal},
        Row{"InvalidObjectName", 400, Code::kConfig}, Row{"InvalidBucketName", 400, Code::kConfig},
        Row{"MissingContentLength", 411, Code::kFatal},
        Row{"PreconditionFailed", 412, Code::kFatal}, Row{"InvalidRange", 416, Code::kFatal},
        Row{"MethodNotAllowed", 405, Code::kFatal}),
    [](const auto& row) { return std::string(row.param.service_code); });

TEST(OssReply, EveryRowOfTheTableIsTested) {
    EXPECT_EQ(error_table().size(), 34u);
}

TEST(OssReply, SuccessIsSuccess) {
    EXPECT_TRUE(status_of(FakeHttp::answer(204, ""), "x").ok());
}

TEST(OssReply, UnknownCodesGoByTheirStatus) {
    const std::pair<int, Code> cases[] = {{500, Code::kUnknownOutcome}, {502, Code::kRetry},
                                          {503, Code::kThrottled},      {504, Code::kRetry},
                                          {408, Code::kRetry},          {429, Code::kThrottled},
                                          {400, Code::kFatal},          {301, Code::kFatal}};
    for (const auto& [status, code] : cases) {
        EXPECT_EQ(status_of(FakeHttp::answer(status, error_xml("New")), "x").code(), code);
        EXPECT_EQ(status_of(FakeHttp::answer(status, "<html>"), "x").code(), code) << status;
    }
    EXPECT_EQ(status_of(FakeHttp::answer(404, "<html>"), "x").code(), Code::kFatal);
}

TEST(OssReply, AHeadErrorComesInAHeader) {
    const HttpAnswer told =
        FakeHttp::answer(404, "", {{"x-oss-err", base64(error_xml("NoSuchBucket"))}});
    EXPECT_EQ(status_of(told, "x").service_code(), "NoSuchBucket");
    EXPECT_EQ(status_of(FakeHttp::answer(404, ""), "x").service_code(), "NoSuchKey");
}

TEST(OssReply, TheServicesDelayIsKept) {
    const HttpAnswer answer =
        FakeHttp::answer(503, error_xml("ServiceUnavailable"), {{"x-oss-qos-delay-time", "2500"}});
    EXPECT_EQ(status_of(answer, "x").delay(), std::chrono::milliseconds(2500));
    const HttpAnswer limited = FakeHttp::answer(503, error_xml("QpsLimitExceeded"));
    EXPECT_EQ(status_of(limited, "x").delay(), std::chrono::milliseconds(1000));
}

TEST(OssReply, ANamedEndpointIsPassedOn) {
    const HttpAnswer answer = FakeHttp::answer(
        403, "<Error><Code>AccessDenied</Code><Endpoint>oss-cn-x.aliyuncs.com</Endpoint></Error>");
    EXPECT_NE(status_of(answer, "x").text().find("oss-cn-x.aliyuncs.com"), std::string::npos);
}

}  // namespace
}  // namespace millrace::oss
