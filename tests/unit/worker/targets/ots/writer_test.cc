#include "worker/targets/ots/writer.h"

#include "tests/unit/worker/targets/ots/writer_fixture.h"

namespace millrace::ots {
namespace {

using standin::FaultKind;

TEST_F(OtsWriterTest, ChangesOfAStreamBecomeRows) {
    open(config());
    EXPECT_EQ(put("a", {"Ann", "7"}).kind, Append::Kind::kAdded);
    put("b", {"Bob", "-"});
    put("c", {"-", "-"});
    update("d", {"Dan", "-"});
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok()) << delivered.status().text();
    EXPECT_EQ(delivered->changes, 4u);
    EXPECT_EQ(sent("BatchWriteRow"), 1u);
    EXPECT_EQ(rows(), (TableRows{{"a", {{"name", "Ann"}, {"age", "7"}}},
                                 {"b", {{"name", "Bob"}}},
                                 {"c", {}},
                                 {"d", {{"name", "Dan"}}}}));
    update("a", {"null", "-"});
    update("b", {"-", "8"});
    put("d", {"-", "9"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(rows(), (TableRows{{"a", {{"age", "7"}}},
                                 {"b", {{"name", "Bob"}, {"age", "8"}}},
                                 {"c", {}},
                                 {"d", {{"age", "9"}}}}));
}

TEST_F(OtsWriterTest, DeletesAreDroppedUnlessTheJobCarriesThem) {
    open(config());
    put("a", {"Ann", "7"});
    ASSERT_TRUE(deliver().ok());
    const Append dropped = remove("a");
    EXPECT_EQ(dropped.kind, Append::Kind::kDropped);
    EXPECT_EQ(dropped.rule, DropRule::kDeleteInRowMode);
    EXPECT_FALSE(writer_->has_open_batch());
    auto carrying = config();
    carrying.propagate_deletes = true;
    open(carrying);
    remove("a");
    remove("never there");
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(rows(), TableRows());
}

TEST_F(OtsWriterTest, AnUpdateOfOtherColumnsIsDropped) {
    open(config());
    const Append dropped = update("a", {"-", "-"});
    EXPECT_EQ(dropped.kind, Append::Kind::kDropped);
    EXPECT_EQ(dropped.rule, DropRule::kNoConfiguredColumn);
}

TEST_F(OtsWriterTest, ChangesOfOneKeyAreFoldedInTheirOrder) {
    auto carrying = config();
    carrying.propagate_deletes = true;
    open(carrying);
    put("put, update", {"Ann", "7"});
    update("put, update", {"null", "8"});
    update("update, update", {"Bob", "-"});
    update("update, update", {"Bert", "9"});
    put("put, delete", {"Cid", "-"});
    remove("put, delete");
    put("delete, update", {"Dan", "10"});
    remove("delete, update");
    update("delete, update", {"-", "11"});
    put("delete, empty update", {"Eve", "-"});
    remove("delete, empty update");
    update("delete, empty update", {"null", "-"});
    update("update, put", {"Fay", "-"});
    put("update, put", {"-", "12"});
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok());
    EXPECT_EQ(delivered->changes, 14u);
    // An update that only deletes goes alone where it decides whether there is a row.
    EXPECT_EQ(sent("BatchWriteRow"), 2u);
    EXPECT_EQ(rows(), (TableRows{{"put, update", {{"age", "8"}}},
                                 {"update, update", {{"name", "Bert"}, {"age", "9"}}},
                                 {"delete, update", {{"age", "11"}}},
                                 {"update, put", {{"age", "12"}}}}));
}

TEST_F(OtsWriterTest, WithUpdateRowColumnsOfOthersStay) {
    auto merging = config();
    merging.columns.push_back({"note", ValueType::kString});
    merging.mode = TableWriteMode::kPut;
    open_transfer(merging);
    row(ChangeKind::kPut, {Value::of_string("a"), Value::of_string("Ann"), Value::of_integer(7),
                           Value::of_string("mine")});
    ASSERT_TRUE(deliver().ok());
    merging = config();
    merging.mode = TableWriteMode::kUpdate;
    open(merging);
    put("a", {"-", "8"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(rows(), (TableRows{{"a", {{"age", "8"}, {"note", "mine"}}}}));
}

TEST_F(OtsWriterTest, RowsThatAreBusyAreSentAgainAlone) {
    open(config());
    for (int i = 0; i < 5; ++i) put("k" + std::to_string(i), {"n", std::to_string(i)});
    row_fault(FaultKind::kStatus, "OTSServerBusy", 2, 1);
    row_fault(FaultKind::kStatus, "OTSTableNotReady", 1);
    row_fault(FaultKind::kLieReply, "OTSTimeout", 1);
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok()) << delivered.status().text();
    EXPECT_TRUE(delivered->refused.empty());
    EXPECT_EQ(sent("BatchWriteRow"), 2u);
    EXPECT_EQ(rows().size(), 5u);
    EXPECT_GT(clock_.now(), TimePoint());
}

TEST_F(OtsWriterTest, RowsThatStayBusyEndTheItem) {
    open(config());
    put("a", {"n", "1"});
    row_fault(FaultKind::kStatus, "OTSServerBusy", -1);
    const auto delivered = deliver();
    ASSERT_FALSE(delivered.ok());
    EXPECT_EQ(delivered.status().code(), Code::kRetry);
    EXPECT_NE(delivered.status().text().find("OTSServerBusy"), std::string::npos);
    EXPECT_EQ(sent("BatchWriteRow"), 4u);  // 3 retries
}

TEST_F(OtsWriterTest, ABadRowIsRefusedWithItsColumnAndTheOthersAreWritten) {
    open(config());
    for (int i = 0; i < 3; ++i) put("k" + std::to_string(i), {"n", "1"});
    row_fault(FaultKind::kStatus, "OTSParameterInvalid", 1, 1,
              "The length of attribute column: 'age' exceeds the limit; secret");
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok());
    ASSERT_EQ(delivered->refused.size(), 1u);
    EXPECT_EQ(delivered->refused[0].change, 1u);
    EXPECT_EQ(delivered->refused[0].column, 2);
    EXPECT_EQ(delivered->refused[0].reason,
              "refused by Tablestore: OTSParameterInvalid on this column");
    EXPECT_EQ(rows().size(), 2u);
}

// The service's words may hold values: none of them reaches a text.
TEST_F(OtsWriterTest, ARowRefusedForALackOfRightsEndsTheItemWithoutItsMessage) {
    open(config());
    put("a", {"n", "1"});
    row_fault(FaultKind::kStatus, "OTSNoPermissionAccess", -1, 0, "value 4711");
    const auto delivered = deliver();
    ASSERT_FALSE(delivered.ok());
    EXPECT_EQ(delivered.status().code(), Code::kConfig);
    EXPECT_EQ(delivered.status().text().find("4711"), std::string::npos);
}

TEST_F(OtsWriterTest, OfAFoldedRowOnlyTheBadChangeIsRefused) {
    open(config());
    put("a", {"Ann", "7"});
    put("b", {"Bob", "1"});
    update("a", {"Abe", "-"});
    update("a", {"-", "8"});
    // The folded row; then, alone, its second change.
    row_fault(FaultKind::kStatus, "OTSParameterInvalid", 1);
    row_fault(FaultKind::kStatus, "OTSParameterInvalid", 1, 2);
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok());
    ASSERT_EQ(delivered->refused.size(), 1u);
    EXPECT_EQ(delivered->refused[0].change, 2u);
    EXPECT_EQ(rows(), (TableRows{{"a", {{"name", "Ann"}, {"age", "8"}}},
                                 {"b", {{"name", "Bob"}, {"age", "1"}}}}));
}

TEST_F(OtsWriterTest, ARequestRefusedAsAWholeIsHalvedDownToTheBadRow) {
    auto one_bad = config();
    open(one_bad);
    for (int i = 0; i < 7; ++i) put("k" + std::to_string(i), {"n", "1"});
    // Refuses every request that holds k3, as a whole.
    hook_ = [&](const HttpRequest& request, HttpAnswer answer) -> Result<HttpAnswer> {
        wire::BatchWriteRowRequest asked;
        if (!request.url.ends_with("BatchWriteRow") ||
            !asked.ParseFromString(std::string(request.body)))
            return answer;
        for (const auto& row : asked.tables(0).rows()) {
            if (row.row_change().find("k3") == std::string::npos) continue;
            wire::Error error;
            error.set_code("OTSParameterInvalid");
            error.set_message("one of them");
            return FakeHttp::answer(400, error.SerializeAsString(), {});
        }
        return answer;
    };
    const auto delivered = deliver();
    hook_ = nullptr;
    ASSERT_TRUE(delivered.ok()) << delivered.status().text();
    ASSERT_EQ(delivered->refused.size(), 1u);
    EXPECT_EQ(delivered->refused[0].change, 3u);
    EXPECT_EQ(delivered->refused[0].reason, "refused by Tablestore: OTSParameterInvalid");
    EXPECT_EQ(rows().size(), 7u);  // the stand-in had written k3 before the answer was replaced
}

TEST_F(OtsWriterTest, ARequestWhoseOutcomeIsUnknownIsSentAgain) {
    open(config());
    put("a", {"Ann", "7"});
    bool cut = false;
    hook_ = [&](const HttpRequest&, HttpAnswer answer) -> Result<HttpAnswer> {
        if (std::exchange(cut, true)) return answer;
        return Status(Code::kUnknownOutcome, "cut");
    };
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(sent("BatchWriteRow"), 2u);
    EXPECT_EQ(rows(), (TableRows{{"a", {{"name", "Ann"}, {"age", "7"}}}}));
}

TEST_F(OtsWriterTest, BatchesEndAtRowsAndBytes) {
    auto small = config();
    small.batch_rows = 3;
    open(small);
    put("a", {"n", "1"});
    EXPECT_EQ(put("a", {"n", "2"}).kind, Append::Kind::kAdded);  // the same row
    put("b", {"n", "1"});
    EXPECT_EQ(put("c", {"n", "1"}).kind, Append::Kind::kFull);
    ASSERT_TRUE(deliver().ok());
    small = config();
    small.batch_bytes = 10'000;
    open(small);
    EXPECT_EQ(put("a", {std::string(4000, 'x'), "1"}).kind, Append::Kind::kAdded);
    EXPECT_EQ(put("b", {std::string(4000, 'x'), "1"}).kind, Append::Kind::kFull);
}

TEST_F(OtsWriterTest, BigRowsOfOneBatchGoInSeveralRequests) {
    auto big = config();
    big.batch_bytes = 100 << 20;
    open(big);
    for (int i = 0; i < 5; ++i) put("k" + std::to_string(i), {std::string(1 << 20, 'x'), "1"});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(sent("BatchWriteRow"), 2u);
    EXPECT_EQ(rows().size(), 5u);
}

TEST_F(OtsWriterTest, SameChangesGiveTheSameSumHoweverTheyAreBatched) {
    Sum128 one, many;
    open(config());
    put("a", {"Ann", "7"});
    update("a", {"Abe", "-"});
    one = deliver()->sum;
    open(config());
    put("a", {"Ann", "7"});
    many.add(deliver()->sum);
    update("a", {"Abe", "-"});
    many.add(deliver()->sum);
    EXPECT_EQ(one, many);
}

TEST_F(OtsWriterTest, AKeyOtherThanTheSourcesIsRefused) {
    auto other = config();
    other.primary_key = {{"uid", ValueType::kInteger}};
    const auto writer = Writer::create(context_, other, {shape(), true, zone(), {}});
    ASSERT_FALSE(writer.ok());
    EXPECT_EQ(writer.status().code(), Code::kConfig);
    EXPECT_NE(writer.status().text().find("uid string"), std::string::npos);
}

}  // namespace
}  // namespace millrace::ots
