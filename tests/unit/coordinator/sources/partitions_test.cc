#include "coordinator/sources/partitions.h"

#include <algorithm>

#include "coordinator/sources/pattern.h"
#include "tests/unit/support/odps_cloud.h"

namespace millrace {
namespace {

using maxcompute::RecordWriter;
using Kind = OdpsReadColumn::Kind;

class PartitionSideTest : public ::testing::Test {
  protected:
    PartitionSideTest() {
        reader_.address = test::OdpsCloud::address();
        reader_.table = "t";
        reader_.columns = {{Kind::kAll, ""}};
        reader_.slice_rows = 1'000'000;
    }
    // Partitions a/1 (no rows), a/2 (20 rows), b/1 (45 rows).
    void create_partitioned() {
        cloud_.sql(
            "create table t (id bigint, price decimal(10,2)) partitioned by (pt string, hh "
            "string)");
        for (const auto& [pt, hh, rows] :
             {std::tuple("a", "1", 0u), std::tuple("a", "2", 20u), std::tuple("b", "1", 45u)}) {
            const maxcompute::Place place{"t", {{"pt", pt}, {"hh", hh}}};
            ASSERT_TRUE(cloud_.client.create_partition(place).ok());
            if (rows)
                cloud_.write(place, rows, [](RecordWriter& w, uint64_t) { w.put_integer(1, 1); });
        }
    }
    void set_partitions(const std::vector<std::string>& patterns) {
        reader_.partitions.clear();
        for (const std::string& one : patterns) {
            reader_.partitions.push_back(*parse_odps_partition(one, true));
        }
    }
    Result<SourceFacts> connect() {
        side_ = std::make_unique<PartitionSide>(cloud_.context, reader_, test::OdpsCloud::config());
        return side_->connect();
    }
    std::string failure() {
        const auto facts = connect();
        EXPECT_EQ(facts.status().code(), Code::kConfig);
        return facts.status().text();
    }
    // Names of the pieces; the failure's text.
    std::vector<std::string> pieces() {
        const auto connected = connect();
        EXPECT_TRUE(connected.ok()) << connected.status().text();
        const auto listed = side_->preview();
        if (!listed.ok()) return {listed.status().text()};
        std::vector<std::string> shown;
        for (const auto& item : *listed) shown.push_back(item.at("shard").get<std::string>());
        return shown;
    }

