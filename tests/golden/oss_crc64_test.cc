#include "common/codec/crc64.h"
#include "tests/golden/oss_golden.h"

namespace millrace {
namespace {

uint64_t number(const nlohmann::json& text) {
    return std::stoull(text.get<std::string>());
}

TEST(OssCrc64Golden, WholeBuffers) {
    MILLRACE_GOLDEN_OSS(vectors, "crc64.json");
    for (const auto& one : vectors["whole"]) {
        EXPECT_EQ(crc64(0, golden_body(one)), number(one["crc64"])) << one["name"];
    }
}

TEST(OssCrc64Golden, GoesOnWhereItStopped) {
    MILLRACE_GOLDEN_OSS(vectors, "crc64.json");
    for (const auto& one : vectors["continued"]) {
        const std::string bytes = golden_body(one);
        const std::string_view all = bytes;
        const size_t cut = one["cut"];
        const uint64_t first = crc64(0, all.substr(0, cut));
        EXPECT_EQ(first, number(one["first"]));
        EXPECT_EQ(crc64(first, all.substr(cut)), number(one["all"]));
    }
}

TEST(OssCrc64Golden, CombinesParts) {
    MILLRACE_GOLDEN_OSS(vectors, "crc64.json");
    for (const auto& one : vectors["combine"]) {
        const uint64_t a = crc64(0, golden_body(one["a"])), b = crc64(0, golden_body(one["b"]));
        EXPECT_EQ(a, number(one["a"]["crc64"]));
        EXPECT_EQ(b, number(one["b"]["crc64"]));
        EXPECT_EQ(crc64_combine(a, b, one["b"]["length"]), number(one["ab"])) << one.dump();
    }
}

}  // namespace
}  // namespace millrace
