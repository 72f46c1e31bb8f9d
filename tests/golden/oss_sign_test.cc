#include <algorithm>

#include "common/net/url.h"
#include "common/services/oss/sign_v1.h"
#include "common/services/oss/sign_v4.h"
#include "tests/golden/oss_golden.h"

namespace millrace::oss {
namespace {

// What a vector's request says, decoded.
struct Parsed {
    explicit Parsed(const nlohmann::json& vector)
        : method(vector["method"]), bucket(vector["bucket"]), key(vector["key"]) {
        for (const auto& header : vector["headers"]) headers.emplace_back(header[0], header[1]);
        const std::string target = vector["target"];
        const size_t mark = target.find('?');
        std::string_view rest = target;
        rest = mark == std::string::npos ? std::string_view() : rest.substr(mark + 1);
        while (!rest.empty()) {
            const std::string_view pair = rest.substr(0, rest.find('&'));
            rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
            const size_t equals = std::min(pair.find('='), pair.size());
            const size_t value = std::min(equals + 1, pair.size());
            query.emplace_back(percent_decode(pair.substr(0, equals)),
                               percent_decode(pair.substr(value)));
        }
    }
    std::string parameter(std::string_view name) const {
        for (const auto& [key_, value] : query) {
            if (key_ == name) return value;
        }
        return {};
    }
    SignInput input() const { return {method, bucket, key, query, headers}; }

    std::string method, bucket, key;
    Query query;
    Headers headers;
};

TEST(OssSignGolden, V1) {
    MILLRACE_GOLDEN_OSS(vectors, "sign-v1.json");
    size_t checked = 0;
    for (const auto& one : vectors) {
        const Parsed request(one);
        const bool in_url = one["kind"] == "V1-url";
        std::string date = request.parameter("Expires");
        if (!in_url) {
            date = find_header(request.headers, "x-oss-date");
            if (date.empty()) date = find_header(request.headers, "date");
        }
        const std::string text = string_to_sign_v1(request.input(), date);
        if (one.contains("string_to_sign")) {
            EXPECT_EQ(text, one["string_to_sign"]) << one["id"];
        }
        EXPECT_EQ(signature_v1(Secret(one["secret"]), text), one["signature"]) << one["id"];
        ++checked;
    }
    EXPECT_GT(checked, 300u);
}

// The names after AdditionalHeaders, from the header or the query.
std::string additional_names(const Parsed& request) {
    const std::string in_query = request.parameter("x-oss-additional-headers");
    if (!in_query.empty()) return in_query;
    const std::string_view header = find_header(request.headers, "authorization");
    const size_t at = header.find("AdditionalHeaders=");
    if (at == std::string_view::npos) return {};
    const std::string_view rest = header.substr(at + 18);
    return std::string(rest.substr(0, rest.find(',')));
}

TEST(OssSignGolden, V4) {
    MILLRACE_GOLDEN_OSS(vectors, "sign-v4.json");
    size_t checked = 0;
    for (const auto& one : vectors) {
        const Parsed request(one);
        std::string timestamp = request.parameter("x-oss-date");
        if (timestamp.empty()) timestamp = find_header(request.headers, "x-oss-date");
        if (timestamp.empty()) timestamp = find_header(request.headers, "date");
        std::string credential(find_header(request.headers, "authorization"));
        if (credential.empty()) credential = "Credential=" + request.parameter("x-oss-credential");
        const size_t date = credential.find('/', credential.find("Credential=")) + 1;
        const ScopeV4 scope{credential.substr(date, 8), one["region"], one["product"]};
        const std::string names = additional_names(request);
        std::vector<std::string_view> additional;
        for (std::string_view rest = names; !rest.empty();) {
            additional.push_back(rest.substr(0, rest.find(';')));
            rest.remove_prefix(std::min(rest.size(), additional.back().size() + 1));
        }
        const std::string canonical = canonical_request_v4(request.input(), additional);
        const std::string text = string_to_sign_v4(scope, timestamp, canonical);
        if (one.contains("canonical_request")) {
            EXPECT_EQ(canonical, one["canonical_request"]) << one["id"];
            EXPECT_EQ(text, one["string_to_sign"]) << one["id"];
        }
        EXPECT_EQ(signature_v4(Secret(one["secret"]), scope, text), one["signature"]) << one["id"];
        ++checked;
    }
    EXPECT_GT(checked, 300u);
}

}  // namespace
}  // namespace millrace::oss
