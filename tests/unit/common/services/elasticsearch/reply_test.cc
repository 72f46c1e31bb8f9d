#include "common/services/elasticsearch/reply.h"

#include <gtest/gtest.h>

namespace millrace::elasticsearch {
namespace {

Buffer body_of(std::string_view text) {
    Buffer buffer;
    buffer.append(text);
    return buffer;
}

Status read(std::string_view body, const std::vector<Action>& sent,
            std::vector<ItemError>& errors) {
    return read_bulk_reply(body_of(body), sent, errors);
}

constexpr Action kIndex = Action::kIndex, kDelete = Action::kDelete;

TEST(BulkReply, ErrorsStandAtTheirPosition) {
    std::vector<ItemError> errors;
    const Status status = read(
        R"({"took":3,"errors":true,"items":[{"index":{"_index":"i","status":201}},)"
        R"({"index":{"status":400,"error":{"type":"mapper_parsing_exception","reason":)"
        R"("failed to parse field [age] of type [long] in document with id '7'. Preview: 'x'",)"
        R"("caused_by":{"type":"illegal_argument_exception","reason":"For input"}}}},)"
        R"({"delete":{"status":404}},{"delete":{"error":{"type":"rejected"},"status":429}}]})",
        {kIndex, kIndex, kDelete, kDelete}, errors);
    ASSERT_TRUE(status.ok()) << status.text();
    ASSERT_EQ(errors.size(), 2u);
    EXPECT_EQ(errors[0].item, 1u);
    EXPECT_EQ(errors[0].verdict, ItemVerdict::kDirty);
    EXPECT_EQ(errors[0].type, "mapper_parsing_exception");
    EXPECT_EQ(errors[0].field, "age");
    EXPECT_EQ(errors[1].item, 3u);
    EXPECT_EQ(errors[1].verdict, ItemVerdict::kAgain);
    EXPECT_EQ(errors[1].field, "");
}

class NotUnderstood : public ::testing::TestWithParam<const char*> {};

TEST_P(NotUnderstood, IsAnError) {
    std::vector<ItemError> errors;
    EXPECT_EQ(read(GetParam(), {kIndex, kDelete}, errors).code(), Code::kCorrupt);
}

INSTANTIATE_TEST_SUITE_P(
    Bodies, NotUnderstood,
    ::testing::Values(
        "", "{}", "[]", "not json", R"({"items":3})", R"({"items":[]})",
        R"({"items":[{"index":{"status":200}}]})",
        R"({"items":[{"index":{"status":200}},{"index":{"status":200}}]})",
        R"({"items":[{"index":{"status":200}},{"delete":{}}]})",
        R"({"items":[{"index":{"status":200}},{}]})",
        R"({"items":[{"index":{"status":200}},{"delete":{"status":"200"}}]})",
        R"({"items":[{"index":{"status":200},"delete":{"status":200}},{"delete":{"status":200}}]})",
        R"({"items":[{"index":{"status":200}},{"delete":{"status":200}},{"delete":{"status":200}}]})",
        R"({"items":[{"index":{"status":200}},{"delete":{"status":200})",
        R"({"errors":false,"took":1})"));

TEST(BulkReply, AnErrorThatSaysNothingIsStillOne) {
    std::vector<ItemError> errors;
    ASSERT_TRUE(read(R"({"items":[{"index":{"status":200,"error":{}}}]})", {kIndex}, errors).ok());
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_EQ(errors[0].verdict, ItemVerdict::kFail);
}

TEST(MgetReply, GivesVersionsAndSources) {
    std::vector<Found> found;
    const Buffer body = body_of(
        R"({"docs":[{"found":true,"_version":9007199254740993,"_source":{"a" : [1,{"b":2}]}},)"
        R"({"found":false}]})");
    const Status status = read_mget_reply(body, 2, found);
    ASSERT_TRUE(status.ok()) << status.text();
    EXPECT_TRUE(found[0].found);
    EXPECT_EQ(found[0].version, 9007199254740993u);
    EXPECT_EQ(found[0].source, R"({"a" : [1,{"b":2}]})");
    EXPECT_FALSE(found[1].found);
}

TEST(MgetReply, AShardThatIsAwayIsTriedAgainAndNonsenseIsAnError) {
    std::vector<Found> found;
    EXPECT_EQ(read_mget_reply(body_of(R"({"docs":[{"error":{"type":"x"}}]})"), 1, found).code(),
              Code::kRetry);
    for (const char* text : {"", "{}", R"({"docs":[]})", R"({"docs":[{"_version":1}]})",
                             R"({"docs":[{"found":true},{"found":true}]})", R"({"docs":[3]})"}) {
        EXPECT_EQ(read_mget_reply(body_of(text), 1, found).code(), Code::kCorrupt) << text;
    }
}

Result<ScanPage> scanned(const std::string& text) {
    Buffer body;
    body.append(text);
    ScanPage page;
    const Status status = read_scan_reply(body, page);
    if (!status.ok()) return status;
    return page;
}

TEST(ScanReply, GivesDocumentsAsTheyAreSpelled) {
    Buffer body;
    body.append(R"({"_scroll_id":"s1","timed_out":false,"_shards":{"total":2,"failed":0},"hits":{)"
                R"("total":{"value":1},"hits":[{"_index":"i","_id":"k\"1","_version":7,)"
                R"("_source":{"a": 1.50,"b":"\u00e9"},"sort":[3]}]}})");
    ScanPage page;
    ASSERT_TRUE(read_scan_reply(body, page).ok());
    EXPECT_EQ(page.scroll, "s1");
    ASSERT_EQ(page.documents.size(), 1u);
    EXPECT_EQ(page.documents[0].id, "k\"1");
    EXPECT_EQ(page.documents[0].version, 7u);
    EXPECT_EQ(page.documents[0].source, R"({"a": 1.50,"b":"\u00e9"})");
}

TEST(ScanReply, RefusesWhatIsNotWhole) {
    EXPECT_TRUE(scanned(R"({"hits":{"hits":[]}})").ok());
    EXPECT_FALSE(scanned(R"({"timed_out":true,"hits":{"hits":[]}})").ok());
    EXPECT_FALSE(scanned(R"({"_shards":{"total":2,"failed":1},"hits":{"hits":[]}})").ok());
    EXPECT_FALSE(scanned("").ok());
    EXPECT_FALSE(scanned("<html>").ok());
}

}  // namespace
}  // namespace millrace::elasticsearch
