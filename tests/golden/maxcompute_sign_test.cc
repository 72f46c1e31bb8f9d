// Canonical strings and signatures of the official clients, recomputed.
#include "common/net/http_date.h"
#include "common/services/maxcompute/sign.h"
#include "tests/golden/maxcompute_golden.h"

namespace millrace::maxcompute {
namespace {

// The region in "ODPS id/20261120/cn-hangzhou/odps/aliyun_v4_request:sig", empty for v2.
std::string region_of(const std::string& authorization) {
    const size_t slash = authorization.find('/');
    const size_t colon = authorization.find(':');
    if (slash == std::string::npos || slash > colon) return {};
    const size_t begin = authorization.find('/', slash + 1) + 1;
    return authorization.substr(begin, authorization.find('/', begin) - begin);
}

TEST(MaxcomputeSignGolden, BothSchemes) {
    MILLRACE_GOLDEN_MAXCOMPUTE(vectors, "auth.json");
    size_t v2 = 0, v4 = 0;
    for (const auto& one : vectors) {
        const std::string method = one["method"],
                          path = percent_decode(one["path"].get<std::string>());
        Headers headers;
        for (const auto& header : one["headers"]) headers.emplace_back(header[0], header[1]);
        Query query = golden_query(one["query"].get<std::string>(), true);
        if (one["reads_values_twice"]) {
            for (auto& [name, value] : query) {
                std::replace(value.begin(), value.end(), '+', ' ');
                value = percent_decode(value);
            }
        }
        const std::string text = string_to_sign({method, path, query, headers});
        EXPECT_EQ(text, one["canonical"]) << one["label"];
        const std::string expected = one["authorization"];
        const std::string region = region_of(expected), id = one["access_id"];
        const Secret secret(one["access_key"]);
        const auto date = parse_http_date(find_header(headers, "date"));
        ASSERT_TRUE(date.has_value());
        EXPECT_EQ(authorization({id, secret, region}, text, *date), expected) << one["label"];
        ++(region.empty() ? v2 : v4);
    }
    EXPECT_GT(v2, 40u);
    EXPECT_GT(v4, 0u);
}

}  // namespace
}  // namespace millrace::maxcompute
