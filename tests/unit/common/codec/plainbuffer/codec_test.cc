#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "common/codec/plainbuffer/order.h"
#include "common/codec/plainbuffer/reader.h"
#include "common/codec/plainbuffer/writer.h"
#include "tests/unit/common/codec/plainbuffer/rows.h"

namespace millrace::plainbuffer {
namespace {

using test::equal;
using test::RowMaker;

TEST(PlainBuffer, DecodeOfEncodeIsTheSame) {
    EXPECT_TRUE(rc::check("rows", [](uint64_t seed, bool padded) {
        RowMaker maker(seed);
        std::vector<Row> rows;
        Buffer bytes;
        write_header(bytes);
        for (uint64_t i = maker.below(4); i > 0; --i) {
            write_row(bytes, rows.emplace_back(maker.row(i % 2 == 0)));
        }
        if (padded) bytes.append(std::string_view("\0\0\0", 3));
        RowReader reader(bytes.view());
        Row read;
        for (const Row& row : rows) {
            const Result<bool> found = reader.next(read);
            RC_ASSERT(found.ok() && *found);
            RC_ASSERT(equal(read, row));
        }
        const Result<bool> more = reader.next(read);
        RC_ASSERT(more.ok() && !*more);
    }));
}

TEST(PlainBuffer, RecordsAndBareValuesComeBack) {
    EXPECT_TRUE(rc::check("records", [](uint64_t seed) {
        RowMaker maker(seed);
        const Row row = maker.row(true);
        Row read;
        const std::string bytes = encode_row(row);
        RC_ASSERT(read_record(bytes, read).ok());
        RC_ASSERT(equal(read, row));
        const KeyValue value = maker.bound();
        Buffer bare;
        write_bare_value(bare, value);
        const Result<KeyValue> again = read_bare_value(bare.view());
        RC_ASSERT(again.ok() && compare(*again, value) == 0);
    }));
}

Row record_row() {
    Row row;
    row.key.push_back({"pk", KeyValue::of(Value::of_string("k"))});
    row.cells.push_back({"c", CellOp::kPut, Value::of_integer(1), 5});
    row.sequence = Sequence{1, 2, 3};
    return row;
}

TEST(PlainBuffer, ARecordIsOneRowWithItsSequenceAndNothingElse) {
    Row read;
    const std::string good = encode_row(record_row());
    EXPECT_TRUE(read_record(good, read).ok());
    EXPECT_EQ(read_record(good + '\0', read).code(), Code::kCorrupt);
    EXPECT_EQ(read_record(good + good.substr(4), read).code(), Code::kCorrupt);
    EXPECT_TRUE(read_row(good + '\0', read).ok());
    EXPECT_EQ(read_row(good + good.substr(4), read).code(), Code::kCorrupt);
    EXPECT_EQ(read_row(good + '\1', read).code(), Code::kCorrupt);

    std::string hidden = good;
    hidden[4] = '\0';  // the row tag, which is in no checksum
    EXPECT_EQ(read_record(hidden, read).code(), Code::kCorrupt);
    RowReader rows(hidden);
    EXPECT_FALSE(rows.next(read).ok());

    Row without = record_row();
    without.sequence.reset();
    EXPECT_EQ(read_record(encode_row(without), read).code(), Code::kCorrupt);
}

TEST(PlainBuffer, RecordsHoldNeitherBoundsNorIncrementsNorTimelessCells) {
    Row read;
    Row row = record_row();
    row.key[0].value = KeyValue::inf_min();
    EXPECT_FALSE(read_record(encode_row(row), read).ok());
    EXPECT_TRUE(read_row(encode_row(row), read).ok());

    row = record_row();
    row.cells[0] = {"c", CellOp::kIncrement, Value::of_integer(1), {}};
    EXPECT_FALSE(read_record(encode_row(row), read).ok());
    EXPECT_TRUE(read_row(encode_row(row), read).ok());

    row = record_row();
    row.cells[0].timestamp_ms.reset();
    EXPECT_FALSE(read_record(encode_row(row), read).ok());
    EXPECT_TRUE(read_row(encode_row(row), read).ok());
}

TEST(PlainBuffer, CellsThatContradictTheirOperationAreRefused) {
    Row read;
    const auto refused = [&](const Cell& cell) {
        Row row = record_row();
        row.cells[0] = cell;
        return !read_row(encode_row(row), read).ok();
    };
    EXPECT_TRUE(refused({"c", CellOp::kPut, {}, 5}));
    EXPECT_TRUE(refused({"c", CellOp::kDeleteOne, {}, {}}));
    EXPECT_TRUE(refused({"c", CellOp::kDeleteOne, Value::of_integer(1), 5}));
    EXPECT_TRUE(refused({"c", CellOp::kDeleteAll, {}, 5}));
    EXPECT_TRUE(refused({"c", CellOp::kIncrement, Value::of_string("1"), {}}));
    EXPECT_TRUE(refused({"c", static_cast<CellOp>(2), Value::of_integer(1), 5}));
    EXPECT_TRUE(refused({"c", CellOp::kPut, Value::of_integer(1), -1}));
    EXPECT_FALSE(refused({"c", CellOp::kDeleteAll, {}, {}}));
}

TEST(PlainBuffer, OrderOfKeys) {
    const auto number = [](int64_t n) { return KeyValue::of(Value::of_integer(n)); };
    const auto text = [](std::string_view s) { return KeyValue::of(Value::of_string(s)); };
    const std::vector<KeyValue> ascending{KeyValue::inf_min(), number(INT64_MIN),
                                          number(-1),          number(0),
                                          number(INT64_MAX),   KeyValue::inf_max()};
    const std::vector<KeyValue> texts{KeyValue::inf_min(), text(""),     text("a"),
                                      text("aa"),          text("b"),    text("\x7f"),
                                      text("\x80"),        text("\xff"), KeyValue::inf_max()};
    for (const auto& line : {ascending, texts}) {
        for (size_t i = 0; i < line.size(); ++i) {
            for (size_t j = 0; j < line.size(); ++j) {
                EXPECT_EQ(compare(line[i], line[j]), i <=> j) << i << " " << j;
            }
        }
    }
    const std::vector<KeyCell> low{{"a", text("x")}, {"b", KeyValue::inf_min()}};
    const std::vector<KeyCell> mid{{"a", text("x")}, {"b", number(3)}};
    EXPECT_TRUE(compare(low, mid) < 0);
    EXPECT_TRUE(compare(std::span(low).first(1), low) < 0);
}

}  // namespace
}  // namespace millrace::plainbuffer
