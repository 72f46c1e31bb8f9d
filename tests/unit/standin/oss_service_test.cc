#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "common/crypto/digest.h"
#include "tests/standin/auth_oss.h"
#include "tests/standin/http_date.h"
#include "tests/standin/oss_service.h"
#include "tests/unit/oss_bucket.h"

namespace millrace::standin {
namespace {

class OssStandinTest : public OssBucketTest {
  protected:
    // Signs by V1, in the header.
    Request request(std::string method, std::string target, std::string body = {},
                    Headers headers = {}) {
        Request made{std::move(method), std::move(target), std::move(headers), std::move(body)};
        made.headers.emplace_back("Host", "127.0.0.1:1");
        made.headers.emplace_back("Date", http_date(clock_.now() + skew_));
        const OssAuth auth = authenticate_oss(
            {"testid", "testsecret", false},
            [&] {
                Request unsigned_one = made;
                unsigned_one.headers.emplace_back("Authorization", "OSS testid:x");
                return unsigned_one;
            }(),
            parse_oss_target(made), clock_.now());
        made.headers.emplace_back("Authorization", "OSS testid:" + auth.expected);
        return made;
    }
    Response ask(std::string method, std::string target, std::string body = {},
                 Headers headers = {}) {
        return service_->handle(
            request(std::move(method), std::move(target), std::move(body), std::move(headers)));
    }
    static std::string code(const Response& response) {
        const std::string xml(response.view());
        const size_t at = xml.find("<Code>");
        return at == std::string::npos ? "" : xml.substr(at + 6, xml.find("</Code>") - at - 6);
    }

    Duration skew_{0};
};

TEST_F(OssStandinTest, ADateMoreThanFifteenMinutesOffIsRefused) {
    skew_ = std::chrono::minutes(14);
    EXPECT_EQ(ask("GET", "/examplebucket/?acl").status, 200);
    for (const auto off : {std::chrono::minutes(16), -std::chrono::minutes(16)}) {
        skew_ = off;
        const Response refused = ask("GET", "/examplebucket/?acl");
        EXPECT_EQ(refused.status, 403);
        EXPECT_EQ(code(refused), "RequestTimeTooSkewed");
    }
}

TEST_F(OssStandinTest, WithoutASignatureNothingIsAnswered) {
    Request anonymous{"GET", "/examplebucket/x", {}, {}};
    EXPECT_EQ(code(service_->handle(anonymous)), "AccessDenied");
    Request changed = request("GET", "/examplebucket/x");
    changed.target = "/examplebucket/y";
    EXPECT_EQ(code(service_->handle(changed)), "SignatureDoesNotMatch");
}

TEST_F(OssStandinTest, CompleteAllTakesEveryPart) {
    const std::string upload = *client_.initiate_multipart("k");
    const std::string first(100 * 1024, 'a');
    ASSERT_TRUE(client_.upload_part("k", upload, 2, "b").ok());
    ASSERT_TRUE(client_.upload_part("k", upload, 1, first).ok());
    const Response done =
        ask("POST", "/examplebucket/k?uploadId=" + upload, "", {{"x-oss-complete-all", "yes"}});
    EXPECT_EQ(done.status, 200);
    EXPECT_EQ(client_.get_object("k")->view(), first + "b");
}

TEST_F(OssStandinTest, AnEmptyCompleteMakesAnEmptyObject) {
    const std::string upload = *client_.initiate_multipart("k");
    const std::string target = "/examplebucket/k?uploadId=" + upload;
    EXPECT_EQ(code(ask("POST", target, "<Complete")), "MalformedXML");
    EXPECT_EQ(ask("POST", target, "<CompleteMultipartUpload></CompleteMultipartUpload>").status,
              200);
    EXPECT_EQ(client_.head_object("k")->length, 0u);
}

TEST_F(OssStandinTest, QuietDeletesAnswerNothingAndNeedTheMd5) {
    ASSERT_TRUE(client_.put_object("k", "1").ok());
    const std::string xml = "<Delete><Quiet>true</Quiet><Object><Key>k</Key></Object></Delete>";
    EXPECT_EQ(ask("POST", "/examplebucket/?delete", xml).status, 400);
    const Response quiet =
        ask("POST", "/examplebucket/?delete", xml, {{"Content-MD5", base64(md5(xml))}});
    EXPECT_EQ(quiet.status, 200);
    EXPECT_EQ(quiet.view(), "");
    EXPECT_EQ(client_.get_object("k").status().code(), Code::kNotFound);
}

TEST_F(OssStandinTest, ActionsHaveTheNamesOfTheDocuments) {
    const std::pair<std::pair<const char*, const char*>, const char*> cases[] = {
        {{"PUT", "/b/k"}, "PutObject"},
        {{"GET", "/b/k"}, "GetObject"},
        {{"HEAD", "/b/k"}, "HeadObject"},
        {{"DELETE", "/b/k"}, "DeleteObject"},
        {{"POST", "/b/k?uploads"}, "InitiateMultipartUpload"},
        {{"PUT", "/b/k?partNumber=1&uploadId=U"}, "UploadPart"},
        {{"POST", "/b/k?uploadId=U"}, "CompleteMultipartUpload"},
        {{"DELETE", "/b/k?uploadId=U"}, "AbortMultipartUpload"},
        {{"GET", "/b/k?uploadId=U"}, "ListParts"},
        {{"GET", "/b/?uploads"}, "ListMultipartUploads"},
        {{"GET", "/b/?list-type=2"}, "ListObjects"},
        {{"POST", "/b/?delete"}, "DeleteMultipleObjects"},
        {{"GET", "/b?bucketInfo"}, "GetBucketInfo"},
        {{"GET", "/"}, "ListBuckets"},
        {{"PATCH", "/b/k"}, "Unknown"}};
    for (const auto& [request, name] : cases) {
        EXPECT_EQ(service_->action_of({request.first, request.second, {}, {}}), name);
    }
}

TEST_F(OssStandinTest, CountsWhatItHolds) {
    ASSERT_TRUE(client_.put_object("k", "123").ok());
    ASSERT_TRUE(client_.initiate_multipart("open").ok());
    nlohmann::json counters;
    service_->add_counters(counters);
    EXPECT_EQ(counters["objects"], 1);
    EXPECT_EQ(counters["object_bytes"], 3);
    EXPECT_EQ(counters["open_uploads"], 1);
}

}  // namespace
}  // namespace millrace::standin
