#include "worker/source/odps/reader.h"

#include "tests/unit/support/odps_cloud.h"
#include "tests/unit/support/value_text.h"

namespace millrace {
namespace {

using maxcompute::Place;
using maxcompute::RecordWriter;
using maxcompute::RowsPosition;
using Kind = OdpsReadColumn::Kind;

const Place kFlat{"t", {}};
const Place kWest{"t", {{"pt", "2026"}, {"region", "west"}}};

class OdpsSourceTest : public ::testing::Test {
  protected:
    // Rows (id, "name<id>", null for every third).
    void create_numbered(uint64_t rows) {
        cloud_.sql("create table t (id bigint, name string, note string);");
        cloud_.write(kFlat, rows, put_numbered);
        use(kFlat, {{Kind::kName, "id"}, {Kind::kName, "note"}});
    }
    static void put_numbered(RecordWriter& writer, uint64_t row) {
        writer.put_integer(1, static_cast<int64_t>(row));
        writer.put_bytes(2, "name" + std::to_string(row));
        if (row % 3) writer.put_bytes(3, std::string(row % 200, 'x'));
    }
    static std::vector<std::string> numbered(uint64_t from, uint64_t to) {
        std::vector<std::string> rows;
        for (uint64_t row = from; row < to; ++row) {
            rows.push_back("i" + std::to_string(row) +
                           (row % 3 ? " s" + std::string(row % 200, 'x') : " null"));
        }
        return rows;
    }
    // All rows of the place, as they are now.
    void use(const Place& place, const std::vector<OdpsReadColumn>& columns) {
        const auto session = cloud_.client.create_download(place);
        ASSERT_TRUE(session.ok()) << session.status().text();
        std::vector<std::string> keys;
        for (const auto& [key, value] : place.partition) keys.push_back(key);
        const auto chosen = maxcompute::read_columns(session->columns, keys, columns);
        ASSERT_TRUE(chosen.ok()) << chosen.status().text();
        config_ = {.table = place.table,
                   .shard = ShardId("rows"),
                   .rows = {place.partition, session->id, session->rows, 0, session->rows},
                   .columns = columns,
                   .shape = maxcompute::shape_of(*chosen),
                   .ordered_us = 77};
    }
    void slice(uint64_t first, uint64_t count) {
        config_.rows.first = first;
        config_.rows.count = count;
    }
    std::unique_ptr<OdpsSource> open(uint64_t row = 0) {
        return std::make_unique<OdpsSource>(client_, stop_.get_token(), config_,
                                            *TimeTexts::create("Asia/Shanghai"), RowsPosition{row});
    }
    // Rows as texts; the source's status at the end in status_.
    std::vector<std::string> read(OdpsSource& source) {
        std::vector<std::string> seen;
        Change change;
        for (;;) {
            const Result<bool> more = source.next(change);
            status_ = more.status();
            if (!more.ok() || !*more) return seen;
            EXPECT_EQ(change.kind, ChangeKind::kPut);
            EXPECT_EQ(change.ordered_us, 77);
            EXPECT_TRUE(change.unreadable.empty()) << change.unreadable;
            EXPECT_EQ(change.rows, 1u);
            seen.push_back(text_of(change.row(0)));
        }
    }
    std::vector<std::string> read_all(uint64_t row = 0) {
        const auto source = open(row);
        auto seen = read(*source);
        EXPECT_TRUE(status_.ok()) << status_.text();
        return seen;
    }
    std::string failure(uint64_t row = 0) {
        read(*open(row));
        EXPECT_EQ(status_.code(), Code::kSourceChanged);
        return status_.text();
    }

