#include "coordinator/commit/oss_intent.h"

#include <gtest/gtest.h>

#include "common/codec/crc64.h"
#include "common/services/oss/staging.h"

namespace millrace {
namespace {

Part part(uint32_t object, uint32_t number, const std::string& bytes, uint64_t rows = 1) {
    Sum128 sum;
    sum.add(bytes);
    const std::string name = "o" + std::to_string(object);
    const oss::StagedPart staged{name,
                                 "upload of " + name,
                                 number,
                                 "etag" + std::to_string(number),
                                 crc64(0, bytes),
                                 bytes.size(),
                                 rows,
                                 sum};
    return {object, number, staged.json()};
}

ItemView item(const std::string& id, std::vector<Part> parts) {
    ItemView item;
    item.item = ItemId(id);
    item.shard = ShardId("shard of " + id);
    item.progress.new_parts = std::move(parts);
    return item;
}

TEST(OssIntentTest, ObjectsAreExactlyThePartsOfTheCheckpoints) {
    const auto objects =
        staged_objects({item("i", {part(0, 1, "one,"), part(0, 5, "two,", 2), part(1, 1, "three")}),
                        item("j", {})});
    ASSERT_TRUE(objects.ok());
    ASSERT_EQ(objects->size(), 2u);
    const OssObject& first = objects->front();
    EXPECT_EQ(first.name, "o0");
    EXPECT_EQ(first.upload, "upload of o0");
    EXPECT_EQ(first.bytes, 8u);
    EXPECT_EQ(first.rows, 3u);
    EXPECT_EQ(first.crc64, crc64(0, "one,two,"));
    ASSERT_EQ(first.parts.size(), 2u);
    EXPECT_EQ(first.parts[1].number, 5u);
    EXPECT_EQ(objects->back().item, ItemId("i"));
}

TEST(OssIntentTest, TwoItemsNeverShareAnObject) {
    EXPECT_FALSE(staged_objects({item("i", {part(0, 1, "a")}), item("j", {part(0, 1, "b")})}).ok());
}

TEST(OssIntentTest, AMalformedPartIsAnError) {
    EXPECT_FALSE(staged_objects({item("i", {{0, 1, "{"}})}).ok());
}

TEST(OssIntentTest, GoesThroughJsonUnchanged) {
    OssIntent intent;
    intent.objects = *staged_objects({item("i", {part(0, 1, "a"), part(1, 1, "b")})});
    intent.objects[0].crc64 = 0xfedcba9876543210;  // more than 53 bits
    intent.manifest = "m";
    intent.replaced_manifests = {"r"};
    intent.removed = {"x", "y"};
    intent.undone = {"z"};
    intent.forbid_overwrite = true;
    const auto again = parse_oss_intent(to_json(intent).dump());
    ASSERT_TRUE(again.ok()) << again.status().text();
    EXPECT_EQ(to_json(*again), to_json(intent));
    EXPECT_EQ(again->objects[0].crc64, 0xfedcba9876543210);
    EXPECT_EQ(again->objects[0].sum, intent.objects[0].sum);
}

TEST(OssIntentTest, MalformedTextsAreCorrupt) {
    for (const char* text : {"", "{", "{}", "[]", R"({"objects":[{}],"manifest":"m"})"}) {
        EXPECT_EQ(parse_oss_intent(text).status().code(), Code::kCorrupt) << text;
        EXPECT_EQ(parse_manifest("m", text).status().code(), Code::kCorrupt) << text;
    }
}

TEST(OssIntentTest, AManifestSaysWhoseItIs) {
    const auto manifest = parse_manifest(
        "m",
        R"({"task":"t","window":{"start_ms":1,"end_ms":2},"objects":[{"name":"a"},{"name":"b"}]})");
    ASSERT_TRUE(manifest.ok());
    EXPECT_EQ(manifest->task, TaskId("t"));
    EXPECT_EQ(manifest->objects, (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace millrace
