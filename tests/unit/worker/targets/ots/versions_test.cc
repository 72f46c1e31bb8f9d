// Multi-version mode, and transfers: rows that are not changes of a stream.
#include "tests/unit/worker/targets/ots/writer_fixture.h"

namespace millrace::ots {
namespace {

class VersionsTest : public OtsWriterTest {
  protected:
    VersionsTest() { create_table("versions", {{"uid", wire::STRING}}, 10); }

    TableWriterConfig versions() {
        auto made = config();
        made.table = "versions";
        made.columns.clear();
        made.multi_version = true;
        made.mode = TableWriteMode::kUpdate;
        return made;
    }
    int64_t ago(int64_t ms) const { return to_micros(clock_.now()) / 1000 - ms; }
    std::string at(const std::string& column, int64_t ms) const {
        return column + "@" + std::to_string(ago(ms));
    }
    Append cell(const std::string& uid, const std::string& column, int64_t ms, const Value& value) {
        return row(ChangeKind::kPut, {Value::of_string(uid), Value::of_string(column),
                                      Value::of_integer(ago(ms)), value});
    }
};

TEST_F(VersionsTest, CellsOfOneKeyBecomeOneRowWithTheSourcesTimestamps) {
    open_transfer(versions());
    cell("a", "name", 1000, Value::of_string("Ann"));
    cell("a", "name", 2000, Value::of_string("Abe"));
    cell("a", "age", 1000, Value::of_integer(7));
    cell("b", "score", 5, Value::of_real(2.5));
    cell("b", "ok", 5, Value::of_boolean(true));
    cell("b", "raw", 5, Value::of_binary("x"));
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok()) << delivered.status().text();
    EXPECT_EQ(delivered->changes, 6u);
    EXPECT_EQ(
        rows("versions", 10),
        (TableRows{
            {"a", {{at("name", 1000), "Ann"}, {at("name", 2000), "Abe"}, {at("age", 1000), "7"}}},
            {"b", {{at("score", 5), "2.5"}, {at("ok", 5), "true"}, {at("raw", 5), "bytes x"}}}}));
    EXPECT_EQ(sent("BatchWriteRow"), 1u);
}

TEST_F(VersionsTest, NullDeletesItsVersionOnly) {
    open_transfer(versions());
    cell("a", "name", 1000, Value::of_string("Ann"));
    cell("a", "name", 2000, Value::of_string("Abe"));
    ASSERT_TRUE(deliver().ok());
    cell("a", "name", 1000, Value::null());
    cell("a", "name", 3000, Value::of_string("Ada"));
    cell("a", "name", 3000, Value::of_string("Amy"));  // the same version: the later one counts
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(rows("versions", 10),
              (TableRows{{"a", {{at("name", 2000), "Abe"}, {at("name", 3000), "Amy"}}}}));
}

TEST_F(VersionsTest, RowsWithMoreCellsThanARequestMayHoldGoInPieces) {
    open_transfer(versions());
    std::vector<Value> values;
    std::vector<std::string> names;
    for (int i = 0; i < 2500; ++i) names.push_back("c" + std::to_string(i));
    for (int i = 0; i < 2500; ++i) {
        values.push_back(Value::of_string("a"));
        values.push_back(Value::of_string(names[static_cast<size_t>(i)]));
        values.push_back(Value::of_integer(ago(10)));
        values.push_back(Value::of_integer(i));
    }
    Change one;
    one.width = 4;
    one.rows = 2500;
    one.values = values;
    EXPECT_EQ(writer_->append(one).kind, Append::Kind::kAdded);
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok()) << delivered.status().text();
    EXPECT_EQ(delivered->changes, 1u);
    EXPECT_EQ(sent("BatchWriteRow"), 3u);
    EXPECT_EQ(rows("versions", 10).at("a").size(), 2500u);
}

TEST_F(VersionsTest, OnePieceRefusedRefusesTheChangeOnce) {
    open_transfer(versions());
    std::vector<Value> values;
    for (int i = 0; i < 1025; ++i) {
        values.insert(values.end(), {Value::of_string("a"), Value::of_string("c"),
                                     Value::of_integer(ago(i)), Value::of_integer(i)});
    }
    Change one;
    one.width = 4;
    one.rows = 1025;
    one.values = values;
    writer_->append(one);
    row_fault(standin::FaultKind::kStatus, "OTSInvalidPK", -1);
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok());
    ASSERT_EQ(delivered->refused.size(), 1u);
}

TEST_F(VersionsTest, CellsWithoutANameOrATimeAreDirty) {
    auto filtered = versions();
    filtered.name_prefix = "p_";
    open_transfer(filtered);
    const Value a = Value::of_string("a"), now = Value::of_integer(ago(0)),
                one = Value::of_integer(1);
    EXPECT_EQ(row(ChangeKind::kPut, {a, Value::of_string("p_"), now, one}).column, 1);
    EXPECT_EQ(row(ChangeKind::kPut, {a, Value::of_string("other"), now, one}).column, 1);
    EXPECT_EQ(row(ChangeKind::kPut, {a, Value::of_string("p_x"), Value::null(), one}).column, 2);
    EXPECT_EQ(
        row(ChangeKind::kPut, {a, Value::of_string("p_x"), Value::of_string("now"), one}).column,
        2);
    EXPECT_FALSE(writer_->has_open_batch());
    EXPECT_EQ(row(ChangeKind::kPut, {a, Value::of_string("p_x"), now, one}).kind,
              Append::Kind::kAdded);
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(rows("versions", 10), (TableRows{{"a", {{at("x", 0), "1"}}}}));
}

TEST_F(VersionsTest, VersionsTooFarFromNowAreRefused) {
    open_transfer(versions());
    cell("a", "name", 10, Value::of_string("Ann"));
    cell("b", "name", 90'000'000, Value::of_string("old"));
    const auto delivered = deliver();
    ASSERT_TRUE(delivered.ok());
    ASSERT_EQ(delivered->refused.size(), 1u);
    EXPECT_EQ(delivered->refused[0].change, 1u);
}

TEST_F(OtsWriterTest, ATransferPutsRowsAndLeavesNullsOut) {
    open_transfer(config());
    const Value a = Value::of_string("a");
    row(ChangeKind::kPut, {a, Value::of_string("Ann"), Value::null()});
    row(ChangeKind::kPut, {Value::of_string("b"), Value::null(), Value::null()});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(rows(), (TableRows{{"a", {{"name", "Ann"}}}, {"b", {}}}));
    auto merging = config();
    merging.mode = TableWriteMode::kUpdate;
    open_transfer(merging);
    row(ChangeKind::kPut, {a, Value::null(), Value::of_integer(8)});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(rows().at("a"), (std::map<std::string, std::string>{{"age", "8"}}));
    auto deleting = config();
    deleting.mode = TableWriteMode::kDelete;
    open_transfer(deleting);
    row(ChangeKind::kPut, {a, Value::null(), Value::null()});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(rows(), (TableRows{{"b", {}}}));
}

TEST_F(OtsWriterTest, ADefaultTimestampGoesWithEveryCell) {
    auto stamped = config();
    stamped.default_timestamp_ms = to_micros(clock_.now()) / 1000 - 5;
    open_transfer(stamped);
    row(ChangeKind::kPut, {Value::of_string("a"), Value::of_string("Ann"), Value::null()});
    ASSERT_TRUE(deliver().ok());
    EXPECT_EQ(rows("copy", 1).at("a").begin()->first,
              "name@" + std::to_string(*stamped.default_timestamp_ms));
}

}  // namespace
}  // namespace millrace::ots
