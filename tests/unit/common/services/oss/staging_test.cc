#include "common/services/oss/staging.h"

#include <gtest/gtest.h>

namespace millrace::oss {
namespace {

TEST(OssStaging, JsonGoesBothWays) {
    const Staging staging{2, "a__1_0002.csv", "UP", 7, 5, 600};
    EXPECT_EQ(*Staging::parse(staging.json()), staging);
    StagedPart part{"a", "UP", 3, "ETAG", ~uint64_t{0}, 5, 1, {}};
    part.sum.add(std::string_view("row\n"));
    EXPECT_EQ(*StagedPart::parse(part.json()), part);
}

TEST(OssStaging, BrokenJsonIsCorrupt) {
    for (const char* text : {"", "{}", "[]", "{\"object\":\"x\"}"}) {
        EXPECT_EQ(Staging::parse(text).status().code(), Code::kCorrupt) << text;
        EXPECT_EQ(StagedPart::parse(text).status().code(), Code::kCorrupt) << text;
    }
}

}  // namespace
}  // namespace millrace::oss
