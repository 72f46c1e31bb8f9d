#include "common/services/oss/client.h"

#include "common/codec/crc64.h"
#include "tests/unit/oss_bucket.h"

namespace millrace::oss {
namespace {

class OssClientTest : public OssBucketTest {
  protected:
    std::string text(const std::string& key) {
        const Result<Buffer> bytes = client_.get_object(key);
        EXPECT_TRUE(bytes.ok()) << bytes.status().text();
        return bytes.ok() ? std::string(bytes->view()) : std::string();
    }
    // Answers the next request of `method` with `answer` instead of what the service says.
    void once(Method method, std::function<Result<HttpAnswer>(HttpAnswer)> change) {
        hook_ = [this, method, change](const HttpRequest& request,
                                       HttpAnswer answer) -> Result<HttpAnswer> {
            if (request.method != method) return answer;
            const auto now = change;
            hook_ = nullptr;
            return now(std::move(answer));
        };
    }
};

TEST_F(OssClientTest, PutsAndGetsWholeAndInRanges) {
    const std::string key = "dir/a b+中&%.txt";
    const Result<ObjectInfo> put = client_.put_object(key, "hello world");
    ASSERT_TRUE(put.ok()) << put.status().text();
    EXPECT_EQ(*put->crc64, crc64(0, "hello world"));
    EXPECT_EQ(text(key), "hello world");
    EXPECT_EQ(client_.get_range(key, {6, 100})->view(), "world");
    EXPECT_EQ(client_.get_range(key, {50, 60}).status().service_code(), "InvalidRange");
    const Result<ObjectInfo> head = client_.head_object(key);
    ASSERT_TRUE(head.ok());
    EXPECT_EQ(head->length, 11u);
    EXPECT_EQ(head->crc64, put->crc64);
    EXPECT_EQ(head->etag, put->etag);
}

TEST_F(OssClientTest, BothSignaturesAndBothAddressStylesWork) {
    for (const char* region : {"cn-hangzhou", ""}) {
        for (const char* endpoint : {"http://127.0.0.1:9000", "http://oss.example.com:9000"}) {
            Settings with = settings();
            with.region = region;
            with.endpoint = endpoint;
            Client client = client_with(with);
            EXPECT_TRUE(client.put_object("x/y z", "1").ok()) << endpoint << region;
            EXPECT_TRUE(client.list_objects("x/").ok()) << endpoint << region;
            EXPECT_TRUE(client.initiate_multipart("x/y z").ok()) << endpoint << region;
        }
    }
}

TEST_F(OssClientTest, MissingThingsAreNotFound) {
    EXPECT_EQ(client_.get_object("no").status().code(), Code::kNotFound);
    EXPECT_EQ(client_.head_object("no").status().service_code(), "NoSuchKey");
    EXPECT_TRUE(*client_.bucket_exists());
    Settings other = settings();
    other.bucket = "no-such-bucket";
    EXPECT_FALSE(*client_with(other).bucket_exists());
    EXPECT_EQ(client_with(other).get_object("no").status().code(), Code::kConfig);
}

TEST_F(OssClientTest, AWrongKeyIsAConfigurationErrorWithoutTheSecret) {
    Settings with = settings();
    with.access_key = Secret("not-the-secret");
    const Status status = client_with(with).bucket_info().status();
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_EQ(status.service_code(), "SignatureDoesNotMatch");
    EXPECT_EQ(status.text().find("not-the-secret"), std::string::npos);
}

TEST_F(OssClientTest, AMultipartUploadAppearsAtComplete) {
    const std::string first(100 * 1024, 'a'), last = "end";
    const std::string upload = *client_.initiate_multipart("big");
    const auto one = client_.upload_part("big", upload, 1, first);
    const auto two = client_.upload_part("big", upload, 7, last);
    ASSERT_TRUE(one.ok() && two.ok());
    EXPECT_EQ(client_.head_object("big").status().code(), Code::kNotFound);
    EXPECT_EQ(client_.list_parts("big", upload)->size(), 2u);
    EXPECT_EQ(client_.list_multipart_uploads("bi")->at(0).upload_id, upload);
    const std::vector<CompletedPart> parts = {{1, one->etag}, {7, two->etag}};
    const auto done = client_.complete_multipart("big", upload, parts, true);
    ASSERT_TRUE(done.ok()) << done.status().text();
    EXPECT_EQ(*done->crc64, crc64_combine(*one->crc64, *two->crc64, last.size()));
    EXPECT_EQ(text("big"), first + last);
    const Status again = client_.complete_multipart("big", upload, parts, true).status();
    EXPECT_EQ(again.service_code(), "NoSuchUpload");
}

TEST_F(OssClientTest, CompleteRefusesWhatTheServiceWouldRefuse) {
    const std::string upload = *client_.initiate_multipart("k");
    const std::string etag = client_.upload_part("k", upload, 1, "small")->etag;
    ASSERT_TRUE(client_.upload_part("k", upload, 2, "last").ok());
    const auto code = [&](std::vector<CompletedPart> parts) {
        return client_.complete_multipart("k", upload, parts, false).status().service_code();
    };
    EXPECT_EQ(code({{1, etag}, {3, etag}}), "InvalidPart");
    EXPECT_EQ(code({{1, "00"}}), "InvalidPart");
    EXPECT_EQ(code({{1, etag}, {1, etag}}), "InvalidPartOrder");
    const std::string last = client_.list_parts("k", upload)->at(1).etag;
    EXPECT_EQ(code({{1, etag}, {2, last}}), "EntityTooSmall");
    EXPECT_TRUE(client_.abort_multipart("k", upload).ok());
    EXPECT_TRUE(client_.abort_multipart("k", upload).ok());
    EXPECT_TRUE(client_.list_multipart_uploads("")->empty());
}

TEST_F(OssClientTest, ForbiddenOverwritesKeepTheOldObject) {
    ASSERT_TRUE(client_.put_object("k", "old").ok());
    const Status put = client_.put_object("k", "new", {.forbid_overwrite = true}).status();
    EXPECT_EQ(put.service_code(), "FileAlreadyExists");
    EXPECT_EQ(text("k"), "old");
}

TEST_F(OssClientTest, ListsAndDeletesThousandsInPages) {
    std::vector<std::string> keys;
    for (int i = 0; i < 2345; ++i) keys.push_back("many/& <" + std::to_string(i));
    for (const std::string& key : keys) ASSERT_TRUE(client_.put_object(key, "").ok());
    ASSERT_TRUE(client_.put_object("other", "").ok());
    EXPECT_EQ(client_.list_objects("many/")->size(), keys.size());
    EXPECT_EQ(client_.list_objects("many/", 2000).status().code(), Code::kFatal);
    keys.push_back("many/control\x01");
    EXPECT_TRUE(client_.delete_objects(keys).ok());
    EXPECT_TRUE(client_.list_objects("many/")->empty());
    EXPECT_EQ(client_.list_objects("")->size(), 1u);
}

TEST_F(OssClientTest, UploadsAreListedOverPages) {
    for (int i = 0; i < 1001; ++i) ASSERT_TRUE(client_.initiate_multipart("same").ok());
    EXPECT_EQ(client_.list_multipart_uploads("same")->size(), 1001u);
}

TEST_F(OssClientTest, AWrongClockIsCorrectedOnce) {
    server_clock_.set_offset_ms(3'600'000);
    EXPECT_TRUE(client_.put_object("k", "1").ok());
    EXPECT_EQ(requests_.size(), 2u);
    EXPECT_TRUE(client_.put_object("k", "2").ok());  // the offset is remembered
    EXPECT_EQ(requests_.size(), 3u);
}

TEST_F(OssClientTest, AClockThatStaysWrongIsFinal) {
    server_clock_.set_offset_ms(3'600'000);
    hook_ = [](const HttpRequest&, HttpAnswer answer) -> Result<HttpAnswer> {
        std::erase_if(answer.headers, [](const auto& header) { return header.first == "date"; });
        return answer;
    };
    EXPECT_EQ(client_.put_object("k", "1").status().service_code(), "RequestTimeTooSkewed");
    EXPECT_EQ(requests_.size(), 2u);
}

TEST_F(OssClientTest, APartWithAnotherCrcIsSentAgain) {
    const std::string upload = *client_.initiate_multipart("k");
    once(Method::kPut, [](HttpAnswer answer) -> Result<HttpAnswer> {
        for (auto& [name, value] : answer.headers) {
            if (name == "x-oss-hash-crc64ecma") value = "1";
        }
        return answer;
    });
    EXPECT_TRUE(client_.upload_part("k", upload, 1, "bytes").ok());
    EXPECT_EQ(sent(Method::kPut, "partNumber"), 2u);
}

TEST_F(OssClientTest, WithoutACrcThePartsEtagMustBeItsMd5) {
    const std::string upload = *client_.initiate_multipart("k");
    hook_ = [](const HttpRequest&, HttpAnswer answer) -> Result<HttpAnswer> {
        std::erase_if(answer.headers,
                      [](const auto& h) { return h.first.starts_with("x-oss-hash"); });
        return answer;
    };
    EXPECT_TRUE(client_.upload_part("k", upload, 1, "bytes").ok());
    hook_ = [](const HttpRequest&, HttpAnswer answer) -> Result<HttpAnswer> {
        answer.headers = {{"etag", "\"00\""}};
        return answer;
    };
    EXPECT_EQ(client_.upload_part("k", upload, 1, "bytes").status().code(), Code::kCorrupt);
}

TEST_F(OssClientTest, ADamagedDownloadIsAskedForAgain) {
    ASSERT_TRUE(client_.put_object("k", "hello").ok());
    once(Method::kGet, [](HttpAnswer answer) -> Result<HttpAnswer> {
        answer.body.data()[0] = 'j';
        return answer;
    });
    EXPECT_EQ(text("k"), "hello");
}

TEST_F(OssClientTest, BrokenConnectionsAndBusyAnswersAreRetriedTenTimes) {
    once(Method::kPut, [](HttpAnswer) -> Result<HttpAnswer> {
        return Status(Code::kUnknownOutcome, "broken off");
    });
    EXPECT_TRUE(client_.put_object("k", "1").ok());
    hook_ = [](const HttpRequest&, HttpAnswer) -> Result<HttpAnswer> {
        return FakeHttp::answer(503, "");
    };
    requests_.clear();
    EXPECT_EQ(client_.put_object("k", "1").status().code(), Code::kThrottled);
    EXPECT_EQ(requests_.size(), 11u);
}

TEST_F(OssClientTest, NothingIsSentWithoutTheLease) {
    context_.may_send = []() -> Result<std::optional<MonoTime>> {
        return Status(Code::kLeaseLost, "lost");
    };
    EXPECT_EQ(client_.put_object("k", "1").status().code(), Code::kLeaseLost);
    EXPECT_TRUE(requests_.empty());
}

}  // namespace
}  // namespace millrace::oss
