#include "worker/source/table/reader.h"

#include "tests/unit/worker/source/table/fixture.h"

namespace millrace {
namespace {

TEST_F(TableSourceTest, GivesEveryTypeAndWhatIsAbsent) {
    cloud_.create("t", {"k:string", "n:int", "b:binary"});
    cloud_.put("t", {str("x"), Datum::of(int64_t{-5}), Datum::blob("\x01")},
               {{"boo", Datum::of(true)},
                {"dou", Datum::of(1.5)},
                {"int", Datum::of(int64_t{7})},
                {"str", str("text")},
                {"bin", Datum::blob("raw")},
                {"other", str("not asked for")}});
    cloud_.put("t", {str("y"), Datum::of(int64_t{0}), Datum::blob("")}, {});
    use("t", {"k", "n", "b"}, {"n", "str", "int", "dou", "boo", "bin", "k", "b", "none"});
    EXPECT_EQ(read_all(), (std::vector<std::string>{"i-5 stext i7 d1.500000 true braw sx b\x01 -",
                                                    "i0 - - - - - sy b -"}));
}

TEST_F(TableSourceTest, ConstantsAndAColumnGivenTwice) {
    cloud_.create("t", {"k:int"});
    cloud_.put("t", {Datum::of(int64_t{1})}, {{"a", str("A")}});
    use("t", {"k"}, {"a", "", "a", "k", "k", "a"});
    config_.rows.columns[1].constant = *make_constant(ValueType::kDouble, "2.5");
    EXPECT_EQ(read_all(), (std::vector<std::string>{"sA d2.500000 sA i1 i1 sA"}));
}

TEST_F(TableSourceTest, RowsWithoutTheWantedColumnsAreRows) {
    cloud_.create("t", {"k:int"});
    for (int64_t i = 0; i < 3; ++i) cloud_.put("t", {Datum::of(i)}, {{"b", Datum::of(i)}});
    cloud_.put("t", {Datum::of(int64_t{3})}, {{"a", str("A")}});
    use("t", {"k"}, {"a"});
    EXPECT_EQ(read_all(), (std::vector<std::string>{"-", "-", "-", "sA"}));
    use("t", {"k"}, {"k"});
    EXPECT_EQ(read_all(), (std::vector<std::string>{"i0", "i1", "i2", "i3"}));
}

TEST_F(TableSourceTest, MoreColumnsThanARequestMayName) {
    cloud_.create("t", {"k:int"});
    std::vector<std::string> names;
    test::TableCloud::Cells cells{{"zz", str("not asked for")}};
    std::string wanted;
    for (int i = 0; i < 200; ++i) {
        names.push_back("c" + std::to_string(i));
        cells.push_back({names.back(), Datum::of(int64_t{i})});
        wanted += (i ? " i" : "i") + std::to_string(i);
    }
    cloud_.put("t", {Datum::of(int64_t{1})}, cells);
    use("t", {"k"}, names);
    EXPECT_EQ(read_all(), (std::vector<std::string>{wanted}));
    config_.rows.mode = TableReadMode::kMultiVersion;
    EXPECT_EQ(read_all().size(), 200u);
}

TEST_F(TableSourceTest, AnUnknownColumnIsDirtyWhenTheColumnsWereFound) {
    cloud_.create("t", {"k:int"});
    cloud_.put("t", {Datum::of(int64_t{1})}, {{"a", str("A")}});
    cloud_.put("t", {Datum::of(int64_t{2})}, {{"a", str("A")}, {"late", str("L")}});
    cloud_.put("t", {Datum::of(int64_t{3})}, {{"a", str("C")}});
    use("t", {"k"}, {"k", "a"});
    config_.rows.columns_found = true;
    const auto seen = read_all();
    ASSERT_EQ(seen.size(), 3u);
    EXPECT_EQ(seen[0], "i1 sA");
    EXPECT_TRUE(seen[1].starts_with("dirty: column \"late\"")) << seen[1];
    EXPECT_EQ(seen[2], "i3 sC");
}

TEST_F(TableSourceTest, EveryVersionOfACellIsARow) {
    cloud_.create("t", {"k:int", "s:string"}, {}, 3);
    const test::TableCloud::Key key{Datum::of(int64_t{1}), str("x")};
    const int64_t now = cloud_.server_clock.now_ms();
    for (int64_t i = 0; i < 5; ++i) {
        cloud_.update("t", key, {{"a", Datum::of(i)}, {"b", str("v" + std::to_string(i))}},
                      now + i);
    }
    cloud_.put("t", {Datum::of(int64_t{2}), str("no cells")}, {});
    use("t", {"k", "s"}, {});
    config_.rows.mode = TableReadMode::kMultiVersion;
    config_.max_versions = std::numeric_limits<int>::max();
    const auto line = [&](const char* name, int64_t version, const std::string& value) {
        return std::string("i1 sx s") + name + " i" + std::to_string(now + version) + " " + value;
    };
    EXPECT_EQ(read_all(), (std::vector<std::string>{line("a", 4, "i4"), line("a", 3, "i3"),
                                                    line("a", 2, "i2"), line("b", 4, "sv4"),
                                                    line("b", 3, "sv3"), line("b", 2, "sv2")}));
    config_.rows.columns = {{"b", {}}};
    config_.time_begin_ms = now + 2;
    config_.time_end_ms = now + 4;
    EXPECT_EQ(read_all(), (std::vector<std::string>{line("b", 3, "sv3"), line("b", 2, "sv2")}));
    config_.max_versions = 1;
    EXPECT_EQ(read_all(), (std::vector<std::string>{line("b", 3, "sv3")}));
}

// A row without any version has no rows: targets drop it by name.
TEST_F(TableSourceTest, ARowWithoutVersionsSaysSo) {
    cloud_.create("t", {"k:int"});
    cloud_.put("t", {Datum::of(int64_t{1})}, {});
    use("t", {"k"}, {});
    config_.rows.mode = TableReadMode::kMultiVersion;
    auto source = open();
    Change change;
    ASSERT_TRUE(*source->next(change));
    EXPECT_EQ(change.rows, 0u);
    EXPECT_FALSE(change.any_value);
}

}  // namespace
}  // namespace millrace
