#include "tests/golden/opensearch_golden.h"
#include "tests/standin/opensearch_auth.h"

namespace millrace::standin {
namespace {

const Account kAccount{"testid", "testsecret", false};

Request request_of(const nlohmann::json& json) {
    Request request;
    request.method = json["method"];
    request.target = json["target"];
    for (const auto& header : json["headers"]) request.headers.emplace_back(header[0], header[1]);
    if (json["body"].contains("text")) request.body = json["body"]["text"];
    return request;
}

class OpenSearchStandinAuthGolden : public ::testing::TestWithParam<const char*> {};

TEST_P(OpenSearchStandinAuthGolden, EverySignatureIsJudgedRight) {
    MILLRACE_GOLDEN_OPENSEARCH(vectors, GetParam());
    for (const auto& one : vectors) {
        const Request request = request_of(one["request"]);
        // Of long bodies the vectors have the beginning only; without a body no digest is checked.
        const bool v3 = request.target.starts_with("/v3/");
        const auto pairs = parse_pairs(request.method == "POST" ? std::string_view(request.body)
                                                                : request.query());
        const OpenSearchAuth auth = v3 ? authenticate_v3(kAccount, request, TimePoint())
                                       : authenticate_v2(kAccount, request, pairs, TimePoint());
        const bool right_id = one["access_key_id"] == kAccount.access_id;
        EXPECT_EQ(auth.ok(), right_id && one["signed_with_secret"] == kAccount.access_key)
            << one["id"] << " " << auth.code;
        if (!right_id) {
            EXPECT_EQ(auth.code, 5001) << one["id"];
            continue;
        }
        EXPECT_EQ(auth.kind, one["auth"]["kind"]) << one["id"];
        EXPECT_EQ(auth.sent, one["auth"]["signature_sent"]) << one["id"];
        if (auth.ok()) {
            EXPECT_EQ(auth.string_to_sign, one["auth"]["string_to_sign"]) << one["id"];
            EXPECT_EQ(auth.expected, one["auth"]["signature_expected"]) << one["id"];
        } else {
            EXPECT_EQ(auth.code, 4003) << one["id"];
        }
    }
}

INSTANTIATE_TEST_SUITE_P(All, OpenSearchStandinAuthGolden,
                         ::testing::Values("v3-java.json", "v3-python.json", "v2-java.json"));

TEST(OpenSearchStandinAuthGolden, AnotherBodyOrDateIsRefused) {
    MILLRACE_GOLDEN_OPENSEARCH(vectors, "v3-python.json");
    Request request = request_of(vectors[0]["request"]);
    ASSERT_TRUE(authenticate_v3(kAccount, request, TimePoint()).ok());
    EXPECT_EQ(authenticate_v3({"testid", "testsecret", true}, request, TimePoint()).code, 4010);
    request.body += ' ';
    EXPECT_EQ(authenticate_v3(kAccount, request, TimePoint()).code, 4003);
}

}  // namespace
}  // namespace millrace::standin
