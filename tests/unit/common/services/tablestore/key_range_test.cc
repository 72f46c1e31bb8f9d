#include "common/services/tablestore/key_range.h"

#include <gtest/gtest.h>

#include "common/codec/plainbuffer/writer.h"

namespace millrace::tablestore {
namespace {

std::string key(int64_t value) {
    return plainbuffer::encode_key({{"k", plainbuffer::KeyValue::of(Value::of_integer(value))}});
}

TEST(KeyRange, ComesBackFromTheLedger) {
    for (const KeyRange& range :
         {KeyRange{key(1), key(9), true}, KeyRange{key(9), key(1), false}}) {
        const auto back = parse_key_range(to_json(range));
        ASSERT_TRUE(back.ok()) << back.status().text();
        EXPECT_EQ(*back, range);
    }
    for (const RangePosition& position : {RangePosition{}, RangePosition{key(5), 1'000'000'007}}) {
        const auto back = parse_range_position(to_json(position));
        ASSERT_TRUE(back.ok()) << back.status().text();
        EXPECT_EQ(*back, position);
    }
}

TEST(KeyRange, AMalformedOneIsRefused) {
    for (const char* text :
         {"", "{}", "[]", R"({"v":2,"begin":"dQ==","end":"dQ==","direction":"forward"})",
          R"({"v":1,"begin":"dQ==","end":"dQ==","direction":"up"})",
          R"({"v":1,"begin":"dQ==","end":"!","direction":"forward"})",
          R"({"v":1,"begin":5,"end":"dQ==","direction":"forward"})"}) {
        EXPECT_EQ(parse_key_range(text).status().code(), Code::kCorrupt) << text;
    }
    for (const char* text : {"null", R"({"v":1,"after":"dQ=="})", R"({"v":1,"after":"!","rows":1})",
                             R"({"v":1,"after":"","rows":"x"})"}) {
        EXPECT_EQ(parse_range_position(text).status().code(), Code::kCorrupt) << text;
    }
}

TEST(KeyRange, KeysAreComparedAsTheServiceDoes) {
    EXPECT_TRUE(*compare_keys(key(-1), key(1)) < 0);
    EXPECT_TRUE(*compare_keys(key(1), key(1)) == 0);
    const std::string low = plainbuffer::encode_key({{"k", plainbuffer::KeyValue::inf_min()}});
    EXPECT_TRUE(*compare_keys(key(1), low) > 0);
    EXPECT_EQ(compare_keys(key(1), "no key").status().code(), Code::kCorrupt);
}

}  // namespace
}  // namespace millrace::tablestore
