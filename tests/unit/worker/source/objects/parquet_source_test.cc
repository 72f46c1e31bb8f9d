#include "worker/source/objects/parquet_source.h"

#include <gmock/gmock.h>

#include "tests/unit/common/codec/parquet/files.h"
#include "tests/unit/oss_bucket.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ParquetSourceTest : public OssBucketTest {
  protected:
    void SetUp() override {
        SKIP_WITHOUT_PARQUET();
        reader_.format = ObjectFormat::kParquet;
        reader_.time_zone = "Asia/Shanghai";
    }
    // 1,000 rows in groups of 300.
    void put_rows() {
        ParquetFile file(
            "message m { required int64 id; optional binary name (UTF8); optional int64 at "
            "(TIMESTAMP_MILLIS); optional binary raw; }",
            {.zone = zone_named("UTC"), .row_group_rows = 300});
        for (int i = 0; i < 1000; ++i) {
            const std::string name = i % 10 == 9 ? "x" + std::to_string(i) : std::to_string(i);
            ASSERT_TRUE(file.add({Value::of_integer(i), Value::of_string(name),
                                  Value::of_datetime(1'795'255'200'000 + i),
                                  Value::of_binary(i == 3 ? "\xff" : "r")})
                            .ok());
        }
        file.read();
        put(file.bytes.view());
        shape_.columns = {{"id", ValueType::kInteger},
                          {"name", ValueType::kString},
                          {"at", ValueType::kDatetime},
                          {"raw", ValueType::kBinary}};
    }
    void put(std::string_view bytes) {
        const auto object = client_.put_object("dir/a.parquet", bytes);
        ASSERT_TRUE(object.ok()) << object.status().text();
        start_ = {"dir/a.parquet", object->etag, bytes.size(), 0};
    }
    void column(std::optional<uint32_t> index, const std::string& name, ObjectFieldType type,
                std::optional<std::string> constant = {}, const std::string& format = "") {
        reader_.columns.push_back({index, name, std::move(constant), type, format});
    }
    Result<std::unique_ptr<ParquetSource>> source(const std::string& resume = "") {
        reader_.all_columns = reader_.columns.empty();
        return ParquetSource::create({.client = client_,
                                      .reader = reader_,
                                      .shape = shape_,
                                      .object = start_,
                                      .ordered_us = 77,
                                      .stop = {}},
                                     resume);
    }
    struct Read {
        std::vector<std::string> rows, dirty, positions;
        Sum128 sum;
    };
    Read read(const std::string& resume = "", size_t most = SIZE_MAX) {
        Read made;
        auto from = source(resume);
        EXPECT_TRUE(from.ok()) << from.status().text();
        if (!from.ok()) return made;
        Change change;
        for (size_t i = 0; i < most; ++i) {
            const Result<bool> more = (*from)->next(change);
            EXPECT_TRUE(more.ok()) << more.status().text();
            if (!more.ok() || !*more) break;
            made.sum.add((*from)->record_hash());
            made.positions.push_back((*from)->position());
            std::string row = std::to_string(change.sequence.timestamp_us);
            if (!change.unreadable.empty()) {
                made.dirty.push_back(row + " " + std::string(change.unreadable) + " [" +
                                     std::to_string(change.unreadable_column) + "]");
                continue;
            }
            for (const Value& value : change.row(0)) row += "|" + shown(value);
            made.rows.push_back(row);
        }
        return made;
    }

    OssReaderConfig reader_;
    RecordShape shape_;
    oss::ObjectStart start_;
};

TEST_F(ParquetSourceTest, AllColumnsAsTheyAre) {
    put_rows();
    const Read all = read();
    ASSERT_EQ(all.rows.size(), 1000u);
    EXPECT_EQ(all.rows[1], "1|i:1|s:1|t:1795255200001|b:r");
    shape_.columns.pop_back();
    EXPECT_THAT(source().status().text(), HasSubstr("has the columns id, name, at, raw"));
}

TEST_F(ParquetSourceTest, ColumnsByNameAndIndexInTheirTypes) {
    put_rows();
    column({}, "at", ObjectFieldType::kString);
    column({}, "at", ObjectFieldType::kString, {}, "yyyy/MM/dd");
    column(0, "", ObjectFieldType::kString);
    column({}, "", ObjectFieldType::kLong, "5");
    column({}, "name", ObjectFieldType::kLong);
    column({}, "at", ObjectFieldType::kDate);
    column(3, "", ObjectFieldType::kString);
    const Read some = read();
    ASSERT_EQ(some.rows.size(), 899u);
    EXPECT_EQ(some.rows[1], "1|s:2026-11-21 18:00:00|s:2026/11/21|s:1|i:5|i:1|t:1795255200001|s:r");
    ASSERT_EQ(some.dirty.size(), 101u);
    EXPECT_EQ(some.dirty[0], "3 a cell is not UTF-8 text; give its column the type bytes [6]");
    EXPECT_EQ(some.dirty[1], "9 a cell cannot be read as an integer [4]");
}

TEST_F(ParquetSourceTest, ReadingGoesOnAtEveryPosition) {
    put_rows();
    const Read all = read();
    for (const size_t stop : {1u, 299u, 300u, 301u, 650u, 999u, 1000u}) {
        const Read first = read("", stop);
        const Read rest = read(first.positions.back());
        std::vector<std::string> rows = first.rows;
        rows.insert(rows.end(), rest.rows.begin(), rest.rows.end());
        EXPECT_EQ(rows, all.rows) << stop;
        Sum128 sum = first.sum;
        sum.add(rest.sum);
        EXPECT_EQ(sum, all.sum);
    }
    EXPECT_EQ(source("{\"group\":1}").status().code(), Code::kCorrupt);
}

TEST_F(ParquetSourceTest, WhatIsNotThereIsSaidByName) {
    put_rows();
    column({}, "nowhere", ObjectFieldType::kString);
    EXPECT_THAT(
        source().status().text(),
        HasSubstr("object dir/a.parquet has no column \"nowhere\"; it has id, name, at, raw"));
    reader_.columns.clear();
    column(4, "", ObjectFieldType::kString);
    EXPECT_THAT(source().status().text(), HasSubstr("no column with index 4"));
    reader_.columns.clear();
    put("id,name\n1,2\n");
    EXPECT_THAT(source().status().text(),
                HasSubstr("object dir/a.parquet cannot be read as parquet"));
}

TEST_F(ParquetSourceTest, AReplacedObjectIsNotReadFurther) {
    put_rows();
    const std::string old = start_.etag;
    const auto from = source();
    ASSERT_TRUE(from.ok());
    put("something else of another length");
    start_.etag = old;
    Change change;
    Status status;
    for (int i = 0; i < 2000 && status.ok(); ++i) {
        const Result<bool> more = (*from)->next(change);
        status = more.status();
        if (more.ok() && !*more) break;
    }
    EXPECT_FALSE(source().ok());
}

TEST_F(ParquetSourceTest, AnItemWithoutAnObjectHasNoRows) {
    start_ = {};
    EXPECT_TRUE(read().rows.empty());
}

}  // namespace
}  // namespace millrace