    test::OdpsCloud cloud_;
    OdpsReaderConfig reader_;
    std::unique_ptr<PartitionSide> side_;
};

TEST_F(PartitionSideTest, DescribesColumnsOfEveryType) {
    cloud_.sql(
        "create table t (ti tinyint, b bigint, f float, d double, o boolean, p decimal(10,2), s "
        "string, v varchar(9), c char(3), x binary, day date, dt datetime, ts timestamp, ntz "
        "timestamp_ntz)");
    const auto facts = connect();
    ASSERT_TRUE(facts.ok()) << facts.status().text();
    using enum ValueType;
    const ValueType types[] = {kInteger, kInteger, kDouble, kDouble, kBoolean,  kString,   kString,
                               kString,  kString,  kBinary, kDate,   kDatetime, kDatetime, kString};
    ASSERT_EQ(facts->shape.columns.size(), std::size(types));
    for (size_t i = 0; i < std::size(types); ++i) {
        EXPECT_EQ(facts->shape.columns[i].type, types[i]) << facts->shape.columns[i].name;
    }
    EXPECT_TRUE(facts->shape.key.empty());
    EXPECT_EQ(facts->found, "ti\nb\nf\nd\no\np\ns\nv\nc\nx\nday\ndt\nts\nntz\n");
    reader_.columns = {{Kind::kName, "DAY"}, {Kind::kConstant, "x"}};
    const auto few = connect();
    EXPECT_EQ(names_of(few->shape.columns), (std::vector<std::string>{"day", "constant"}));
    EXPECT_EQ(few->found, "");
    EXPECT_EQ(side_->describe(), (nlohmann::json{{"kind", "odps"},
                                                 {"endpoint", "http://127.0.0.1:9000"},
                                                 {"project", "demo"},
                                                 {"table", "t"},
                                                 {"partitions", nlohmann::json::array()}}));
}

TEST_F(PartitionSideTest, ColumnsThatCannotBeRead) {
    cloud_.sql("create table t (id bigint, tags array<string>) partitioned by (pt string)");
    ASSERT_TRUE(cloud_.client.create_partition({"t", {{"pt", "1"}}}).ok());
    set_partitions({"pt=1"});
    EXPECT_EQ(failure(),
              "table t: column \"tags\" of type array<string> cannot be read: name the other "
              "columns in \"column\"");
    reader_.columns = {{Kind::kName, "id"}, {Kind::kName, "PT"}};
    EXPECT_TRUE(connect().ok());
    reader_.columns = {{Kind::kName, "nothing"}};
    EXPECT_EQ(failure(), "table t: column \"nothing\" is not in the table, which has id, tags, pt");
    reader_.table = "nowhere";
    EXPECT_NE(failure().find("nowhere"), std::string::npos);
}

TEST_F(PartitionSideTest, PartitionsByPatternsAndInSlices) {
    create_partitioned();
    set_partitions({"pt=b,hh=1"});
    EXPECT_EQ(pieces(), (std::vector<std::string>{"pt=b,hh=1 rows 0-44"}));
    // Each once, whatever the order of levels.
    set_partitions({"hh=*/PT=a", "pt=*,hh=1"});
    cloud_.requests.clear();
    reader_.slice_rows = 20;
    EXPECT_EQ(pieces(), (std::vector<std::string>{"pt=a,hh=1 no rows", "pt=a,hh=2 rows 0-19",
                                                  "pt=b,hh=1 rows 0-19", "pt=b,hh=1 rows 20-39",
                                                  "pt=b,hh=1 rows 40-44"}));
    const auto begun = std::count_if(
        cloud_.requests.begin(), cloud_.requests.end(),
        [](const std::string& url) { return url.find("?downloads") != std::string::npos; });
    EXPECT_EQ(begun, 3) << "a session of each partition";
    reader_.split_mode = OdpsSplitMode::kPartition;
    EXPECT_EQ(pieces().size(), 3u);
}

TEST_F(PartitionSideTest, PartitionsThatDoNotFit) {
    create_partitioned();
    EXPECT_EQ(failure(), "\"partition\" is \"\", but table t needs \"pt=…,hh=…\"");
    set_partitions({"pt=*"});
    EXPECT_EQ(failure(), "\"partition\" is \"pt=*\", but table t needs \"pt=…,hh=…\"");
    set_partitions({"pt=*,hh=*", "pt=c*,hh=?"});
    EXPECT_EQ(failure(),
              "table t has no partition pt=c*,hh=?; with \"successOnNoPartition\": true "
              "that is no error");
    set_partitions({"pt=?,hh=1"});
    EXPECT_NE(failure().find("has no partition"), std::string::npos) << "only * is a wildcard";
    reader_.success_on_no_partition = true;
    EXPECT_EQ(pieces(), (std::vector<std::string>{"no partition"}));
    cloud_.sql("create table flat (id bigint)");
    reader_.table = "flat";
    EXPECT_NE(failure().find("table flat is not partitioned: remove \"partition\""),
              std::string::npos);
    set_partitions({});
    EXPECT_EQ(pieces(), (std::vector<std::string>{"no rows"}));
}

TEST_F(PartitionSideTest, TooManySlices) {
    cloud_.sql("create table t (id bigint)");
    cloud_.write({"t", {}}, 100'001, [](RecordWriter& w, uint64_t) { w.put_integer(1, 1); });
    reader_.slice_rows = 1;
    EXPECT_NE(pieces().front().find("enlarge \"sliceRows\""), std::string::npos);
}

TEST(Patterns, StarsAndQuestionMarks) {
    EXPECT_TRUE(matches_pattern("20261121", "2026*1"));
    EXPECT_FALSE(matches_pattern("20261122", "2026*1"));
    EXPECT_TRUE(matches_pattern("", "*"));
    EXPECT_TRUE(matches_pattern("é1", "?1"));
    EXPECT_FALSE(matches_pattern("ab", "a?", "*"));
    EXPECT_TRUE(matches_pattern("a?", "a?", "*"));
    EXPECT_TRUE(matches_pattern("axxb", "a*b", "*"));
}

}  // namespace
}  // namespace millrace
