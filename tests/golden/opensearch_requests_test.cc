// Requests as the official SDKs send them, made again by the client's own parts.
#include "common/crypto/digest.h"
#include "common/services/opensearch/push_v2.h"
#include "common/services/opensearch/reply.h"
#include "common/services/opensearch/request.h"
#include "tests/golden/opensearch_golden.h"

namespace millrace::opensearch {
namespace {

const Secret kSecret("testsecret");

Headers headers_of(const nlohmann::json& request) {
    Headers headers;
    for (const auto& header : request["headers"]) headers.emplace_back(header[0], header[1]);
    return headers;
}

Query query_of(const std::string& target) {
    Query query;
    const size_t mark = target.find('?');
    std::string_view rest = std::string_view(target).substr(std::min(mark, target.size()));
    while (rest.size() > 1) {
        rest.remove_prefix(1);
        const std::string_view pair = rest.substr(0, rest.find('&'));
        const size_t equals = pair.find('=');
        query[percent_decode(pair.substr(0, equals))] = percent_decode(pair.substr(equals + 1));
        rest.remove_prefix(pair.size());
    }
    return query;
}

class OpenSearchRequestsGolden : public ::testing::TestWithParam<const char*> {};

TEST_P(OpenSearchRequestsGolden, SignaturesAreTheirs) {
    MILLRACE_GOLDEN_OPENSEARCH(vectors, GetParam());
    size_t checked = 0;
    for (const auto& one : vectors) {
        if (!one["auth"].contains("signature_expected")) continue;
        const auto& request = one["request"];
        const std::string target = request["target"], method = request["method"];
        const Headers headers = headers_of(request);
        const Query query = query_of(target);
        const std::string path = percent_decode(target.substr(0, target.find('?')));
        const std::string text = string_to_sign({method, path, query, headers});
        EXPECT_EQ(text, one["auth"]["string_to_sign"]) << one["id"];
        EXPECT_EQ(signature(kSecret, text), one["auth"]["signature_expected"]) << one["id"];
        if (request["body"].contains("text") && method == "POST") {
            const std::string body = request["body"]["text"];
            EXPECT_EQ(hex(md5(body)), find_header(headers, "content-md5")) << one["id"];
        }
        ++checked;
    }
    EXPECT_GT(checked, 20u);
}

TEST_P(OpenSearchRequestsGolden, AnswersAreUnderstood) {
    MILLRACE_GOLDEN_OPENSEARCH(vectors, GetParam());
    for (const auto& one : vectors) {
        HttpAnswer answer;
        answer.status = one["response"]["status"];
        answer.body.append(one["response"]["body"].dump());
        const Status status = status_of(answer, "do this");
        EXPECT_EQ(status.ok(), one["response"]["body"]["status"] == "OK") << one["id"];
        if (!status.ok()) {
            const int number = one["response"]["body"]["errors"][0]["code"];
            EXPECT_EQ(status.service_code(), std::to_string(number)) << one["id"];
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Both, OpenSearchRequestsGolden,
                         ::testing::Values("v3-java.json", "v3-python.json"));

// The Python helper with its date and nonces fixed: whole requests are equal but for the headers
// that mean nothing.
TEST(OpenSearchRequestsGolden, WholeRequestsAreTheirs) {
    MILLRACE_GOLDEN_OPENSEARCH(vectors, "v3-python.json");
    size_t checked = 0;
    for (const auto& one : vectors) {
        const std::string id = one["id"];
        if (!id.starts_with("py-fixed/") || one["signed_with_secret"] != "testsecret" ||
            one["access_key_id"] != "testid" || !one["request"]["body"].contains("text"))
            continue;
        const Headers theirs = headers_of(one["request"]);
        // 2033-11-06T08:49:37Z
        const TimePoint now(std::chrono::seconds(2014879777));
        if (find_header(theirs, "date") != "2033-11-06T08:49:37Z") continue;
        const std::string target = one["request"]["target"];
        const std::string root = "/v3/openapi/apps/";
        const std::string rest = target.substr(root.size(), target.find('?') - root.size());
        const std::string app = rest.substr(0, rest.find('/'));
        const Config config =
            *make_config({"http://127.0.0.1:1", app, "main", "testid", Secret("testsecret"), {}});
        const std::string body = one["request"]["body"]["text"];
        const std::string digest = body.empty() ? "" : hex(md5(body));
        const bool get = one["request"]["method"] == "GET";
        const Request request{get ? Method::kGet : Method::kPost, rest.substr(app.size()),
                              query_of(target), body, digest};
        const HttpRequest ours =
            to_http(config, request, now, std::string(find_header(theirs, "x-opensearch-nonce")));
        for (const char* name : {"date", "content-md5", "content-type", "authorization"}) {
            EXPECT_EQ(find_header(ours.headers, name), find_header(theirs, name)) << id << name;
        }
        ++checked;
    }
    EXPECT_GT(checked, 8u);
}

// Old applications, key type ALIYUN: the strings to sign, and pushes as the SDK makes them but for
// the order of their parameters.
TEST(OpenSearchRequestsGolden, PushesByTheOldInterfaceAreTheirs) {
    MILLRACE_GOLDEN_OPENSEARCH(vectors, "v2-java.json");
    size_t pushes = 0, checked = 0;
    for (const auto& one : vectors) {
        const auto& request = one["request"];
        if (one["auth"]["kind"] != "v2-aliyun" || !one["auth"].contains("signature_expected"))
            continue;
        const std::string method = request["method"], target = request["target"];
        const std::string text = request["body"]["text"];
        std::string decoded = method == "POST" ? "?" + text : target;
        // A form writes a blank as '+'.
        for (char& c : decoded) c = c == '+' ? ' ' : c;
        Query parameters = query_of(decoded);
        parameters.erase("Signature");
        const std::string to_sign = string_to_sign_v2(method, parameters);
        EXPECT_EQ(to_sign, one["auth"]["string_to_sign"]) << one["id"];
        EXPECT_EQ(signature_v2(kSecret, to_sign), one["auth"]["signature_expected"]) << one["id"];
        ++checked;
        if (!parameters.contains("items")) continue;
        const Config config = *make_config({"http://127.0.0.1:1",
                                            target.substr(target.rfind('/') + 1),
                                            parameters["table_name"],
                                            "testid",
                                            kSecret,
                                            {},
                                            true});
        const auto seconds = std::stoll(parameters["Timestamp"].substr(17, 2));
        // 2026-11-20T17:58:00Z
        const TimePoint now(std::chrono::seconds(1795197480 + seconds));
        std::string form;
        const HttpRequest ours =
            make_push_v2(config, parameters["items"], now, parameters["SignatureNonce"], form);
        Query made = query_of("?" + form);
        EXPECT_EQ(made["Signature"], one["auth"]["signature_expected"]) << one["id"];
        made.erase("Signature");
        EXPECT_EQ(made, parameters) << one["id"];
        EXPECT_EQ(ours.url, "http://127.0.0.1:1" + target);
        ++pushes;
    }
    EXPECT_GT(checked, 5u);
    EXPECT_GT(pushes, 2u);
}

}  // namespace
}  // namespace millrace::opensearch
