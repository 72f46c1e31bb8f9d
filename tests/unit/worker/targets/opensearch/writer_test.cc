#include "tests/unit/worker/targets/opensearch/writer_fixture.h"

#include <cmath>

namespace millrace::opensearch {
namespace {

using OpenSearchWriterTest = WriterTest;

constexpr int64_t kNow = 1'795'255'200'000;  // of the fixture's clocks

class StandardWriterTest : public WriterTest {
  protected:
    StandardWriterTest() : WriterTest("standard") {}
};

void as_add(OpenSearchWriterConfig& config) {
    config.write_mode = DocumentWriteMode::kAdd;
}

TEST_F(OpenSearchWriterTest, APutReplacesTheDocumentAndCarriesItsTime) {
    ASSERT_TRUE(open().ok());
    put("a", 1000, {"Anna", "7"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(pushes().back(),
              R"([{"timestamp":1000,"cmd":"add","fields":{"id":"a","name":"Anna","age":"7"}}])");
    put("a", 2000, {"-", "8"});
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok()) << delivered.status().text();
    EXPECT_EQ(delivered->changes, 1u);
    EXPECT_TRUE(delivered->refused.empty());
    EXPECT_EQ(documents(), (Documents{{"a", {{"id", "a"}, {"age", "8"}}}}));
}

TEST_F(OpenSearchWriterTest, AnUpdateChangesWhatItSaysAndMakesTheRowThatIsNotThere) {
    ASSERT_TRUE(open().ok());
    put("a", 1000, {"Anna", "7"});
    update("b", 1000, {"Bo", "-"});
    ASSERT_TRUE(deliver().ok());
    update("a", 2000, {"-", "8"});
    update("b", 2000, {"null", "9"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(documents(), (Documents{{"a", {{"id", "a"}, {"name", "Anna"}, {"age", "8"}}},
                                      {"b", {{"id", "b"}, {"age", "9"}}}}));
    EXPECT_EQ(pushes().back(),
              R"([{"timestamp":2000,"cmd":"upsert","fields":{"id":"a","age":"8"}},)"
              R"({"timestamp":2000,"cmd":"upsert","fields":{"id":"b","name":null,"age":"9"}}])");
}

TEST_F(OpenSearchWriterTest, WhereDocumentsAreWholeAnUpdateReadsTheRow) {
    ASSERT_TRUE(open(as_add, with_rows(false)).ok());
    rows_["a"] = {"Anna", "8"};
    update("a", 1000, {"-", "8"});
    update("gone", 1000, {"-", "1"});
    put("b", 1000, {"Bo", "-"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(documents(), (Documents{{"a", {{"id", "a"}, {"name", "Anna"}, {"age", "8"}}},
                                      {"b", {{"id", "b"}, {"name", "Bo"}}}}));
    EXPECT_EQ(pushes().back().find("upsert"), std::string::npos);
}

TEST_F(OpenSearchWriterTest, DeletesAreDroppedAndCountedUnlessTheyArePropagated) {
    ASSERT_TRUE(open().ok());
    put("a", 1000, {"Anna", "7"});
    ASSERT_TRUE(deliver().ok());
    const Append dropped = remove("a", 2000);
    EXPECT_EQ(dropped.kind, Append::Kind::kDropped);
    EXPECT_EQ(dropped.rule, DropRule::kDeleteInRowMode);
    EXPECT_FALSE(writer_->has_open_batch());
    ASSERT_TRUE(open([](auto& config) { config.propagate_deletes = true; }).ok());
    EXPECT_EQ(remove("a", 2000).kind, Append::Kind::kAdded);
    ASSERT_TRUE(deliver().ok());
    EXPECT_TRUE(documents().empty());
}

TEST_F(OpenSearchWriterTest, ChangesOfOneKeyBecomeOneOperation) {
    ASSERT_TRUE(open([](auto& config) { config.propagate_deletes = true; }).ok());
    put("a", 1000, {"one", "1"});
    update("a", 1001, {"-", "2"});
    update("b", 1001, {"x", "-"});
    update("b", 1002, {"null", "3"});
    put("c", 1003, {"x", "1"});
    remove("c", 1004);
    update("c", 1005, {"-", "4"});
    put("d", 1006, {"x", "1"});
    remove("d", 1007);
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok());
    EXPECT_EQ(delivered->changes, 9u);
    EXPECT_EQ(pushes().back(),
              R"([{"timestamp":1001,"cmd":"add","fields":{"id":"a","name":"one","age":"2"}},)"
              R"({"timestamp":1002,"cmd":"upsert","fields":{"id":"b","name":null,"age":"3"}},)"
              R"({"timestamp":1005,"cmd":"add","fields":{"id":"c","age":"4"}},)"
              R"({"timestamp":1007,"cmd":"delete","fields":{"id":"d"}}])");
}

TEST_F(OpenSearchWriterTest, ABatchGoesOnThroughTheMillisecondOfItsLastChange) {
    ASSERT_TRUE(open([](auto& config) { config.batch_documents = 3; }).ok());
    EXPECT_FALSE(belongs(1000)) << "there is no batch yet";
    EXPECT_EQ(put("a", 1000, {"x", "1"}).kind, Append::Kind::kAdded);
    EXPECT_EQ(put("b", 1000, {"x", "1"}).kind, Append::Kind::kAdded);
    EXPECT_EQ(put("c", 1001, {"x", "1"}).kind, Append::Kind::kRipe);
    EXPECT_TRUE(belongs(1001));
    EXPECT_FALSE(belongs(1002));
    EXPECT_EQ(put("a", 1001, {"x", "2"}).kind, Append::Kind::kRipe);
    EXPECT_EQ(put("d", 1001, {"x", "1"}).kind, Append::Kind::kRipe);
    const size_t before = pushes().size();
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(pushes().size() - before, 2u) << "3 documents, then 1";
    EXPECT_EQ(documents().size(), 4u);
    EXPECT_EQ(documents()["a"]["age"], "2");
}

TEST_F(OpenSearchWriterTest, BatchesOfOtherSourcesEndAtOnce) {
    ASSERT_TRUE(open([](auto& config) { config.batch_documents = 2; },
                     {.source = shape(), .changes = false})
                    .ok());
    EXPECT_EQ(put("a", 1000, {"x", "1"}).kind, Append::Kind::kAdded);
    EXPECT_EQ(put("b", 1000, {"x", "1"}).kind, Append::Kind::kFull);
}

TEST_F(OpenSearchWriterTest, AMillisecondWithoutAnEndIsCut) {
    ASSERT_TRUE(open().ok());
    Append last;
    for (int i = 0; i < 20'000; ++i) last = put(std::to_string(i), 1000, {"x", "1"});
    EXPECT_EQ(last.kind, Append::Kind::kFull);
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok());
    EXPECT_EQ(delivered->changes, 20'000u);
    EXPECT_EQ(pushes().size(), 200u);
}

TEST_F(OpenSearchWriterTest, PushesAreCutByBytes) {
    ASSERT_TRUE(open([](auto& config) { config.batch_bytes = 2000; }).ok());
    for (int i = 0; i < 5; ++i) {
        const Append added = put(std::to_string(i), 1000, {std::string(700, 'x'), "1"});
        EXPECT_EQ(added.kind, i < 2 ? Append::Kind::kAdded : Append::Kind::kRipe);
    }
    ASSERT_TRUE(deliver().ok());
    ASSERT_EQ(pushes().size(), 3u);
    for (const std::string& push : pushes()) EXPECT_LE(push.size(), 2000u);
    EXPECT_EQ(documents().size(), 5u);
}

TEST_F(OpenSearchWriterTest, ValuesAreWrittenByTheirOwnType) {
    ASSERT_TRUE(open().ok());
    const Value key[] = {Value::of_string("k")};
    const auto text_of = [&](const Value& value) {
        const Value values[] = {key[0], value, Value()};
        EXPECT_EQ(append(ChangeKind::kPut, key, values, 1000).kind, Append::Kind::kAdded);
        EXPECT_TRUE(deliver().ok());
        const std::string push = pushes().back();
        const size_t at = push.find("\"name\":") + 7;
        return push.substr(at, push.size() - at - 3);
    };
    EXPECT_EQ(text_of(Value::of_integer(INT64_MAX)), "9223372036854775807");
    EXPECT_EQ(text_of(Value::of_real(0.5)), "0.5");
    EXPECT_EQ(text_of(Value::of_boolean(true)), "\"true\"");
    EXPECT_EQ(text_of(Value::of_binary("bytes")), "\"bytes\"");
    EXPECT_EQ(text_of(Value::of_datetime(1234)), "1234");
    EXPECT_EQ(text_of(Value::of_date(2)), "172800000");
    EXPECT_EQ(text_of(Value::of_string("a\x1e\"b")), "\"a\\u001e\\\"b\"");
}

TEST_F(OpenSearchWriterTest, WhatCanNeverBeWrittenIsDirtyWithItsColumn) {
    ASSERT_TRUE(open().ok());
    const Value key[] = {Value::of_string("k")};
    const std::string odd[] = {"\x1c", "a\x1d", "\x03z", "\x1e\n", "a\x1f\nb", "\xff\xfe"};
    for (const std::string& text : odd) {
        const Value values[] = {key[0], Value(), Value::of_string(text)};
        const Append dirty = append(ChangeKind::kPut, key, values, 1000);
        EXPECT_EQ(dirty.kind, Append::Kind::kDirty);
        EXPECT_EQ(dirty.column, 2);
    }
    const Value real[] = {key[0], Value::of_real(std::nan("")), Value()};
    EXPECT_EQ(append(ChangeKind::kPut, key, real, 1000).column, 1);
    EXPECT_EQ(put("", 1000, {"x", "1"}).column, 0) << "an empty key";
    EXPECT_EQ(put("a", -1, {"x", "1"}).kind, Append::Kind::kDirty);
    EXPECT_FALSE(writer_->has_open_batch());
    put("big", 1000, {std::string(1'100'000, 'x'), "1"});
    put("good", 1000, {"x", "1"});
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok()) << delivered.status().text();
    ASSERT_EQ(delivered->refused.size(), 1u);
    EXPECT_EQ(delivered->refused[0].change, 0u);
    EXPECT_EQ(documents().size(), 1u);
}

TEST_F(OpenSearchWriterTest, ABadDocumentIsFoundAndOnlyItIsRefused) {
    ASSERT_TRUE(open().ok());
    before_ = [&](const HttpRequest& request) -> std::optional<Result<HttpAnswer>> {
        if (request.body.find("bad") == std::string_view::npos) return std::nullopt;
        return failure(400, 3005);
    };
    for (int i = 0; i < 40; ++i) {
        const std::string name = i == 7 || i == 30 ? "bad" : "good";
        put("k" + std::to_string(i), 1000 + i, {name, "1"});
    }
    put("k8", 2000, {"bad", "2"});
    put("k8", 2001, {"better", "3"});
    put("k9", 2002, {"fine", "4"});
    put("k9", 2003, {"bad", "5"});
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok()) << delivered.status().text();
    std::vector<size_t> refused;
    for (const Refused& one : delivered->refused) {
        refused.push_back(one.change);
        EXPECT_NE(one.content.find("bad"), std::string::npos);
        EXPECT_EQ(one.reason.find("bad"), std::string::npos);
    }
    EXPECT_EQ(refused, (std::vector<size_t>{7, 30, 43}));
    before_ = nullptr;
    EXPECT_EQ(documents().size(), 38u);
    EXPECT_EQ(documents()["k8"]["name"], "better");
    EXPECT_EQ(documents()["k9"]["name"], "fine") << "an earlier change of it was good";
}

TEST_F(OpenSearchWriterTest, WhatMayHaveBeenReceivedIsPushedAgain) {
    ASSERT_TRUE(open().ok());
    int left = 2;
    hook_ = [&](const HttpRequest&, HttpAnswer answer) -> Result<HttpAnswer> {
        if (left-- > 0) return Status(Code::kUnknownOutcome, "connection reset");
        return answer;
    };
    put("a", 1000, {"x", "1"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(documents().size(), 1u);
}

TEST_F(OpenSearchWriterTest, ThrottlingEndsTheItemOnlyAfterAllTries) {
    ASSERT_TRUE(open().ok());
    before_ = [&](const HttpRequest&) { return failure(429, 3007); };
    put("a", 1000, {"x", "1"});
    EXPECT_EQ(deliver().status().code(), Code::kThrottled);
    EXPECT_EQ(pushes().size(), 4u);
    before_ = nullptr;
    ASSERT_TRUE(open([](auto& config) { config.ignore_write_error = true; }).ok());
    before_ = [&](const HttpRequest&) { return failure(429, 3007); };
    put("a", 1000, {"x", "1"});
    put("b", 1000, {"x", "1"});
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok());
    EXPECT_EQ(delivered->refused.size(), 2u);
}

TEST_F(OpenSearchWriterTest, AnOlderChangeNeverWins) {
    ASSERT_TRUE(open().ok());
    put("a", 5000, {"new", "1"});
    ASSERT_TRUE(deliver().ok());
    put("a", 4000, {"old", "1"});
    update("a", 4500, {"old", "-"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(documents()["a"]["name"], "new");
}

TEST_F(OpenSearchWriterTest, ImagesAreOfAMinuteAgoByTheServicesClock) {
    server_.advance(std::chrono::minutes(3));
    rows_["a"] = {"now", "-"};
    ASSERT_TRUE(open([](auto& config) { config.propagate_deletes = true; }, with_rows(true)).ok());
    put("a", 1000, {"then", "1"});
    update("gone", 1000, {"then", "1"});
    ASSERT_TRUE(deliver().ok());
    const std::string time = std::to_string(kNow + 120'000);
    EXPECT_EQ(pushes().back(), "[{\"timestamp\":" + time +
                                   ",\"cmd\":\"add\",\"fields\":{\"id\":\"a\",\"name\":\"now\"}},"
                                   "{\"timestamp\":" +
                                   time + ",\"cmd\":\"delete\",\"fields\":{\"id\":\"gone\"}}]");
    ASSERT_TRUE(open().ok());
    update("a", kNow + 120'001, {"later", "-"});
    ASSERT_TRUE(deliver().ok());
    ASSERT_TRUE(open({}, with_rows(true)).ok());
    put("a", 2000, {"then", "1"});
    put("gone", 2000, {"then", "1"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(documents(), (Documents{{"a", {{"id", "a"}, {"name", "later"}}}}))
        << "what is newer than an image stays, what is gone stays gone";
}

TEST_F(OpenSearchWriterTest, TheSumIsOfTheChangesWhateverTheBatches) {
    Sum128 sums[2];
    for (int way = 0; way < 2; ++way) {
        ASSERT_TRUE(open([](auto& config) { config.propagate_deletes = true; }).ok());
        put("a", 1000, {"x", "1"});
        if (way == 1) sums[way].add(deliver()->sum);
        update("a", 1001, {"y", "-"});
        remove("a", 1002);
        sums[way].add(deliver()->sum);
    }
    EXPECT_EQ(sums[0], sums[1]);
    ASSERT_TRUE(open().ok());
    put("a", 1000, {"x", "2"});
    EXPECT_FALSE(deliver()->sum == sums[0]);
}

TEST_F(StandardWriterTest, NoTimestampsAndWholeDocuments) {
    ASSERT_TRUE(open(as_add, with_rows(false)).ok());
    rows_["a"] = {"Anna", "8"};
    put("b", 1000, {"Bo", "1"});
    put("b", 1001, {"Bo", "2"});
    update("a", 1000, {"-", "8"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(pushes().back().find("timestamp"), std::string::npos);
    EXPECT_EQ(documents().size(), 2u);
    EXPECT_EQ(documents()["a"]["name"], "Anna");
}

TEST_F(StandardWriterTest, WhatItDoesNotHaveIsExplained) {
    const Status update = open();
    EXPECT_EQ(update.code(), Code::kConfig);
    EXPECT_NE(update.text().find("writeMode"), std::string::npos);
    const Status on = open([](auto& config) {
        as_add(config);
        config.timestamps = DocumentTimestamps::kOn;
    });
    EXPECT_EQ(on.code(), Code::kConfig);
    EXPECT_NE(on.text().find("timestamps"), std::string::npos);
}

TEST_F(StandardWriterTest, ATimestampThatIsRefusedIsExplainedToo) {
    before_ = [&](const HttpRequest& request) -> std::optional<Result<HttpAnswer>> {
        if (request.method != Method::kGet) return std::nullopt;
        return failure(403, 7777);  // may push, may not ask
    };
    ASSERT_TRUE(open(as_add).ok());
    for (int i = 0; i < 8; ++i) put(std::to_string(i), 1000, {"x", "1"});
    const Status status = deliver().status();
    EXPECT_EQ(status.code(), Code::kConfig);
    EXPECT_NE(status.text().find("timestamps"), std::string::npos) << status.text();
}

TEST_F(OpenSearchWriterTest, OldApplicationsGetWholeDocuments) {
    ASSERT_TRUE(open([](auto& config) { config.version2 = true; }, with_rows(false)).ok());
    rows_["a"] = {"Anna", "8"};
    update("a", 1000, {"-", "8"});
    put("b", 1000, {std::string(400'000, 'x'), "1"});
    put("c", 1000, {std::string(400'000, 'x'), "1"});
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok()) << delivered.status().text();
    EXPECT_TRUE(delivered->refused.empty());
    EXPECT_EQ(sent("/index/doc/testapp"), 2u);
    EXPECT_EQ(bodies_.back().find("timestamp"), std::string::npos);
    EXPECT_EQ(documents().size(), 3u);
    EXPECT_EQ(documents()["a"]["name"], "Anna");
}

TEST_F(OpenSearchWriterTest, ColumnsMustFitTheApplication) {
    const Status few = open([](auto& config) { config.columns.pop_back(); });
    EXPECT_EQ(few.code(), Code::kConfig);
    EXPECT_NE(few.text().find("uid, name, age"), std::string::npos) << few.text();
    const Status key = open([](auto& config) { config.columns[0] = "other"; });
    EXPECT_NE(key.text().find("key field \"id\""), std::string::npos) << key.text();
    const Status moved = open([](auto& config) { config.columns = {"name", "id", "age"}; });
    EXPECT_NE(moved.text().find("from a key column"), std::string::npos) << moved.text();
    const Status table = open([](auto& config) { config.table = "none"; });
    EXPECT_NE(table.text().find("its tables: main"), std::string::npos) << table.text();
    EXPECT_EQ(open([](auto& config) { config.app = "nosuch"; }).code(), Code::kConfig);
}

TEST_F(OpenSearchWriterTest, RowsOfASourceWithoutKeysHaveTheirKeyInThem) {
    WriterOptions options{.source = {.columns = {{"uid"}, {"name"}, {"age"}}}};
    ASSERT_TRUE(open({}, options).ok());
    for (const char* name : {"one", "two"}) {
        const Value values[] = {Value::of_integer(7), Value::of_string(name), Value()};
        EXPECT_EQ(append(ChangeKind::kPut, {}, values, 1000).kind, Append::Kind::kAdded);
    }
    const Value keyless[] = {Value::null(), Value(), Value()};
    EXPECT_EQ(append(ChangeKind::kPut, {}, keyless, 1000).column, 0);
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(documents(), (Documents{{"7", {{"id", "7"}, {"name", "two"}}}}));
}

}  // namespace
}  // namespace millrace::opensearch
