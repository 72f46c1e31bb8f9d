#include "worker/targets/oss/encoder.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

struct Encoded {
    Append outcome;
    std::string bytes;
    RowCounts counts;
};
Encoded encode(ChangeKind kind, const std::vector<Value>& values, size_t rows, bool any = true) {
    Change change;
    change.kind = kind;
    change.values = values;
    change.rows = rows;
    change.width = rows == 0 ? 0 : values.size() / rows;
    change.any_value = any;
    Encoded encoded;
    Buffer out;
    out.append("before\n");
    encoded.outcome = OssEncoder({}).append(change, out, encoded.counts);
    encoded.bytes = std::string(out.view());
    return encoded;
}

TEST(OssEncoder, ARowIsAppendedAndSummed) {
    const Encoded put = encode(ChangeKind::kPut, {Value::of_integer(1), Value()}, 1);
    EXPECT_EQ(put.outcome.kind, Append::Kind::kAdded);
    EXPECT_EQ(put.bytes, "before\n1,null\n");
    EXPECT_EQ(put.counts.rows, 1u);
    Sum128 sum;
    sum.add(std::string_view("1,null\n"));
    EXPECT_EQ(put.counts.sum, sum);
}

TEST(OssEncoder, RowsOfColumnModeAreAllWrittenDeletesToo) {
    const Encoded cells = encode(ChangeKind::kDelete,
                                 {Value::of_integer(1), Value::of_string("DR"),
                                  Value::of_integer(2), Value::of_string("DR")},
                                 2);
    EXPECT_EQ(cells.bytes, "before\n1,DR\n2,DR\n");
    EXPECT_EQ(cells.counts.rows, 2u);
}

TEST(OssEncoder, DropsByNamedRules) {
    const Encoded gone = encode(ChangeKind::kDelete, {}, 0);
    EXPECT_EQ(gone.outcome.kind, Append::Kind::kDropped);
    EXPECT_EQ(gone.outcome.rule, DropRule::kDeleteInRowMode);
    const Encoded nothing = encode(ChangeKind::kUpdate, {Value(), Value::null()}, 1, false);
    EXPECT_EQ(nothing.outcome.rule, DropRule::kNoConfiguredColumn);
    EXPECT_EQ(nothing.bytes, "before\n");
}

TEST(OssEncoder, OneDirtyRowRefusesTheWholeChange) {
    const Encoded dirty = encode(ChangeKind::kPut,
                                 {Value::of_integer(1), Value::of_string("x"), Value::of_integer(2),
                                  Value::of_binary("\xff")},
                                 2);
    EXPECT_EQ(dirty.outcome.kind, Append::Kind::kDirty);
    EXPECT_EQ(dirty.outcome.column, 1);
    EXPECT_EQ(dirty.bytes, "before\n");
    EXPECT_EQ(dirty.counts.rows, 0u);
    EXPECT_EQ(dirty.counts.sum, Sum128());
}

}  // namespace
}  // namespace millrace
