#include <gtest/gtest.h>

#include "common/crypto/digest.h"
#include "common/services/tablestore/sign.h"
#include "tests/golden/tablestore_http.h"
#include "tests/golden/tablestore_vectors.h"

namespace millrace {
namespace {

std::string text(const nlohmann::json& vector, const char* name) {
    return vector.at(name).get<std::string>();
}

TEST(GoldenTablestoreSignatures, AreRecomputed) {
    MILLRACE_TABLESTORE_VECTORS(vectors, "signatures.json");
    for (const auto& vector : vectors) {
        SCOPED_TRACE(text(vector, "name"));
        const bool v4 = vector.at("version") == 4;
        const Headers headers = test::headers_of(vector.at("headers_in"));
        const std::string action = text(vector, "path").substr(1);
        const std::string to_sign = tablestore::string_to_sign(action, headers);
        EXPECT_EQ(to_sign + (v4 ? "ots" : ""), text(vector, "string_to_sign"));
        const Secret secret(text(vector, "secret"));
        if (v4) {
            const Secret key = tablestore::key_v4(secret, find_header(headers, "x-ots-signdate"),
                                                  find_header(headers, "x-ots-signregion"));
            EXPECT_EQ(key.reveal(), text(vector, "signing_key_base64"));
            EXPECT_EQ(tablestore::signature_v4(key, to_sign), text(vector, "signature"));
        } else {
            EXPECT_EQ(tablestore::signature_v2(secret, to_sign), text(vector, "signature"));
        }
        EXPECT_EQ(base64(md5(from_hex(text(vector, "body_hex")))), text(vector, "body_md5_base64"));
    }
}

// What each client sent carries the signature that we compute from all it sent.
class GoldenTablestoreSignedRequests : public ::testing::TestWithParam<const char*> {};

TEST_P(GoldenTablestoreSignedRequests, CarryOurSignature) {
    MILLRACE_TABLESTORE_VECTORS(vectors, GetParam());
    for (const auto& vector : vectors) {
        const std::string name = text(vector, "name");
        SCOPED_TRACE(name);
        const Headers headers = test::headers_of(vector.at("headers"));
        const bool wrong = name.ends_with("wrong_secret");
        const Secret secret(wrong ? "wrongsecret" : "testsecret");
        const std::string action = text(vector, "path").substr(1);
        const std::string to_sign = tablestore::string_to_sign(action, headers);
        const std::string_view region = find_header(headers, "x-ots-signregion");
        if (region.empty()) {
            EXPECT_EQ(tablestore::signature_v2(secret, to_sign),
                      find_header(headers, "x-ots-signature"));
        } else {
            const Secret key =
                tablestore::key_v4(secret, find_header(headers, "x-ots-signdate"), region);
            EXPECT_EQ(tablestore::signature_v4(key, to_sign),
                      find_header(headers, "x-ots-signaturev4"));
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Sdk, GoldenTablestoreSignedRequests,
                         ::testing::Values("requests_java.json", "requests_python.json",
                                           "requests_go.json", "requests_node.json",
                                           "requests_java_old.json"));

}  // namespace
}  // namespace millrace
