#include "worker/source/objects/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <random>

#include "tests/unit/oss_bucket.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Read {
    std::vector<std::string> rows;   // values joined by |
    std::vector<std::string> dirty;  // "reason [column]"
    std::vector<std::string> raw;    // of the dirty ones
    std::vector<std::string> positions;
    uint64_t bytes = 0;
    Sum128 sum;
    Status status;

    std::vector<std::string> all() const {
        std::vector<std::string> all = rows;
        all.insert(all.end(), dirty.begin(), dirty.end());
        return all;
    }
};

std::string text_of(const Value& value) {
    switch (value.type) {
        case ValueType::kNull: return "NULL";
        case ValueType::kInteger: return std::to_string(value.integer);
        case ValueType::kDouble: return std::to_string(value.real);
        case ValueType::kBoolean: return value.boolean ? "yes" : "no";
        case ValueType::kDatetime: return "@" + std::to_string(value.integer);
        default: return std::string(value.bytes);
    }
}

std::string gzipped(std::string_view bytes) {
    z_stream z = {};
    EXPECT_EQ(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(bytes.size() + 1000, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    z.avail_in = static_cast<uInt>(bytes.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

class ObjectSourceTest : public OssBucketTest {
  protected:
    void put(const std::string& bytes) {
        const auto object = client_.put_object("dir/a.csv", bytes);
        ASSERT_TRUE(object.ok()) << object.status().text();
        start_ = {"dir/a.csv", object->etag, bytes.size(), 0};
    }
    void column(uint32_t index, ObjectFieldType type, const std::string& date_format = "") {
        reader_.columns.push_back({index, "", {}, type, date_format});
    }
    std::unique_ptr<ObjectSource> source(const std::string& position = "") {
        std::optional<oss::ObjectPosition> resume;
        if (!position.empty()) resume = *oss::ObjectPosition::parse(position);
        reader_.all_columns = reader_.columns.empty();
        Result<FieldRows> rows = FieldRows::create(reader_, start_.fields);
        EXPECT_TRUE(rows.ok()) << rows.status().text();
        return std::make_unique<ObjectSource>(
            client_, stop_.get_token(),
            ObjectSourceConfig{.object = start_,
                               .ordered_us = 77,
                               .dialect = {reader_.format == ObjectFormat::kCsv, ','},
                               .skip_header = reader_.skip_header,
                               .gzip = reader_.compress == ObjectCompression::kGzip,
                               .bytes = bytes_},
            *std::move(rows), resume);
    }
    Read read(const std::string& position = "", size_t most = SIZE_MAX) {
        Read read;
        const auto from = source(position);
        Change change;
        for (size_t i = 0; i < most; ++i) {
            const Result<bool> more = from->next(change);
            read.status = more.status();
            if (!more.ok() || !*more) return read;
            EXPECT_EQ(change.ordered_us, 77);
            EXPECT_EQ(change.kind, ChangeKind::kPut);
            read.bytes += from->record_bytes();
            read.sum.add(from->record_hash());
            read.positions.push_back(from->position());
            const std::string number = std::to_string(change.sequence.timestamp_us) + ":";
            if (!change.unreadable.empty()) {
                read.dirty.push_back(number + std::string(change.unreadable) + " [" +
                                     std::to_string(change.unreadable_column) + "]");
                read.raw.emplace_back(change.raw);
                continue;
            }
            std::string row = number;
            for (const Value& value : change.row(0)) row += text_of(value) + "|";
            read.rows.push_back(row);
        }
        return read;
    }

    OssReaderConfig reader_ = [] {
        OssReaderConfig config;
        config.time_zone = "Asia/Shanghai";
        return config;
    }();
    oss::ObjectStart start_;
    ObjectBytes::Options bytes_;
    std::stop_source stop_;
};

TEST_F(ObjectSourceTest, AllFieldsAsTexts) {
    put("id,name\n1,\"a,b\"\n2,\\N\n");
    start_.fields = 2;
    reader_.skip_header = true;
    reader_.null_format = "\\N";
    const Read all = read();
    EXPECT_TRUE(all.status.ok()) << all.status.text();
    EXPECT_THAT(all.rows, ElementsAre("0:1|a,b|", "1:2|NULL|"));
}

TEST_F(ObjectSourceTest, ColumnsByIndexAndConstantsWithTheirTypes) {
    put("7,1.5,TRUE,2026-11-21 08:00:00,20261121,\xff,1e2,extra\n");
    column(6, ObjectFieldType::kLong);
    column(0, ObjectFieldType::kLong);
    column(1, ObjectFieldType::kDouble);
    column(2, ObjectFieldType::kBoolean);
    column(3, ObjectFieldType::kDate);
    column(4, ObjectFieldType::kDate, "yyyyMMdd");
    column(5, ObjectFieldType::kBytes);
    column(0, ObjectFieldType::kString);
    reader_.columns.push_back({{}, "", "42", ObjectFieldType::kLong, ""});
    const Read all = read();
    EXPECT_THAT(all.rows, ElementsAre("0:100|7|1.500000|yes|@1795219200000|@1795190400000|\xff|7|"
                                      "42|"));
    reader_.columns.push_back({{}, "", "x", ObjectFieldType::kLong, ""});
    EXPECT_EQ(FieldRows::create(reader_, 0).status().code(), Code::kConfig);
}

TEST_F(ObjectSourceTest, RecordsThatMakeNoRowAreGivenOutWithTheirLine) {
    put("1,a\nx,b\n\n\"2\n\",c\n3\n4,\xff\xfe\n5,\"e\"f\n99999999999999999999,g\n6,h,more\n7,\"i");
    column(0, ObjectFieldType::kLong);
    column(1, ObjectFieldType::kString);
    const Read all = read();
    EXPECT_TRUE(all.status.ok());
    EXPECT_THAT(all.rows, ElementsAre("0:1|a|", "7:6|h|"));
    EXPECT_THAT(all.dirty, ElementsAre("1:line 2: field 0: it is no whole number of 64 bits [0]",
                                       "2:line 4: field 0: it is no whole number of 64 bits [0]",
                                       "3:line 6: it has 1 field, none with index 1 [1]",
                                       "4:line 7: field 1: it is not UTF-8 [1]",
                                       "5:line 8: field 1: text stands behind a closing quote [-1]",
                                       "6:line 9: field 0: it is no whole number of 64 bits [0]",
                                       "8:line 11: field 1: a quote is not closed [-1]"));
    EXPECT_THAT(all.raw, ElementsAre("x,b\n", "\"2\n\",c\n", "3\n", "4,\xff\xfe\n", "5,\"e\"f\n",
                                     "99999999999999999999,g\n", "7,\"i"));
}

TEST_F(ObjectSourceTest, WhereAllFieldsAreWantedEveryRowHasAsMany) {
    put("1,2\n3\n4,5,6\n7,\xff\n");
    start_.fields = 2;
    const Read all = read();
    EXPECT_THAT(all.rows, ElementsAre("0:1|2|"));
    EXPECT_THAT(all.dirty, ElementsAre("1:line 2: it has 1 field, the first row has 2 [-1]",
                                       "2:line 3: it has 3 fields, the first row has 2 [-1]",
                                       "3:line 4: field 1: it is not UTF-8 [1]"));
}

std::string random_object(uint64_t seed) {
    std::mt19937_64 random(seed);
    std::string bytes = "h0,h1\r\n";
    for (int i = 0; i < 60; ++i) {
        const std::string word(random() % 40, static_cast<char>('a' + random() % 26));
        switch (random() % 6) {
            case 0: bytes += "\"" + word + "\n,\"\"" + word + "\"," + word; break;
            case 1: bytes += word; break;
            case 2: bytes += "x\xff," + word; break;
            default: bytes += word + "," + word;
        }
        bytes += random() % 2 ? "\n" : "\r\n";
        if (random() % 9 == 0) bytes += "\n";
    }
    return bytes;
}

// Pieces and ranges of odd sizes, and a death behind every record.
TEST_F(ObjectSourceTest, ResumesBehindEveryRecord) {
    for (uint64_t seed = 1; seed <= 6; ++seed) {
        const std::string bytes = random_object(seed);
        for (const bool gzip : {false, true}) {
            SCOPED_TRACE(std::to_string(seed) + (gzip ? " gzip" : ""));
            put(gzip ? gzipped(bytes.substr(0, 500)) + gzipped(bytes.substr(500)) : bytes);
            start_.fields = 2;
            reader_.skip_header = true;
            reader_.compress = gzip ? ObjectCompression::kGzip : ObjectCompression::kNone;
            bytes_ = {};
            const Read calm = read();
            ASSERT_TRUE(calm.status.ok()) << calm.status.text();
            ASSERT_EQ(calm.positions.size(), 60u - (60u - calm.positions.size()));
            bytes_ = {.range_bytes = 97 + seed, .piece_bytes = 13 + seed};
            for (size_t i = 0; i < calm.positions.size(); ++i) {
                const Read before = read("", i + 1);
                const Read after = read(before.positions.back());
                ASSERT_TRUE(after.status.ok()) << after.status.text();
                Sum128 sum = before.sum;
                sum.add(after.sum);
                EXPECT_EQ(sum, calm.sum);
                EXPECT_EQ(before.rows.size() + after.rows.size(), calm.rows.size());
                std::vector<std::string> dirty = before.dirty;
                dirty.insert(dirty.end(), after.dirty.begin(), after.dirty.end());
                EXPECT_EQ(dirty, calm.dirty);
            }
        }
    }
}

TEST_F(ObjectSourceTest, TheNextRangeIsFetchedWhileOneIsRead) {
    std::string bytes;
    for (int i = 0; i < 1000; ++i) bytes += std::to_string(i) + ",x\n";
    put(bytes);
    start_.fields = 2;
    bytes_ = {.range_bytes = 1000, .piece_bytes = 100};
    requests_.clear();
    EXPECT_EQ(read("", 1).rows.size(), 1u);
    EXPECT_EQ(sent(Method::kGet, "a.csv"), 2u);
    requests_.clear();
    EXPECT_EQ(read().rows.size(), 1000u);
    EXPECT_EQ(sent(Method::kGet, "a.csv"), (bytes.size() + 999) / 1000);
}

TEST_F(ObjectSourceTest, CutBodiesAreAskedForAgain) {
    put("1,a\n2,b\n3,c\n");
    start_.fields = 2;
    bytes_.range_bytes = 5;
    int cut = 0;
    hook_ = [&](const HttpRequest&, HttpAnswer answer) -> Result<HttpAnswer> {
        if (answer.status == 206 && ++cut % 2 == 1) answer.body.truncate(answer.body.size() - 1);
        return answer;
    };
    EXPECT_THAT(read().rows, ElementsAre("0:1|a|", "1:2|b|", "2:3|c|"));
    EXPECT_EQ(cut, 6);
}

TEST_F(ObjectSourceTest, ReplacedAndRemovedObjectsAreNamed) {
    put("1,a\n2,b\n3,c\n");
    start_.fields = 2;
    bytes_.range_bytes = 4;
    const std::string position = read("", 1).positions.back();
    ASSERT_TRUE(client_.put_object("dir/a.csv", "1,a\n2,B\n3,c\n").ok());
    Read changed = read(position);
    EXPECT_EQ(changed.status.code(), Code::kSourceChanged);
    EXPECT_THAT(changed.status.text(),
                HasSubstr("oss://examplebucket/dir/a.csv was replaced while"));
    ASSERT_TRUE(client_.delete_object("dir/a.csv").ok());
    Read gone = read(position);
    EXPECT_EQ(gone.status.code(), Code::kSourceChanged);
    EXPECT_THAT(gone.status.text(), HasSubstr("was removed while"));
}

TEST_F(ObjectSourceTest, BytesThatWereDamagedOnTheWayFailTheItem) {
    put("1,a\n2,b\n3,c\n");
    start_.fields = 2;
    bytes_.range_bytes = 4;
    hook_ = [&](const HttpRequest&, HttpAnswer answer) -> Result<HttpAnswer> {
        if (answer.body.view() == "2,b\n") answer.body.data()[2] = 'B';
        return answer;
    };
    const Read damaged = read();
    EXPECT_EQ(damaged.status.code(), Code::kCorrupt);
    EXPECT_THAT(damaged.status.text(), HasSubstr("dir/a.csv was not received as it is stored"));
    // The checksum of what was read before a death counts too.
    const Read before = read("", 2);
    hook_ = {};
    EXPECT_EQ(read(before.positions.back()).status.code(), Code::kCorrupt);
}

TEST_F(ObjectSourceTest, DamagedGzipIsNamed) {
    std::string stored = gzipped(random_object(1));
    start_.fields = 2;
    reader_.compress = ObjectCompression::kGzip;
    put(stored.substr(0, stored.size() - 5));
    EXPECT_THAT(read().status.text(), HasSubstr("dir/a.csv: the gzip data ends too early"));
    put("plain,text\n");
    EXPECT_THAT(read().status.text(), HasSubstr("dir/a.csv: the bytes are no gzip"));
    stored[stored.size() / 2] = static_cast<char>(stored[stored.size() / 2] ^ 1);
    put(stored);
    EXPECT_EQ(read().status.code(), Code::kCorrupt);
}

TEST_F(ObjectSourceTest, EmptyObjectsAndNoObjectHaveNoRecords) {
    put("");
    EXPECT_TRUE(read().all().empty());
    start_ = {};
    EXPECT_TRUE(read().status.ok());
    EXPECT_EQ(source()->end().kind, EndKind::kShardEnd);
}

TEST_F(ObjectSourceTest, ALineWithoutEndIsAnErrorNotAnEndlessBuffer) {
    put(std::string(RecordStream::kRecordMax + 10, 'x'));
    start_.fields = 1;
    const Read all = read();
    EXPECT_EQ(all.status.code(), Code::kFatal);
    EXPECT_THAT(all.status.text(), HasSubstr("line 1: a line is longer than 16 MiB"));
    put("\"open\n" + std::string(RecordStream::kRecordMax, 'x') + "\nlast\n");
    start_.fields = 1;
    const Read open = read();
    EXPECT_THAT(open.raw, ElementsAre("\"open\n"));
    EXPECT_EQ(open.rows.size(), 2u);
}

TEST_F(ObjectSourceTest, AStopEndsIt) {
    put("1\n2\n");
    start_.fields = 1;
    stop_.request_stop();
    EXPECT_EQ(read().status.code(), Code::kCancelled);
}

}  // namespace
}  // namespace millrace
