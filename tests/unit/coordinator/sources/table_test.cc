#include "coordinator/sources/table.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/support/table_cloud.h"

namespace millrace {
namespace {

using nlohmann::json;
using standin::Datum;

Datum str(std::string text) {
    return Datum::of(std::move(text));
}

class TableSideTest : public ::testing::Test {
  protected:
    TableSideTest() {
        reader_.address = test::TableCloud::address();
        reader_.table = "t";
    }
    Result<SourceFacts> connect(int concurrent = 1) {
        side_ = std::make_unique<TableSide>(cloud_.context, reader_, concurrent);
        return side_->connect();
    }
    // "name:type name:type …"; the failure's text.
    static std::string columns(const Result<SourceFacts>& facts) {
        if (!facts.ok()) return facts.status().text();
        std::string shown;
        for (const ShapeColumn& column : facts->shape.columns) {
            shown += (shown.empty() ? "" : " ") + column.name + ":";
            shown += column.type == ValueType::kAbsent ? "any" : word_of(column.type);
        }
        return shown;
    }
    std::vector<std::string> pieces() {
        std::vector<std::string> shards;
        const Result<json> preview = side_->preview();
        EXPECT_TRUE(preview.ok()) << preview.status().text();
        for (const json& shard : *preview) shards.push_back(shard.at("shard").get<std::string>());
        return shards;
    }

    test::TableCloud cloud_;
    TableReaderConfig reader_;
    std::unique_ptr<TableSide> side_;
};

TEST_F(TableSideTest, DescribesGivenColumns) {
    cloud_.create("t", {"k:int", "s:string"}, {"d:double", "b:bool", "raw:binary", "text:string"});
    reader_.columns = {{"d", {}}, {"k", {}},   {"", *make_constant(ValueType::kString, "x")},
                       {"b", {}}, {"raw", {}}, {"free", {}},
                       {"k", {}}};
    const auto facts = connect();
    EXPECT_EQ(columns(facts), "d:double k:int constant:string b:bool raw:binary free:any k:int");
    EXPECT_EQ(names_of(facts->shape.key), (std::vector<std::string>{"k", "s"}));
    EXPECT_EQ(facts->found, "");
    EXPECT_EQ(to_micros(facts->server_time), cloud_.server_clock.now_us());
    EXPECT_EQ(side_->describe(), (json{{"kind", "ots"},
                                       {"endpoint", "http://127.0.0.1:9000"},
                                       {"instance", "school"},
                                       {"table", "t"},
                                       {"mode", "normal"}}));
}

TEST_F(TableSideTest, FindsColumnsInTheFirstThousandRows) {
    cloud_.create("t", {"k:int", "s:string"}, {"zz:double", "b:bool"});
    for (int64_t i = 0; i < 1100; ++i) {
        test::TableCloud::Cells cells{{"m", str("x")}};
        if (i == 999) cells.emplace_back("a999", str("seen"));
        if (i == 1000) cells.emplace_back("a1000", str("not seen"));
        if (i == 3) cells.emplace_back("Z", str("upper case first"));
        if (i == 4) cells.emplace_back("b", Datum::of(true));
        cloud_.put("t", {Datum::of(i), str("s")}, cells);
    }
    const auto facts = connect();
    EXPECT_EQ(columns(facts), "k:int s:string zz:double b:bool Z:any a999:any m:any");
    EXPECT_EQ(facts->found, "k\ns\nzz\nb\nZ\na999\nm\n");
    reader_.begin = {{KeyBound::Kind::kMax, "", 0}};
    reader_.end = {{KeyBound::Kind::kMin, "", 0}};
    EXPECT_EQ(columns(connect()), "k:int s:string zz:double b:bool a1000:any a999:any m:any");
    reader_.begin = {{KeyBound::Kind::kInteger, "3", 3}};
    reader_.end = {{KeyBound::Kind::kInteger, "4", 4}};
    EXPECT_EQ(columns(connect()), "k:int s:string zz:double b:bool Z:any m:any");
    // Nothing there: the keys and the defined columns.
    reader_.begin = {{KeyBound::Kind::kInteger, "5000", 5000}};
    reader_.end = {};
    EXPECT_EQ(columns(connect()), "k:int s:string zz:double b:bool");
}

TEST_F(TableSideTest, RowsOfVersionsHaveTheirOwnColumns) {
    cloud_.create("t", {"k:int", "s:string"});
    reader_.mode = TableReadMode::kMultiVersion;
    EXPECT_EQ(columns(connect()), "k:int s:string colname:string version:int colvalue:any");
    EXPECT_EQ(side_->describe().at("mode"), "multiVersion");
    reader_.columns = {{"attribute", {}}};
    EXPECT_EQ(columns(connect()), "k:int s:string colname:string version:int colvalue:any");
    reader_.columns = {{"attribute", {}}, {"s", {}}};
    EXPECT_NE(columns(connect()).find("column \"s\" is a key column of table t"),
              std::string::npos);
}

TEST_F(TableSideTest, WhatIsMissingOrDoesNotFitIsAConfigurationError) {
    const auto facts = connect();
    EXPECT_EQ(facts.status().code(), Code::kConfig);
    EXPECT_NE(facts.status().text().find("table t does not exist in instance school: correct "
                                         "\"table\""),
              std::string::npos)
        << facts.status().text();
    cloud_.create("t", {"k:int"});
    reader_.begin = {{KeyBound::Kind::kString, "x", 0}};
    EXPECT_EQ(columns(connect()),
              "table t: value 1 of range.begin is of type string, but key column k is of type int");
    reader_.begin = {};
    reader_.split = {{KeyBound::Kind::kInteger, "9", 9}, {KeyBound::Kind::kInteger, "7", 7}};
    EXPECT_NE(columns(connect()).find("point 2 of range.split"), std::string::npos);
}

TEST_F(TableSideTest, PiecesAreCutAtThePointsOfTheScript) {
    cloud_.create("t", {"k:int"});
    reader_.split = {{KeyBound::Kind::kInteger, "5", 5}, {KeyBound::Kind::kInteger, "7", 7}};
    ASSERT_TRUE(connect().ok());
    EXPECT_EQ(pieces(), (std::vector<std::string>{"range 0001 of 0003", "range 0002 of 0003",
                                                  "range 0003 of 0003"}));
}

// A small table is one piece for one slot; more slots get smaller pieces.
TEST_F(TableSideTest, PiecesAreCutSoThatAllSlotsHaveWork) {
    cloud_.create("t", {"k:int"});
    for (int64_t i = 0; i < 60; ++i) {
        cloud_.put("t", {Datum::of(i)}, {{"c", str(std::string(100'000, 'x'))}});
    }
    ASSERT_TRUE(connect(1).ok());
    EXPECT_EQ(pieces().size(), 1u);
    ASSERT_TRUE(connect(4).ok());
    EXPECT_GE(pieces().size(), 4u);
    EXPECT_LE(pieces().size(), 6u);
}

TEST_F(TableSideTest, WithoutProposalsTheTableIsOnePiece) {
    cloud_.create("t", {"k:int"});
    cloud_.hook = [&](const HttpRequest& request, HttpAnswer answer) -> Result<HttpAnswer> {
        if (!request.url.ends_with("ComputeSplitPointsBySize")) return answer;
        return Status(Code::kFatal, "the service has no such action");
    };
    ASSERT_TRUE(connect(4).ok());
    EXPECT_EQ(pieces().size(), 1u);
}

}  // namespace
}  // namespace millrace
