#include "common/services/oss/request.h"

#include <gtest/gtest.h>

namespace millrace::oss {
namespace {

TEST(OssRequest, KeysAndQueriesAreEncodedInTheUrl) {
    Config config = *make_config({"http://127.0.0.1:9", "bucket", "id", Secret("k"), {}, ""});
    const HttpRequest http = to_http(
        config, {.key = "a b/中", .query = {{"uploads", ""}, {"prefix", "x/y"}}}, TimePoint());
    EXPECT_EQ(http.url, "http://127.0.0.1:9/bucket/a%20b/%E4%B8%AD?uploads&prefix=x%2Fy");
    EXPECT_TRUE(find_header(http.headers, "authorization").starts_with("OSS id:"));
}

TEST(OssRequest, ATemporaryKeysTokenIsSentAndSigned) {
    Config config = *make_config(
        {"http://127.0.0.1:9", "bucket", "id", Secret("k"), Secret("token"), "cn-hangzhou"});
    const HttpRequest with = to_http(config, {.key = "a"}, TimePoint());
    EXPECT_EQ(find_header(with.headers, "x-oss-security-token"), "token");
    config.sts_token = Secret("other");
    const HttpRequest other = to_http(config, {.key = "a"}, TimePoint());
    EXPECT_NE(find_header(with.headers, "authorization"),
              find_header(other.headers, "authorization"));
}

}  // namespace
}  // namespace millrace::oss
