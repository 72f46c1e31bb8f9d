#include "common/services/oss/config.h"

#include <gtest/gtest.h>

namespace millrace::oss {
namespace {

Settings with_endpoint(const std::string& endpoint) {
    return {endpoint, "my-bucket", "id", Secret("key"), {}, ""};
}

TEST(OssConfig, AddressStyleFollowsTheHost) {
    EXPECT_EQ(make_config(with_endpoint("http://127.0.0.1:9000"))->bucket_url(),
              "http://127.0.0.1:9000/my-bucket");
    EXPECT_EQ(make_config(with_endpoint("http://localhost"))->bucket_url(),
              "http://localhost/my-bucket");
    EXPECT_EQ(make_config(with_endpoint("oss-cn-hangzhou.aliyuncs.com"))->bucket_url(),
              "https://my-bucket.oss-cn-hangzhou.aliyuncs.com");
}

TEST(OssConfig, TheRegionIsReadFromTheEndpoint) {
    const std::pair<const char*, const char*> cases[] = {
        {"https://oss-cn-hangzhou.aliyuncs.com", "cn-hangzhou"},
        {"https://oss-cn-hangzhou-internal.aliyuncs.com", "cn-hangzhou"},
        {"https://oss-accelerate.aliyuncs.com", ""},
        {"https://oss.example.com", ""},
        {"http://127.0.0.1:9000", ""}};
    for (const auto& [endpoint, region] : cases) {
        EXPECT_EQ(make_config(with_endpoint(endpoint))->region, region) << endpoint;
    }
    Settings given = with_endpoint("http://127.0.0.1:9000");
    given.region = "oss-cn-beijing";
    EXPECT_EQ(make_config(given)->region, "cn-beijing");
}

TEST(OssConfig, AnEndpointWithTheBucketIsRefusedWithTheRightOne) {
    const Status status =
        make_config(with_endpoint("https://my-bucket.oss-cn-hangzhou.aliyuncs.com")).status();
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_NE(status.text().find("as \"https://oss-cn-hangzhou.aliyuncs.com\""), std::string::npos);
}

TEST(OssConfig, OddValuesAreRefused) {
    EXPECT_EQ(make_config(with_endpoint("http://h/path")).status().code(), Code::kConfig);
    Settings bucket = with_endpoint("http://h");
    bucket.bucket = "Upper";
    EXPECT_EQ(make_config(bucket).status().code(), Code::kConfig);
    Settings key = with_endpoint("http://h");
    key.access_key = Secret();
    EXPECT_EQ(make_config(key).status().code(), Code::kConfig);
}

}  // namespace
}  // namespace millrace::oss