    test::OdpsCloud cloud_;
    maxcompute::Client client_{cloud_.context, test::OdpsCloud::config(),
                               RetryPolicy{.retries_max = 3}};
    OdpsSourceConfig config_;
    std::stop_source stop_;
    Status status_;
};

TEST_F(OdpsSourceTest, GivesEveryTypeAndNulls) {
    cloud_.sql(
        "create table t (ti tinyint, si smallint, i int, b bigint, f float, d double, o boolean, "
        "p decimal(10,2), s string, v varchar(9), c char(3), x binary, day date, dt datetime, ts "
        "timestamp, ntz timestamp_ntz);");
    cloud_.write(kFlat, 4, [](RecordWriter& writer, uint64_t row) {
        if (row == 3) return;
        const auto one = static_cast<int64_t>(row);
        for (uint32_t number = 1; number <= 4; ++number) writer.put_integer(number, -one);
        writer.put_float(5, 0.5F);
        writer.put_double(6, -1e300);
        writer.put_boolean(7, row == 1);
        writer.put_bytes(8, "12.5");
        writer.put_bytes(9, row ? "text" : "");
        writer.put_bytes(10, "vc");
        writer.put_bytes(11, "c");
        writer.put_bytes(12, std::string("\0\xff", 2));
        writer.put_integer(13, -1);
        writer.put_integer(14, -1500 + one);
        const int32_t nanos[] = {0, 123'000'000, 123'456'789};
        writer.put_time(15, 1'500'000'000, nanos[row]);
        writer.put_time(16, 1'500'000'000, nanos[row]);
    });
    use(kFlat, {{Kind::kAll, ""}});
    const auto seen = read_all();
    ASSERT_EQ(seen.size(), 4u);
    const auto row = [&](const std::string& number, const std::string& truth,
                         const std::string& text, const std::string& ms, const std::string& ts,
                         const std::string& ntz) {
        std::string wanted = number + " " + number + " " + number + " " + number + " d0.500000 d";
        wanted += std::to_string(-1e300) + " " + truth + " s12.5 s" + text + " svc sc b";
        return wanted + std::string("\0\xff", 2) + " day-1 t" + ms + " " + ts + " " + ntz;
    };
    EXPECT_EQ(seen[0], row("i0", "false", "", "-1500", "t1500000000000", "s2017-07-14 02:40:00"));
    EXPECT_EQ(seen[1], row("i-1", "true", "text", "-1499", "t1500000000123",
                           "s2017-07-14 02:40:00.123000000"));
    EXPECT_EQ(seen[2], row("i-2", "false", "text", "-1498", "s2017-07-14 10:40:00.123456789",
                           "s2017-07-14 02:40:00.123456789"));
    std::string nulls = "null";
    for (int i = 1; i < 16; ++i) nulls += " null";
    EXPECT_EQ(seen[3], nulls);
}

TEST_F(OdpsSourceTest, ColumnsInAnyOrderPartitionValuesAndConstants) {
    cloud_.sql(
        "create table t (id bigint, name string, note string) partitioned by (pt string, region "
        "string); alter table t add partition (pt='2026', region='west')");
    cloud_.write(kWest, 1, put_numbered);
    use(kWest, {{Kind::kName, "Name"},
                {Kind::kConstant, "x,y"},
                {Kind::kName, "REGION"},
                {Kind::kAll, ""},
                {Kind::kName, "id"},
                {Kind::kName, "pt"}});
    EXPECT_EQ(read_all(), (std::vector<std::string>{"sname0 sx,y swest i0 sname0 null i0 s2026"}));
    // Only what is needed is asked for; where nothing is, one column.
    use(kWest, {{Kind::kName, "note"}, {Kind::kName, "id"}});
    cloud_.requests.clear();
    EXPECT_EQ(read_all(), (std::vector<std::string>{"null i0"}));
    EXPECT_NE(cloud_.requests.back().find("columns=id%2Cnote"), std::string::npos)
        << cloud_.requests.back();
    use(kWest, {{Kind::kName, "pt"}, {Kind::kConstant, "c"}});
    EXPECT_EQ(read_all(), (std::vector<std::string>{"s2026 sc"}));
}

TEST_F(OdpsSourceTest, PiecesOfAnySizeGiveTheSameRows) {
    create_numbered(700);
    const auto all = numbered(0, 700);
    for (const RowPieceSizes sizes :
         {RowPieceSizes{}, RowPieceSizes{1, 1, 1}, RowPieceSizes{1, 50, 2000},
          RowPieceSizes{700, 700, 1 << 20}, RowPieceSizes{3, 7, 1 << 20}}) {
        config_.pieces = sizes;
        EXPECT_EQ(read_all(), all);
    }
    slice(100, 250);
    EXPECT_EQ(read_all(), numbered(100, 350));
    slice(699, 1);
    EXPECT_EQ(read_all(), numbered(699, 700));
}

TEST_F(OdpsSourceTest, AtEveryRowItGoesOnWithTheRest) {
    create_numbered(60);
    slice(10, 45);
    config_.pieces = {2, 9, 500};
    Sum128 whole;
    auto source = open();
    Change change;
    for (uint64_t row = 0; row < 45; ++row) {
        ASSERT_TRUE(*source->next(change));
        EXPECT_EQ(change.sequence, (Sequence{0, static_cast<int64_t>(10 + row), 0}));
        EXPECT_GT(source->record_bytes(), 10u);
        whole.add(source->record_hash());
        const auto position = RowsPosition::parse(source->position());
        ASSERT_TRUE(position.ok());
        EXPECT_EQ(position->row, row + 1);
        EXPECT_EQ(read_all(row + 1), numbered(11 + row, 55));
    }
    ASSERT_FALSE(*source->next(change));
    EXPECT_EQ(source->end().position, (RowsPosition{45}).json());
    Sum128 parts;
    for (const auto& [from, to] : {std::pair(0, 17), std::pair(17, 45)}) {
        auto part = open(static_cast<uint64_t>(from));
        for (int row = from; row < to; ++row) {
            ASSERT_TRUE(*part->next(change));
            parts.add(part->record_hash());
        }
    }
    EXPECT_EQ(parts, whole);
}

TEST_F(OdpsSourceTest, ASliceWithoutRowsAsksNothing) {
    create_numbered(5);
    config_.rows = {};
    cloud_.requests.clear();
    EXPECT_EQ(read_all(), std::vector<std::string>());
    EXPECT_TRUE(cloud_.requests.empty());
}

TEST_F(OdpsSourceTest, ASessionThatIsGoneIsBegunAgain) {
    create_numbered(100);
    config_.pieces = {5, 5, 100};
    for (const char* how : {"expired", "gone"}) {
        cloud_.end_downloads(how);
        EXPECT_EQ(read_all(), numbered(0, 100)) << how;
        use(kFlat, config_.columns);
        config_.pieces = {5, 5, 100};
        auto source = open();
        std::vector<std::string> seen;
        Change change;
        for (int row = 0; row < 100; ++row) {
            if (row % 20 == 10) cloud_.end_downloads(how);
            ASSERT_TRUE(*source->next(change)) << how << row;
            seen.push_back(text_of(change.row(0)));
        }
        EXPECT_EQ(seen, numbered(0, 100)) << how;
    }
}

TEST_F(OdpsSourceTest, WhatChangedSinceTheRunBeganEndsIt) {
    create_numbered(10);
    const std::string again = ": run the transfer again";
    cloud_.write(kFlat, 1, put_numbered);
    EXPECT_EQ(read_all(), numbered(0, 10)) << "a session is a snapshot";
    cloud_.end_downloads("gone");
    EXPECT_EQ(failure(), "table t changed since the run began (it has 11 rows, not 10)" + again);
    use(kFlat, config_.columns);
    cloud_.write(kFlat, 11, put_numbered, true);
    EXPECT_EQ(failure(3), "table t changed since the run began (it was rewritten)" + again);
    use(kFlat, {{Kind::kAll, ""}});
    config_.shape.pop_back();
    EXPECT_NE(failure().find("columns of table t are not those that the run began with"),
              std::string::npos);
    cloud_.sql(
        "drop table t; create table t (id bigint, name string, note string) partitioned by "
        "(pt string, region string); alter table t add partition (pt='2026', region='west')");
    cloud_.write(kWest, 3, put_numbered);
    use(kWest, {{Kind::kAll, ""}});
    cloud_.sql("alter table t drop partition (pt='2026', region='west')");
    cloud_.end_downloads("gone");
    EXPECT_NE(failure().find("partition pt=2026,region=west of t changed since the run began (it "
                             "is not there any more)"),
              std::string::npos)
        << status_.text();
}

TEST_F(OdpsSourceTest, DamagedAndCutBodiesAreAskedForAgain) {
    create_numbered(200);
    config_.pieces = {10, 10, 1 << 20};
    int damaged = 0, seen = 0;
    cloud_.hook = [&](const HttpRequest& request, HttpAnswer answer) -> Result<HttpAnswer> {
        if (request.url.find("rowrange") == std::string::npos || ++seen % 3 == 0) return answer;
        ++damaged;
        if (seen % 3 == 1) {
            answer.body.truncate(answer.body.size() - static_cast<size_t>(1 + seen % 40));
        } else {
            answer.body.data()[static_cast<size_t>(seen * 7) % answer.body.size()] ^= 4;
        }
        return answer;
    };
    EXPECT_EQ(read_all(), numbered(0, 200));
    EXPECT_GT(damaged, 20);
    cloud_.hook = [&](const HttpRequest& request, HttpAnswer answer) -> Result<HttpAnswer> {
        if (request.url.find("rowrange") != std::string::npos) answer.body.data()[5] ^= 4;
        return answer;
    };
    EXPECT_EQ(read(*open()), std::vector<std::string>());
    EXPECT_EQ(status_.code(), Code::kCorrupt) << status_.text();
}

TEST_F(OdpsSourceTest, AStopEndsIt) {
    create_numbered(10);
    stop_.request_stop();
    read(*open());
    EXPECT_EQ(status_.code(), Code::kCancelled);
}

// No service holds such times; what damages them would not be seen by others.
TEST(StoredRowsTest, TimesOutOfRangeAreNoValues) {
    std::vector<maxcompute::Column> table;
    for (const char* type : {"date", "datetime", "timestamp", "timestamp_ntz"}) {
        table.push_back(maxcompute::make_column(type, type));
    }
    const std::vector<OdpsReadColumn> all{{Kind::kAll, ""}};
    StoredRows rows(*maxcompute::read_columns(table, {}, all), table, {},
                    *TimeTexts::create("UTC"));
    std::vector<maxcompute::Field> fields(4);
    EXPECT_EQ(rows.read(fields), -1);
    for (size_t column = 0; column < fields.size(); ++column) {
        fields[column].null = false;
        fields[column].integer = column == 1 ? 253'402'300'800'000 : INT64_MAX;
        EXPECT_EQ(rows.read(fields), static_cast<int>(column));
        EXPECT_EQ(rows.values()[column].type, ValueType::kNull);
        fields[column].null = true;
    }
}

}  // namespace
}  // namespace millrace
