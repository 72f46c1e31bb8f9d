#include <filesystem>

#include "tests/golden/oss_golden.h"
#include "tests/standin/auth_oss.h"

namespace millrace::standin {
namespace {

const Account kAccount{"testid", "testsecret", false};

Request request_of(const nlohmann::json& json) {
    Request request;
    request.method = json["method"];
    request.target = json["target"];
    for (const auto& header : json["headers"]) request.headers.emplace_back(header[0], header[1]);
    return request;
}

class OssStandinSignGolden : public ::testing::TestWithParam<const char*> {};

TEST_P(OssStandinSignGolden, EverySignatureIsJudgedRight) {
    MILLRACE_GOLDEN_OSS(vectors, GetParam());
    for (const auto& one : vectors) {
        const Request request = request_of(one);
        const OssTarget target = parse_oss_target(request);
        EXPECT_EQ(target.bucket, one["bucket"]) << one["id"];
        EXPECT_EQ(target.key, one["key"]) << one["id"];
        EXPECT_EQ(target.virtual_host, one["style"] == "virtual-host") << one["id"];
        const OssAuth auth = authenticate_oss(kAccount, request, target, TimePoint());
        EXPECT_EQ(auth.kind, one["kind"]) << one["id"];
        EXPECT_EQ(auth.sent, one["signature"]) << one["id"];
        const bool right =
            one["secret"] == kAccount.access_key && one["access_key_id"] == kAccount.access_id;
        EXPECT_EQ(auth.ok(), right) << one["id"] << " " << auth.code;
        if (one.contains("string_to_sign") && right) {
            EXPECT_EQ(auth.string_to_sign, one["string_to_sign"]) << one["id"];
        }
        if (one.contains("canonical_request") && right) {
            EXPECT_EQ(auth.canonical_request, one["canonical_request"]) << one["id"];
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Both, OssStandinSignGolden,
                         ::testing::Values("sign-v1.json", "sign-v4.json"));

TEST(OssStandinExchangesGolden, EveryRequestIsAuthenticated) {
    const std::string folder = golden_dir("oss");
    if (folder.empty()) GTEST_SKIP() << "oss is not there";
    size_t checked = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const std::string file = entry.path().filename();
        if (!file.starts_with("exchanges-")) continue;
        for (const auto& one : read_golden_oss(file)) {
            const Request request = request_of(one["request"]);
            const OssTarget target = parse_oss_target(request);
            const OssAuth auth = authenticate_oss(kAccount, request, target, TimePoint());
            EXPECT_EQ(target.bucket, one["auth"]["bucket"]) << one["id"];
            EXPECT_EQ(target.key, one["auth"]["key"]) << one["id"];
            if (one["auth"].contains("signature_sent")) {
                EXPECT_EQ(auth.sent, one["auth"]["signature_sent"]) << one["id"];
            }
            const bool right = one["signed_with_secret"] == kAccount.access_key &&
                               one["access_key_id"] == kAccount.access_id;
            EXPECT_EQ(auth.ok(), right) << one["id"] << " " << auth.code;
            ++checked;
        }
    }
    EXPECT_GT(checked, 400u);
}

}  // namespace
}  // namespace millrace::standin
