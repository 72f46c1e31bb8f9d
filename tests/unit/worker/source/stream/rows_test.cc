#include "worker/source/stream/rows.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

using plainbuffer::CellOp;
using plainbuffer::KeyValue;
using plainbuffer::Row;

// "i:5", "s:text", "null", "absent": one word per value.
std::string word(const Value& value) {
    switch (value.type) {
        case ValueType::kAbsent: return "absent";
        case ValueType::kNull: return "null";
        case ValueType::kInteger: return "i:" + std::to_string(value.integer);
        case ValueType::kDouble: return "d:" + std::to_string(value.real);
        case ValueType::kBoolean: return value.boolean ? "true" : "false";
        case ValueType::kString: return "s:" + std::string(value.bytes);
        case ValueType::kBinary: return "b:" + std::string(value.bytes);
        case ValueType::kDatetime: return "t:" + std::to_string(value.integer);
        case ValueType::kDate: return "day:" + std::to_string(value.integer);
    }
    return "?";
}

using Words = std::vector<std::vector<std::string>>;

Words words(const Change& change) {
    Words made;
    for (size_t i = 0; i < change.rows; ++i) {
        auto& row = made.emplace_back();
        for (const Value& value : change.row(i)) row.push_back(word(value));
    }
    return made;
}

const Sequence kSequence{2, 1'700'000'000'123'456, 7};

Row user(int64_t id) {
    Row row;
    row.key.push_back({"uid", KeyValue::of(Value::of_string("u"))});
    row.key.push_back({"seq", KeyValue::of(Value::of_integer(id))});
    row.sequence = kSequence;
    return row;
}

RowShape shape(StreamMode mode, std::vector<std::string> columns, bool sequence_info = false) {
    return {mode, std::move(columns), {"uid", "seq"}, sequence_info, ShardId("sh")};
}

Change shaped(RowShaper& shaper, const Row& row, ChangeKind kind) {
    Change change;
    change.sequence = kSequence;
    shaper.shape(row, kind, change);
    return change;
}

TEST(RowShaper, RowModeTakesKeysAndPutCellsInTheConfiguredOrder) {
    RowShaper shaper(shape(StreamMode::kRow, {"name", "uid", "gone", "age"}));
    Row row = user(1);
    row.cells.push_back({"age", CellOp::kPut, Value::of_integer(30), 5});
    row.cells.push_back({"other", CellOp::kPut, Value::of_boolean(true), 5});
    row.cells.push_back({"gone", CellOp::kDeleteAll, {}, {}});
    Change change = shaped(shaper, row, ChangeKind::kUpdate);
    EXPECT_EQ(words(change), (Words{{"absent", "s:u", "null", "i:30"}}));
    EXPECT_TRUE(change.any_value);
    EXPECT_EQ(change.key.size(), 2u);

    // Other cells in another order: nothing of the record before is left.
    row.cells.clear();
    row.cells.push_back({"name", CellOp::kPut, Value::of_string("n"), 5});
    row.cells.push_back({"age", CellOp::kPut, Value::of_integer(31), 5});
    EXPECT_EQ(words(shaped(shaper, row, ChangeKind::kPut)),
              (Words{{"s:n", "s:u", "absent", "i:31"}}));
}

TEST(RowShaper, RowModeOfOneNameTakesTheLastAndTheAttributeBeforeTheKey) {
    RowShaper shaper(shape(StreamMode::kRow, {"uid", "c"}));
    Row row = user(1);
    row.cells.push_back({"c", CellOp::kPut, Value::of_integer(2), 9});
    row.cells.push_back({"c", CellOp::kPut, Value::of_integer(1), 8});
    row.cells.push_back({"uid", CellOp::kPut, Value::of_string("attribute"), 8});
    EXPECT_EQ(words(shaped(shaper, row, ChangeKind::kPut)), (Words{{"s:attribute", "i:1"}}));
}

TEST(RowShaper, RowModeWhatIsWrittenWinsOverWhatIsDeleted) {
    RowShaper shaper(shape(StreamMode::kRow, {"c"}));
    Row row = user(1);
    row.cells.push_back({"c", CellOp::kPut, Value::of_integer(2), 9});
    row.cells.push_back({"c", CellOp::kDeleteAll, {}, {}});
    EXPECT_EQ(words(shaped(shaper, row, ChangeKind::kUpdate)), (Words{{"i:2"}}));
    std::swap(row.cells[0], row.cells[1]);
    EXPECT_EQ(words(shaped(shaper, row, ChangeKind::kUpdate)), (Words{{"i:2"}}));
}

TEST(RowShaper, RowModeSaysWhenNoConfiguredColumnIsThere) {
    RowShaper shaper(shape(StreamMode::kRow, {"a", "b"}));
    Row row = user(1);
    row.cells.push_back({"c", CellOp::kPut, Value::of_integer(2), 9});
    row.cells.push_back({"a", CellOp::kDeleteOne, {}, 9});
    EXPECT_FALSE(shaped(shaper, row, ChangeKind::kUpdate).any_value);
    row.cells.push_back({"b", CellOp::kPut, Value::of_integer(2), 9});
    EXPECT_TRUE(shaped(shaper, row, ChangeKind::kUpdate).any_value);
    EXPECT_EQ(shaped(shaper, user(1), ChangeKind::kDelete).rows, 0u);
    EXPECT_EQ(shaped(shaper, user(1), ChangeKind::kDelete).key.size(), 2u);
}

TEST(RowShaper, RowModeAppendsTheSequenceWithoutAnIndex) {
    RowShaper shaper(shape(StreamMode::kRow, {"uid"}, true));
    EXPECT_EQ(words(shaped(shaper, user(1), ChangeKind::kPut)),
              (Words{{"s:u", "s:0000000002_00001700000000123456_0000000007_sh"}}));
}

TEST(RowShaper, ColumnModeWritesADeleteBeforeTheCellsOfAPut) {
    RowShaper shaper(shape(StreamMode::kColumn, {}, true));
    Row row = user(4);
    row.cells.push_back({"a", CellOp::kPut, Value::of_real(0.5), 11});
    row.cells.push_back({"b", CellOp::kPut, Value::of_binary("xy"), 12});
    const std::string place = "s:0000000002_00001700000000123456_0000000007_sh:000000000";
    EXPECT_EQ(words(shaped(shaper, row, ChangeKind::kPut)),
              (Words{{"s:u", "i:4", "null", "null", "null", "s:DR", place + "0"},
                     {"s:u", "i:4", "s:a", "i:11", "d:0.500000", "s:U", place + "1"},
                     {"s:u", "i:4", "s:b", "i:12", "b:xy", "s:U", place + "2"}}));
}

TEST(RowShaper, ColumnModeOfUpdatesAndDeletes) {
    RowShaper shaper(shape(StreamMode::kColumn, {}));
    Row row = user(4);
    row.cells.push_back({"a", CellOp::kPut, Value::of_integer(1), 11});
    row.cells.push_back({"b", CellOp::kDeleteOne, {}, 12});
    row.cells.push_back({"c", CellOp::kDeleteAll, {}, {}});
    EXPECT_EQ(words(shaped(shaper, row, ChangeKind::kUpdate)),
              (Words{{"s:u", "i:4", "s:a", "i:11", "i:1", "s:U"},
                     {"s:u", "i:4", "s:b", "i:12", "null", "s:DO"},
                     {"s:u", "i:4", "s:c", "null", "null", "s:DA"}}));
    EXPECT_EQ(words(shaped(shaper, user(4), ChangeKind::kDelete)),
              (Words{{"s:u", "i:4", "null", "null", "null", "s:DR"}}));
}

}  // namespace
}  // namespace millrace
