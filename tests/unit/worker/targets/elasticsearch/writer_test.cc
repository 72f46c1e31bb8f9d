#include "worker/targets/elasticsearch/writer.h"

#include <gtest/gtest.h>

#include "tests/unit/worker/targets/elasticsearch/writer_fixture.h"

namespace millrace::elasticsearch {
namespace {

using nlohmann::json;

json rejected() {
    return {{"status", 429}, {"error", {{"type", "rejected_execution_exception"}}}};
}
json bad_field() {
    return {{"status", 400},
            {"error",
             {{"type", "mapper_parsing_exception"},
              {"reason", "failed to parse field [age] of type [long]. Preview: 'secret'"}}}};
}

TEST_F(WriterTest, APutIsIndexedWithItsVersion) {
    open();
    EXPECT_EQ(put("7", 1000, {"Ann", "12"}).kind, Append::Kind::kAdded);
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok());
    EXPECT_EQ(delivered->changes, 1u);
    EXPECT_EQ(delivered->rows, 1u);
    EXPECT_GT(delivered->bytes, 0u);
    EXPECT_EQ(server_.live("school"), (Documents{{"7", {{"name", "Ann"}, {"age", 12}}}}));
    EXPECT_EQ(server_.indices["school"].documents["7"].version, 1000u * 4096);
    EXPECT_EQ(server_.bulks, 1);
    EXPECT_EQ(server_.mgets, 0);
}

TEST_F(WriterTest, AbsentColumnsOfAPutAreNullOrLeftOut) {
    open();
    put("1", 1, {"-", "null"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(server_.live("school")["1"], (json{{"name", nullptr}, {"age", nullptr}}));
    open([](json& p) { p["enableWriteNull"] = false; });
    put("1", 2, {"-", "null"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(server_.live("school")["1"], json::object());
}

TEST_F(WriterTest, AnUpdateIsPutOverWhatIsStored) {
    server_.indices["school"].documents["1"] = {
        5, true, {{"name", "Ann"}, {"age", 7}, {"extra", {1, "a\nb"}}}};
    open();
    update("1", 1000, {"-", "null"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(server_.live("school")["1"],
              (json{{"name", "Ann"}, {"age", nullptr}, {"extra", {1, "a\nb"}}}));
    open([](json& p) { p["enableWriteNull"] = false; });
    update("1", 1001, {"Bob", "null"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(server_.live("school")["1"], (json{{"name", "Bob"}, {"extra", {1, "a\nb"}}}));
}

TEST_F(WriterTest, ChangesOfOneKeyAreFolded) {
    open([](json& p) { p["deletes"] = "propagate"; });
    put("1", 1, {"a", "1"});
    update("1", 2, {"b", "-"});
    put("2", 1, {"x", "1"});
    remove("2", 2);
    remove("3", 1);
    update("3", 2, {"-", "5"});
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok());
    EXPECT_EQ(delivered->changes, 6u);
    EXPECT_EQ(server_.items, 3);
    EXPECT_EQ(server_.mgets, 0);
    EXPECT_EQ(server_.live("school"), (Documents{{"1", {{"name", "b"}, {"age", 1}}},
                                                 {"3", {{"name", nullptr}, {"age", 5}}}}));
}

TEST_F(WriterTest, TheSumDoesNotDependOnFoldingOrBatches) {
    const auto run = [&](int batch) {
        open([&](json& p) { p["batchSize"] = batch, p["deletes"] = "propagate"; });
        Sum128 sum;
        for (int i = 0; i < 8; ++i) {
            const std::string key = std::to_string(i % 2);
            const Append added = i % 3 == 0   ? put(key, i, {"x", "1"})
                                 : i % 3 == 1 ? update(key, i, {"-", std::to_string(i)})
                                              : remove(key, i);
            if (added.kind == Append::Kind::kFull || i == 7) sum.add(deliver()->sum);
        }
        return sum;
    };
    const Sum128 whole = run(100);
    EXPECT_EQ(run(3), whole);
    EXPECT_EQ(run(1), whole);
    EXPECT_NE(whole, Sum128());
}

TEST_F(WriterTest, ABatchIsFullAtItsSizeAndAtFourMebibytes) {
    open([](json& p) { p["batchSize"] = 2; });
    EXPECT_EQ(put("1", 1, {"a", "1"}).kind, Append::Kind::kAdded);
    EXPECT_EQ(put("2", 1, {"a", "1"}).kind, Append::Kind::kFull);
    open();
    EXPECT_EQ(put("1", 1, {std::string(4 << 20, 'x'), "1"}).kind, Append::Kind::kFull);
}

TEST_F(WriterTest, WhatCannotBeWrittenIsDirtyOrDropped) {
    open();
    const Append dirty = put("1", 1, {"a", "no number"});
    EXPECT_EQ(dirty.kind, Append::Kind::kDirty);
    EXPECT_EQ(dirty.column, 2);
    EXPECT_EQ(dirty.reason.find("no number"), std::string::npos);
    EXPECT_EQ(put("1", 1, {"\xff", "1"}).column, 1);
    EXPECT_EQ(put("", 1, {"a", "1"}).kind, Append::Kind::kDirty);
    EXPECT_EQ(put("1", -1, {"a", "1"}).kind, Append::Kind::kDirty);
    const Append dropped = remove("1", 1);
    EXPECT_EQ(dropped.kind, Append::Kind::kDropped);
    EXPECT_EQ(dropped.rule, DropRule::kDeleteInRowMode);
    EXPECT_FALSE(writer_->has_open_batch());
    put("2", 1, {"a", "1"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(server_.live("school").size(), 1u);
}

TEST_F(WriterTest, OnlyRefusedItemsAreSentAgain) {
    open();
    int refusals = 2;
    server_.item_fault = [&](const std::string&, const std::string& id,
                             const json&) -> std::optional<json> {
        if (id == "2" && refusals-- > 0) return rejected();
        return std::nullopt;
    };
    for (const char* id : {"1", "2", "3"}) put(id, 1, {"a", "1"});
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok()) << delivered.status().text();
    EXPECT_TRUE(delivered->refused.empty());
    EXPECT_EQ(server_.items, 3 + 1 + 1);
    EXPECT_EQ(server_.live("school").size(), 3u);
}

TEST_F(WriterTest, TriesEndAndFailOrAreGivenUp) {
    const auto always = [](const std::string&, const std::string& id,
                           const json&) -> std::optional<json> {
        return id == "2" ? std::optional<json>(rejected()) : std::nullopt;
    };
    server_.item_fault = always;
    open([](json& p) { p["trySize"] = 3; });
    put("1", 1, {"a", "1"});
    put("2", 1, {"a", "1"});
    EXPECT_EQ(deliver().status().code(), Code::kRetry);
    EXPECT_EQ(server_.bulks, 3);
    open([](json& p) { p["trySize"] = 3, p["ignoreWriteError"] = true; });
    put("1", 1, {"a", "1"});
    put("2", 1, {"a", "1"});
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok());
    ASSERT_EQ(delivered->refused.size(), 1u);
    EXPECT_EQ(delivered->refused[0].change, 1u);
}

TEST_F(WriterTest, AWholeAnswerOf429IsSentAgainAsItWas) {
    open();
    std::vector<std::string> bodies;
    server_.fault = [&](const HttpRequest&,
                        const std::string& body) -> std::optional<Result<HttpAnswer>> {
        bodies.push_back(body);
        if (bodies.size() == 1) return FakeHttp::answer(429, "");
        if (bodies.size() == 2) return Status(Code::kUnknownOutcome, "cut");
        return std::nullopt;
    };
    put("1", 1, {"a", "1"});
    ASSERT_TRUE(deliver().ok());
    ASSERT_EQ(bodies.size(), 3u);
    EXPECT_EQ(bodies[0], bodies[2]);
}

TEST_F(WriterTest, ADirtyDocumentIsRefusedAloneWithItsColumnAndWithoutItsContent) {
    open();
    server_.item_fault = [](const std::string&, const std::string&,
                            const json& source) -> std::optional<json> {
        return source.value("name", "") == "bad" ? std::optional<json>(bad_field()) : std::nullopt;
    };
    put("1", 1, {"good", "1"});
    update("1", 2, {"bad", "-"});
    update("1", 3, {"-", "3"});
    put("2", 1, {"bad", "2"});
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok()) << delivered.status().text();
    EXPECT_EQ(server_.live("school"), (Documents{{"1", {{"name", "good"}, {"age", 3}}}}));
    // The folded document was bad by its second change only: with the first applied, the third too.
    ASSERT_EQ(delivered->refused.size(), 2u);
    EXPECT_EQ(delivered->refused[0].change, 1u);
    EXPECT_EQ(delivered->refused[1].change, 3u);
    EXPECT_EQ(delivered->refused[1].column, 2);
    EXPECT_EQ(delivered->refused[1].reason.find("secret"), std::string::npos);
    open([](json& p) { p["ignoreParseError"] = false; });
    put("3", 1, {"bad", "2"});
    EXPECT_EQ(deliver().status().code(), Code::kFatal);
}

TEST_F(WriterTest, AnAnswerThatIsNotUnderstoodIsAnError) {
    open();
    server_.fault = [](const HttpRequest&,
                       const std::string&) -> std::optional<Result<HttpAnswer>> {
        return FakeHttp::answer(200, R"({"items":[]})");
    };
    put("1", 1, {"a", "1"});
    EXPECT_EQ(deliver().status().code(), Code::kCorrupt);
}

TEST_F(WriterTest, AnEqualVersionIsAppliedUnlessItIsShared) {
    WriterOptions options;
    int images = 0;
    options.images = [&](std::span<const RowKey> keys) {
        images += static_cast<int>(keys.size());
        const std::vector<Value> row = {keys[0][0], Value::of_string("now"), Value::of_integer(9)};
        return Result<std::vector<std::optional<ImageRow>>>({ImageRow{nullptr, row}});
    };
    open({}, options);
    put("1", 1, {"a", "1"}, 7);
    ASSERT_TRUE(deliver().ok());
    update("1", 1, {"b", "-"}, 7);
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(server_.live("school")["1"]["name"], "a");
    EXPECT_EQ(images, 0);
    put("1", 2, {"a", "1"}, 4095);
    ASSERT_TRUE(deliver().ok());
    update("1", 2, {"b", "-"}, 4100);
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(images, 1);
    EXPECT_EQ(server_.live("school")["1"], (json{{"name", "now"}, {"age", 9}}));
}

TEST_F(WriterTest, AnImageThatWasOvertakenIsTakenAgain) {
    server_.indices["school"].documents["1"] = {99'000'000, true, {{"name", "stale"}}};
    WriterOptions options;
    options.by_image = true;
    int reads = 0;
    options.images = [&](std::span<const RowKey> keys) {
        // Somebody writes between our look at the version and our write.
        if (++reads == 1) server_.indices["school"].documents["1"].version += 10;
        const std::vector<Value> row = {keys[0][0], Value::of_string("now"),
                                        Value::of_integer(reads)};
        return Result<std::vector<std::optional<ImageRow>>>({ImageRow{nullptr, row}});
    };
    open({}, options);
    put("1", 1, {"old", "1"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(server_.live("school")["1"], (json{{"name", "now"}, {"age", 2}}));
    EXPECT_EQ(server_.indices["school"].documents["1"].version, 99'000'011u);
}

TEST_F(WriterTest, AnImageThatCannotBeWrittenIsDirty) {
    WriterOptions options;
    options.by_image = true;
    options.images = [&](std::span<const RowKey> keys) {
        const std::vector<Value> row = {keys[0][0], Value(), Value::of_string("no number")};
        return Result<std::vector<std::optional<ImageRow>>>({ImageRow{nullptr, row}});
    };
    open({}, options);
    put("1", 1, {"old", "1"});
    put("1", 2, {"old", "2"});
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok());
    EXPECT_EQ(delivered->refused.size(), 2u);
    EXPECT_TRUE(server_.live("school").empty());
}

TEST_F(WriterTest, NothingIsSentWithoutTheLease) {
    open();
    context_.may_send = []() -> Result<std::optional<MonoTime>> {
        return Status(Code::kLeaseLost, "lost");
    };
    put("1", 1, {"a", "1"});
    EXPECT_EQ(deliver().status().code(), Code::kLeaseLost);
    EXPECT_EQ(server_.requests, 0);
}

}  // namespace
}  // namespace millrace::elasticsearch
