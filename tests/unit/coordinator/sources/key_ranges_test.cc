#include "coordinator/sources/key_ranges.h"

#include <gtest/gtest.h>

#include "common/codec/plainbuffer/reader.h"
#include "common/codec/plainbuffer/writer.h"

namespace millrace {
namespace {

using Kind = KeyBound::Kind;
using plainbuffer::KeyValue;

const std::vector<ShapeColumn> kKey = {
    {"a", ValueType::kString}, {"n", ValueType::kInteger}, {"b", ValueType::kBinary}};

KeyBound text(std::string value) {
    return {Kind::kString, std::move(value), 0};
}
KeyBound number(int64_t value) {
    return {Kind::kInteger, std::to_string(value), value};
}
const KeyBound kLow{Kind::kMin, "", 0};
const KeyBound kHigh{Kind::kMax, "", 0};

// "x 5 <" of a key: < and > are the infinities.
std::string show(const std::string& key) {
    plainbuffer::Row row;
    EXPECT_TRUE(plainbuffer::read_row(key, row).ok());
    std::string shown;
    for (const auto& [name, value] : row.key) {
        if (!shown.empty()) shown += " ";
        switch (value.kind) {
            case KeyValue::Kind::kInfMin: shown += "<"; break;
            case KeyValue::Kind::kInfMax: shown += ">"; break;
            default:
                shown += value.value.type == ValueType::kInteger
                             ? std::to_string(value.value.integer)
                             : std::string(value.value.bytes);
        }
    }
    return shown;
}

std::string show(const tablestore::KeyRange& range) {
    return show(range.begin) + (range.forward ? " -> " : " <- ") + show(range.end);
}

std::string range(std::vector<KeyBound> begin, std::vector<KeyBound> end) {
    TableReaderConfig reader;
    reader.begin = std::move(begin);
    reader.end = std::move(end);
    const auto made = complete_range(reader, kKey);
    return made.ok() ? show(*made) : made.status().text();
}

TEST(KeyRanges, AreCompletedSoThatTheDirectionStays) {
    EXPECT_EQ(range({}, {}), "< < < -> > > >");
    EXPECT_EQ(range({kLow}, {kHigh}), "< < < -> > > >");
    EXPECT_EQ(range({kHigh}, {kLow}), "> > > <- < < <");
    EXPECT_EQ(range({text("d")}, {}), "d < < -> > > >");
    EXPECT_EQ(range({}, {text("d")}), "< < < -> d > >");
    EXPECT_EQ(range({text("d")}, {text("f")}), "d < < -> f > >");
    EXPECT_EQ(range({text("f")}, {text("d")}), "f > > <- d < <");
    EXPECT_EQ(range({text("d"), number(5)}, {text("d"), number(-5)}), "d 5 > <- d -5 <");
    EXPECT_EQ(range({text("d"), kLow, kLow}, {text("d"), kHigh, kHigh}), "d < < -> d > >");
}

TEST(KeyRanges, EqualBeginningsMeanAllThatBeginsSo) {
    EXPECT_EQ(range({text("d")}, {text("d")}), "d < < -> d > >");
    EXPECT_EQ(range({text("d"), number(1)}, {text("d"), number(1)}), "d 1 < -> d 1 >");
    EXPECT_EQ(range({text("d")}, {text("d"), number(7)}), "d < < -> d 7 >");
    EXPECT_EQ(range({text("d"), number(7)}, {text("d")}), "d 7 < -> d > >");
}

TEST(KeyRanges, ThatCannotBeAreNamed) {
    const KeyBound binary{Kind::kBinary, "x", 0};
    EXPECT_EQ(range({text("d"), number(1), binary}, {text("d"), number(1), binary}),
              "\"range\" is empty: begin and end are the same key");
    EXPECT_EQ(range({text("d"), kLow, kLow}, {text("d"), kLow, kLow}),
              "\"range\" is empty: begin and end are the same key");
    EXPECT_EQ(range({kLow, kLow, kLow, kLow}, {}),
              "range.begin has 4 values, but the key of the table has 3 columns: a, n, b");
    EXPECT_EQ(range({kLow}, {text("x"), text("5")}),
              "value 2 of range.end is of type string, but key column n is of type int");
    EXPECT_EQ(range({number(5)}, {}),
              "value 1 of range.begin is of type int, but key column a is of type string");
}

class Cuts : public ::testing::Test {
  protected:
    std::string cut(std::vector<KeyBound> begin, std::vector<KeyBound> end,
                    std::vector<KeyBound> points) {
        reader_.begin = std::move(begin);
        reader_.end = std::move(end);
        return show_all(cut_at_points(*complete_range(reader_, kKey), points, kKey));
    }
    std::string propose(bool forward, const std::vector<std::string>& points, size_t most = 64) {
        reader_.begin = {text(forward ? "c" : "p")};
        reader_.end = {text(forward ? "p" : "c")};
        std::vector<std::string> encoded;
        for (const std::string& point : points) {
            encoded.push_back(
                plainbuffer::encode_key({{"a", KeyValue::of(Value::of_string(point))}}));
        }
        return show_all(cut_at_proposals(*complete_range(reader_, kKey), encoded, kKey, most));
    }
    // The pieces; their seams must be the same key.
    static std::string show_all(const Result<std::vector<tablestore::KeyRange>>& pieces) {
        if (!pieces.ok()) return pieces.status().text();
        std::string shown = show(pieces->front().begin);
        for (size_t i = 0; i < pieces->size(); ++i) {
            const tablestore::KeyRange& piece = (*pieces)[i];
            if (i > 0) {
                EXPECT_EQ(piece.begin, (*pieces)[i - 1].end);
            }
            shown += (piece.forward ? " -> " : " <- ") + show(piece.end);
        }
        return shown;
    }

