#include <cmath>
#include <limits>

#include "tests/unit/common/codec/parquet/files.h"

namespace millrace {
namespace {

using Rows = std::vector<std::vector<std::string>>;

const Value kNull = Value::null();
Value text(std::string_view bytes) {
    return Value::of_string(bytes);
}

TEST(ParquetFileTest, EveryTypeComesBackAtItsExtremes) {
    SKIP_WITHOUT_PARQUET();
    ParquetFile file(
        "message m { optional boolean b; optional int32 i; optional int64 l; optional double d; "
        "optional binary s (UTF8); optional binary x; optional int32 day (DATE); optional int64 ms "
        "(TIMESTAMP_MILLIS); optional int96 t; optional fixed_len_byte_array(16) dec "
        "(DECIMAL(38,2)); }");
    const int64_t least = std::numeric_limits<int64_t>::min();
    const int64_t most = std::numeric_limits<int64_t>::max();
    ASSERT_TRUE(file.add({Value::of_boolean(true), Value::of_integer(INT32_MIN),
                          Value::of_integer(least), Value::of_real(-1.5), text(""),
                          Value::of_binary(std::string_view("\0\xff", 2)), Value::of_date(-1),
                          Value::of_datetime(-1), Value::of_datetime(-62'135'596'800'000),
                          text("-999999999999999999999999999999999999.99")})
                    .ok());
    ASSERT_TRUE(
        file.add({Value::of_boolean(false), Value::of_integer(INT32_MAX), Value::of_integer(most),
                  Value::of_real(1e300), text("“学校”"), Value::of_binary(""),
                  Value::of_date(20'000), Value::of_datetime(253'402'300'799'999),
                  Value::of_datetime(1'795'257'600'123), text("0.005")})
            .ok());
    ASSERT_TRUE(file.add(std::vector<Value>(10, kNull)).ok());
    ASSERT_TRUE(file.add(std::vector<Value>(10, Value())).ok());
    const auto reader = file.read();
    const Rows rows = rows_of(*reader);
    ASSERT_EQ(rows.size(), 4u);
    EXPECT_EQ(rows[0], (std::vector<std::string>{"true", "i:-2147483648", "i:-9223372036854775808",
                                                 "d:-1.500000", "s:", std::string("b:\0\xff", 4),
                                                 "day:-1", "t:-1", "t:-62135596800000",
                                                 "s:-999999999999999999999999999999999999.99"}));
    EXPECT_EQ(rows[1],
              (std::vector<std::string>{"false", "i:2147483647", "i:9223372036854775807",
                                        "d:" + std::to_string(1e300), "s:“学校”", "b:", "day:20000",
                                        "t:253402300799999", "t:1795257600123", "s:0.01"}));
    EXPECT_EQ(rows[2], std::vector<std::string>(10, "null"));
    EXPECT_EQ(rows[3], std::vector<std::string>(10, "null"));
}

TEST(ParquetFileTest, ValuesTakeTheTypeOfTheirColumn) {
    SKIP_WITHOUT_PARQUET();
    ParquetFile file(
        "message m { optional int64 l; optional double d; optional boolean b; optional binary s "
        "(UTF8); optional int32 day (DATE); optional int64 us (TIMESTAMP_MICROS); optional int32 "
        "dec (DECIMAL(5,1)); }");
    ASSERT_TRUE(file.add({text("42"), text("1e3"), text("TRUE"), Value::of_integer(7),
                          text("2026-11-21"), text("2026-11-21 18:00:00"), Value::of_real(0.25)})
                    .ok());
    ASSERT_TRUE(file.add({Value::of_real(3.0), Value::of_integer(2), Value::of_integer(0),
                          Value::of_real(1e10), Value::of_datetime(1'795'219'200'000),
                          text("2026-11-21T10:00:00.5Z"), text("-1.25e3")})
                    .ok());
    ASSERT_TRUE(file.add({Value::of_boolean(true), Value::of_boolean(true), kNull,
                          Value::of_datetime(1'795'255'200'000), text("1969-12-31"),
                          text("2026-11-21T10:00:00+08:00"), kNull})
                    .ok());
    const auto reader = file.read();
    EXPECT_EQ(
        rows_of(*reader),
        (Rows{{"i:42", "d:1000.000000", "true", "s:7", "day:20778", "t:1795255200000", "s:0.3"},
              {"i:3", "d:2.000000", "false", "s:10000000000", "day:20778", "t:1795255200500",
               "s:-1250.0"},
              {"i:1", "d:1.000000", "null", "s:2026-11-21 18:00:00", "day:-1", "t:1795226400000",
               "null"}}));
}

TEST(ParquetFileTest, DirtyRowsNameTheirColumnAndLeaveNoTrace) {
    SKIP_WITHOUT_PARQUET();
    const std::string schema =
        "message m { required binary s (UTF8); optional int32 i (INT_8); optional group tags "
        "(LIST) { repeated group list { required binary element (UTF8); } } }";
    ParquetFile file(schema), clean(schema);
    const std::vector<std::vector<Value>> good = {
        {text("a"), Value::of_integer(-128), text("[\"x\",\"y\"]")}, {text("b"), kNull, kNull}};
    const std::vector<std::pair<std::vector<Value>, int>> bad = {
        {{kNull, kNull, kNull}, 0},
        {{Value::of_binary("\xff"), kNull, kNull}, 0},
        {{text("c"), Value::of_integer(128), kNull}, 1},
        {{text("c"), text("1.5x"), kNull}, 1},
        {{text("c"), kNull, text("[\"x\",null]")}, 2},
        {{text("c"), kNull, text("{")}, 2},
    };
    for (const auto& [row, column] : bad) {
        const auto outcome = file.add(row);
        EXPECT_EQ(outcome.dirty_column, column);
        EXPECT_FALSE(outcome.reason.empty());
    }
    for (const auto& row : good) {
        ASSERT_TRUE(file.add(row).ok());
        ASSERT_TRUE(clean.add(row).ok());
        for (const auto& [other, column] : bad) EXPECT_FALSE(file.add(other).ok());
    }
    // All rows of a change or none.
    std::vector<Value> two = good[0];
    two.insert(two.end(), bad[3].first.begin(), bad[3].first.end());
    EXPECT_EQ(file.writer->append(two, 2, file.sum).dirty_column, 1);
    EXPECT_EQ(file.sum, clean.sum);
    file.read();
    clean.read();
    EXPECT_EQ(file.bytes.view(), clean.bytes.view());
}

TEST(ParquetFileTest, ListsMapsAndStructsAreJsonTexts) {
    SKIP_WITHOUT_PARQUET();
    ParquetFile file(
        "message m { optional group tags (LIST) { repeated group list { optional int64 element; } "
        "} optional group words (MAP) { repeated group key_value { required binary key (UTF8); "
        "optional binary value (UTF8); } } optional group at { optional double x; optional group "
        "in (LIST) { repeated group list { optional binary element (UTF8); } } } }");
    ASSERT_TRUE(file.add({text("[1,null,3]"), text(R"({"b":"2","a":null})"),
                          text(R"({"x":1.5,"in":["p","q"]})")})
                    .ok());
    ASSERT_TRUE(file.add({text("[]"), text("{}"), text(R"({"in":[]})")}).ok());
    ASSERT_TRUE(file.add({kNull, kNull, kNull}).ok());
    ASSERT_TRUE(file.add({text("[7]"), text(R"({"k":"say \"hi\""})"), text("{}")}).ok());
    EXPECT_FALSE(file.add({kNull, kNull, text(R"({"y":1})")}).ok());
    const auto reader = file.read();
    EXPECT_EQ(rows_of(*reader),
              (Rows{{"s:[1,null,3]", R"(s:{"a":null,"b":"2"})", R"(s:{"x":1.5,"in":["p","q"]})"},
                    {"s:[]", "s:{}", R"(s:{"x":null,"in":[]})"},
                    {"null", "null", "null"},
                    {"s:[7]", R"(s:{"k":"say \"hi\""})", R"(s:{"x":null,"in":null})"}}));
}

class ParquetManyRowsTest : public ::testing::Test {
  protected:
    static constexpr const char* kSchema =
        "message m { required int64 id; optional binary name (UTF8); optional double d; }";
    static parquet::WriterOptions options(uint64_t group = 1000) {
        return {.zone = zone_named("UTC"), .row_group_rows = group};
    }
    static void fill(ParquetFile& file, int from, int to) {
        for (int i = from; i < to; ++i) {
            const std::string name(static_cast<size_t>(i % 300), static_cast<char>('a' + i % 26));
            ASSERT_TRUE(file.add({Value::of_integer(i), i % 7 == 0 ? kNull : text(name),
                                  Value::of_real(i * 0.5)})
                            .ok());
        }
    }
};

TEST_F(ParquetManyRowsTest, TheSameRowsGiveTheSameBytesAndSum) {
    SKIP_WITHOUT_PARQUET();
    ParquetFile one(kSchema, options()), other(kSchema, options());
    fill(one, 0, 2500);
    fill(other, 0, 1200);
    fill(other, 1200, 2500);
    one.read();
    other.read();
    EXPECT_EQ(one.bytes.view(), other.bytes.view());
    EXPECT_EQ(one.sum, other.sum);
    // The next file of the same writer is equal too, also after one that was given up.
    Buffer first = std::move(one.bytes);
    one.bytes = Buffer();
    ASSERT_TRUE(one.writer->begin().ok());
    fill(one, 0, 1700);
    ASSERT_TRUE(one.writer->begin().ok());
    one.bytes.clear();
    ASSERT_TRUE(one.writer->begin().ok());
    one.bytes.truncate(4);
    fill(one, 0, 2500);
    ASSERT_TRUE(one.writer->finish().ok());
    EXPECT_EQ(one.bytes.view(), first.view());
}

TEST_F(ParquetManyRowsTest, RowGroupsEndByRowsAndByBytes) {
    SKIP_WITHOUT_PARQUET();
    ParquetFile by_rows(kSchema, options(1000));
    fill(by_rows, 0, 2500);
    const auto reader = by_rows.read();
    EXPECT_EQ(reader->rows(), 2500u);
    ASSERT_TRUE(reader->start(std::vector<uint32_t>{0}, {2, 499}).ok());
    std::span<const Value> row;
    ASSERT_TRUE(*reader->next(row));
    EXPECT_EQ(row[0].integer, 2499);
    EXPECT_FALSE(*reader->next(row));

    parquet::WriterOptions small = options(1'000'000);
    small.row_group_bytes = 20'000;
    ParquetFile by_bytes(kSchema, small);
    fill(by_bytes, 0, 2500);
    const size_t written = by_bytes.bytes.size();
    EXPECT_GT(written, 300'000u) << "groups are written while rows come";
    EXPECT_EQ(rows_of(*by_bytes.read()), rows_of(*reader));
    EXPECT_EQ(by_bytes.sum, by_rows.sum) << "the sum does not depend on how rows are grouped";
}

TEST_F(ParquetManyRowsTest, ReadingGoesOnAtAnyPlace) {
    SKIP_WITHOUT_PARQUET();
    ParquetFile file(kSchema, options(700));
    fill(file, 0, 2500);
    const auto reader = file.read();
    const Rows all = rows_of(*reader, {2, 0, 2});
    ASSERT_EQ(all.size(), 2500u);
    EXPECT_EQ(all[3], (std::vector<std::string>{"d:1.500000", "i:3", "d:1.500000"}));
    for (const size_t stop : {0u, 1u, 699u, 700u, 701u, 1400u, 2499u, 2500u}) {
        ASSERT_TRUE(reader->start(std::vector<uint32_t>{2, 0, 2}, {}).ok());
        std::span<const Value> row;
        for (size_t i = 0; i < stop; ++i) ASSERT_TRUE(*reader->next(row));
        const parquet::Place place = reader->place();
        const Rows rest = rows_of(*file.read(), {2, 0, 2}, place);
        EXPECT_EQ(Rows(all.begin() + static_cast<std::ptrdiff_t>(stop), all.end()), rest);
    }
}

TEST_F(ParquetManyRowsTest, EveryCodecIsReadBack) {
    SKIP_WITHOUT_PARQUET();
    ParquetFile plain(kSchema, options());
    fill(plain, 0, 2500);
    const Rows rows = rows_of(*plain.read());
    for (const auto codec :
         {ParquetCompression::kSnappy, ParquetCompression::kZstd, ParquetCompression::kGzip}) {
        parquet::WriterOptions with = options();
        with.compression = codec;
        ParquetFile file(kSchema, with);
        fill(file, 0, 2500);
        EXPECT_EQ(rows_of(*file.read()), rows);
        EXPECT_LT(file.bytes.size(), plain.bytes.size() / 2);
        EXPECT_EQ(file.sum, plain.sum);
    }
}

TEST_F(ParquetManyRowsTest, OnlyWantedColumnsAreFetched) {
    SKIP_WITHOUT_PARQUET();
    ParquetFile file(kSchema, options(100'000));
    for (int i = 0; i < 20'000; ++i) {
        const std::string name = std::to_string(i) + std::string(300, 'x');
        ASSERT_TRUE(file.add({Value::of_integer(i), text(name), Value::of_real(i)}).ok());
    }
    file.read();
    uint64_t fetched = 0;
    parquet::RandomAccess access = file.access();
    auto reader = parquet::Reader::open({access.size,
                                         [&](uint64_t first, uint64_t count) {
                                             fetched += count;
                                             return access.read(first, count);
                                         }},
                                        "the file", zone_named("UTC"));
    ASSERT_TRUE(reader.ok());
    EXPECT_EQ(rows_of(**reader, {2}).size(), 20'000u);
    EXPECT_LT(fetched, file.bytes.size() / 2);
}

TEST_F(ParquetManyRowsTest, WhatIsReadAndWrittenAgainHasTheSameSum) {
    SKIP_WITHOUT_PARQUET();
    ParquetFile file(kSchema, options()), again(kSchema, options(333));
    fill(file, 0, 2500);
    const auto reader = file.read();
    ASSERT_TRUE(reader->start(std::vector<uint32_t>{0, 1, 2}, {}).ok());
    std::span<const Value> row;
    while (*reader->next(row)) ASSERT_TRUE(again.writer->append(row, 1, again.sum).ok());
    EXPECT_EQ(again.sum, file.sum);
}

TEST(ParquetFileTest, AnEmptyFileHasItsColumns) {
    SKIP_WITHOUT_PARQUET();
    ParquetFile file("message m { optional int64 id; optional binary name (UTF8); }");
    const auto reader = file.read();
    ASSERT_EQ(reader->columns().size(), 2u);
    EXPECT_EQ(reader->columns()[1].name, "name");
    EXPECT_TRUE(rows_of(*reader).empty());
}

TEST(ParquetFileTest, DamagedBytesAreAnErrorAndNothingWorse) {
    SKIP_WITHOUT_PARQUET();
    const auto open = [](std::string_view bytes) {
        return parquet::Reader::open({bytes.size(),
                                      [bytes](uint64_t first, uint64_t count) -> Result<Buffer> {
                                          Buffer part;
                                          part.append(bytes.substr(first, count));
                                          return part;
                                      }},
                                     "object a/b", zone_named("UTC"));
    };
    for (const std::string_view bytes : {"", "PAR1", "uid,name\n1,2\n3,4\n5,6\n"}) {
        const auto reader = open(bytes);
        ASSERT_FALSE(reader.ok());
        EXPECT_EQ(reader.status().code(), Code::kCorrupt);
        EXPECT_NE(reader.status().text().find("object a/b cannot be read as parquet"),
                  std::string::npos)
            << reader.status().text();
    }
    ParquetFile file("message m { optional int64 id; optional binary name (UTF8); }");
    for (int i = 0; i < 200; ++i) {
        ASSERT_TRUE(file.add({Value::of_integer(i), text("n" + std::to_string(i))}).ok());
    }
    file.read();
    const std::string good(file.bytes.view());
    for (size_t i = 0; i < good.size(); i += 3) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 0x55);
        auto reader = open(bad);
        if (!reader.ok()) continue;
        std::vector<uint32_t> columns((*reader)->columns().size());
        ASSERT_TRUE((*reader)->start(columns, {}).ok());
        std::span<const Value> row;
        for (int rows = 0; rows < 1000; ++rows) {
            const Result<bool> more = (*reader)->next(row);
            if (!more.ok() || !*more) break;
        }
    }
}

TEST(ParquetFileTest, AFailedReadSaysItsOwnReason) {
    SKIP_WITHOUT_PARQUET();
    ParquetFile file("message m { optional int64 id; }");
    ASSERT_TRUE(file.add({Value::of_integer(1)}).ok());
    file.read();
    const auto reader =
        parquet::Reader::open({file.bytes.size(),
                               [](uint64_t, uint64_t) -> Result<Buffer> {
                                   return Status(Code::kLeaseLost, "the lease is lost");
                               }},
                              "the file", zone_named("UTC"));
    EXPECT_EQ(reader.status().code(), Code::kLeaseLost);
}

}  // namespace
}  // namespace millrace
