#include <gtest/gtest.h>

#include "tests/golden/message_json.h"
#include "tests/golden/tablestore_messages.h"
#include "tests/golden/tablestore_vectors.h"

namespace millrace {
namespace {

// One SDK's requests: `decoded` serialised gives the body.
class GoldenTablestoreRequests : public ::testing::TestWithParam<const char*> {};

TEST_P(GoldenTablestoreRequests, BodiesComeFromTheirFields) {
    MILLRACE_TABLESTORE_VECTORS(vectors, GetParam());
    int compared = 0;
    for (const auto& vector : vectors) {
        SCOPED_TRACE(vector.at("name").get<std::string>());
        const auto message = test::new_request(vector.at("action"));
        if (vector.at("decoded").is_null()) {
            EXPECT_FALSE(message) << "the action is built, but the vector is not described";
            continue;
        }
        ASSERT_TRUE(message);
        test::MessageJson::fill(*message, vector.at("decoded"));
        EXPECT_EQ(hex(message->SerializeAsString()), vector.at("body_hex").get<std::string>());

        const auto parsed = test::new_request(vector.at("action"));
        ASSERT_TRUE(parsed->ParseFromString(from_hex(vector.at("body_hex").get<std::string>())));
        EXPECT_EQ(parsed->DebugString(), message->DebugString());
        ++compared;
    }
    EXPECT_GT(compared, 0);
}

INSTANTIATE_TEST_SUITE_P(Sdk, GoldenTablestoreRequests,
                         ::testing::Values("requests_java.json", "requests_python.json",
                                           "requests_go.json", "requests_node.json"));

}  // namespace
}  // namespace millrace