    TableReaderConfig reader_;
};

TEST_F(Cuts, AtThePointsOfTheScript) {
    EXPECT_EQ(cut({}, {}, {text("d"), text("m")}), "< < < -> d < < -> m < < -> > > >");
    EXPECT_EQ(cut({kHigh}, {kLow}, {text("m"), text("d")}), "> > > <- m < < <- d < < <- < < <");
    EXPECT_EQ(cut({text("a")}, {text("z")}, {}), "a < < -> z > >");
}

TEST_F(Cuts, ThatAreNotInsideOrNotInOrderAreNamed) {
    const std::string order = "; points are ordered like the range, rising";
    const std::string inside = " of range.split must lie inside of the range and behind ";
    EXPECT_EQ(cut({}, {}, {text("m"), text("d")}),
              "point 2" + inside + "the point before it" + order);
    EXPECT_EQ(cut({}, {}, {text("m"), text("m")}),
              "point 2" + inside + "the point before it" + order);
    EXPECT_EQ(cut({text("d")}, {}, {text("d")}), "point 1" + inside + "its begin" + order);
    EXPECT_EQ(cut({}, {text("d")}, {text("e")}), "point 1" + inside + "its begin" + order);
    EXPECT_EQ(
        cut({kHigh}, {kLow}, {text("d"), text("m")}),
        "point 2" + inside + "the point before it; points are ordered like the range, falling");
    EXPECT_EQ(cut({}, {}, {number(4)}),
              "point 1 of range.split is of type int, but key column a is of type string");
}

TEST_F(Cuts, AtProposalsInsideOfTheRange) {
    EXPECT_EQ(propose(true, {"a", "c", "d", "m", "p", "q"}),
              "c < < -> d < < -> m < < -> p < < -> p > >");
    EXPECT_EQ(propose(false, {"a", "d", "m", "q"}), "p > > <- m < < <- d < < <- c < <");
    EXPECT_EQ(propose(true, {"d", "d"}), "c < < -> d < < -> p > >");
    EXPECT_EQ(propose(true, {}), "c < < -> p > >");
}

TEST_F(Cuts, IntoNoMorePiecesThanWanted) {
    std::vector<std::string> points;
    for (char c = 'd'; c <= 'm'; ++c) points.emplace_back(1, c);  // 11 pieces
    EXPECT_EQ(propose(true, points, 1), "c < < -> p > >");
    EXPECT_EQ(propose(true, points, 2), "c < < -> h < < -> p > >");
    EXPECT_EQ(propose(true, points, 4), "c < < -> e < < -> h < < -> k < < -> p > >");
    EXPECT_EQ(propose(true, points, 11), propose(true, points, 64));
}

}  // namespace
}  // namespace millrace
