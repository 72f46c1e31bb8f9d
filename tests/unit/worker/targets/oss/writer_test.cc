#include "worker/targets/oss/writer.h"

#include "common/codec/crc64.h"
#include "tests/unit/oss_bucket.h"

namespace millrace {
namespace {

class OssWriterTest : public OssBucketTest {
  protected:
    OssWriterTest() {
        config_.format = {};
        config_.part_bytes = 100 * 1024;
        config_.object_rows = 1'000'000;
        config_.object_bytes = 1 << 20;
    }

    std::unique_ptr<OssTarget> target() {
        const oss::Naming naming{
            "dir/orders", ".csv", {from_millis(0), from_millis(300'000)}, 0, 8};
        return std::make_unique<OssTarget>(client_, config_, naming, ShardId("s"),
                                           [this](uint32_t count) -> Result<Range> {
                                               const Range range{next_number_, count};
                                               next_number_ += count;
                                               return range;
                                           });
    }

    // One item's run over records [from, to), with a fresh target that goes on from the ledger.
    struct Ledger {
        std::string staging;
        std::vector<Part> parts;
        Sum128 sum;
        uint64_t rows = 0, changes = 0, bytes = 0;
    };
    std::string record(size_t i) const {
        return std::to_string(i) + "," + std::string(i % 977, static_cast<char>('a' + i % 26)) +
               "\n";
    }
    // Returns how many changes are acknowledged; stops after `parts_max` acknowledged parts.
    size_t run(Ledger& ledger, size_t to, size_t parts_max = SIZE_MAX) {
        auto writer = target();
        EXPECT_TRUE(writer->begin(ledger.staging, ledger.parts).ok());
        size_t done = 0;
        bool in_flight = false;
        for (size_t i = ledger.changes; i < to; ++i) {
            if (append(*writer, i) != Append::Kind::kFull) continue;
            if (in_flight) acknowledge(*writer, ledger);
            if (++done > parts_max) return ledger.changes;  // what is unacknowledged is lost
            EXPECT_TRUE(writer->send(false).ok());
            in_flight = true;
        }
        if (in_flight) acknowledge(*writer, ledger);
        if (writer->has_open_batch()) {
            EXPECT_TRUE(writer->send(true).ok());
            acknowledge(*writer, ledger);
        }
        return ledger.changes;
    }
    Append::Kind append(OssTarget& writer, size_t i) {
        const std::string text = record(i);
        const size_t comma = text.find(',');
        const std::vector<Value> row = {
            Value::of_integer(static_cast<int64_t>(i)),
            Value::of_string(std::string_view(text).substr(comma + 1, text.size() - comma - 2))};
        Change change;
        change.values = row;
        change.rows = 1;
        change.width = 2;
        return writer.append(change).kind;
    }
    void acknowledge(OssTarget& writer, Ledger& ledger) {
        const Result<Delivered> delivered = writer.acknowledge();
        ASSERT_TRUE(delivered.ok()) << delivered.status().text();
        ledger.staging = delivered->staging;
        ledger.changes += delivered->changes;
        ledger.rows += delivered->rows;
        ledger.bytes += delivered->bytes;
        ledger.sum.add(delivered->sum);
        ledger.parts.insert(ledger.parts.end(), delivered->parts.begin(), delivered->parts.end());
    }
    // Completes all objects of the ledger as the commit does; the objects' bytes in order.
    std::vector<std::string> complete(const Ledger& ledger) {
        std::map<uint32_t, std::vector<oss::StagedPart>> objects;
        for (const Part& part : ledger.parts) {
            objects[part.object].push_back(*oss::StagedPart::parse(part.data));
        }
        std::vector<std::string> contents;
        for (const auto& [number, parts] : objects) {
            std::vector<oss::CompletedPart> list;
            uint64_t crc = 0;
            for (const oss::StagedPart& part : parts) {
                list.push_back({part.number, part.etag});
                crc = crc64_combine(crc, part.crc64, part.bytes);
            }
            const auto done =
                client_.complete_multipart(parts[0].name, parts[0].upload, list, true);
            EXPECT_TRUE(done.ok()) << done.status().text();
            if (!done.ok()) continue;
            EXPECT_EQ(*done->crc64, crc);
            contents.emplace_back(client_.get_object(parts[0].name)->view());
        }
        return contents;
    }
    std::string expected(size_t count) const {
        std::string all;
        for (size_t i = 0; i < count; ++i) all += record(i);
        return all;
    }
    static std::string joined(const std::vector<std::string>& contents) {
        std::string all;
        for (const std::string& one : contents) all += one;
        return all;
    }

    OssWriterConfig config_;
    uint32_t next_number_ = 5;
};

TEST_F(OssWriterTest, RowsBecomePartsAndPartsObjects) {
    Ledger ledger;
    run(ledger, 5000);
    EXPECT_EQ(ledger.changes, 5000u);
    EXPECT_EQ(ledger.rows, 5000u);
    Sum128 sum;
    for (size_t i = 0; i < 5000; ++i) sum.add(record(i));
    EXPECT_EQ(ledger.sum, sum);
    const auto contents = complete(ledger);
    EXPECT_EQ(joined(contents), expected(5000));
    EXPECT_GE(contents.size(), 2u);
    for (size_t i = 0; i + 1 < contents.size(); ++i) EXPECT_GE(contents[i].size(), 1u << 20);
    EXPECT_EQ(oss::StagedPart::parse(ledger.parts[0].data)->name,
              oss::object_name({"dir/orders", ".csv", {from_millis(0), from_millis(300'000)}, 0, 8},
                               ShardId("s"), 0));
}

TEST_F(OssWriterTest, AResumedItemGivesTheSameBytesAndNewPartNumbers) {
    Ledger whole;
    run(whole, 5000);
    const auto straight = complete(whole);
    for (const std::string& name : {oss::StagedPart::parse(whole.parts[0].data)->name}) {
        ASSERT_TRUE(client_.delete_object(name).ok());
    }
    for (const Part& part : whole.parts) {
        ASSERT_TRUE(client_.delete_object(oss::StagedPart::parse(part.data)->name).ok());
    }
    Ledger resumed;
    for (size_t parts = 1; resumed.changes < 5000; ++parts) run(resumed, 5000, parts);
    EXPECT_EQ(complete(resumed), straight);
    EXPECT_EQ(resumed.sum, whole.sum);
    ASSERT_EQ(resumed.parts.size(), whole.parts.size());
    std::set<std::pair<uint32_t, uint32_t>> numbers;
    for (size_t i = 0; i < whole.parts.size(); ++i) {
        const auto a = *oss::StagedPart::parse(whole.parts[i].data);
        const auto b = *oss::StagedPart::parse(resumed.parts[i].data);
        EXPECT_EQ(a.crc64, b.crc64);
        EXPECT_EQ(a.rows, b.rows);
        EXPECT_TRUE(numbers.emplace(resumed.parts[i].object, resumed.parts[i].number).second);
    }
}

TEST_F(OssWriterTest, ObjectsRollByRowsAndEachHasTheHeader) {
    config_.object_rows = 100;
    config_.header = {"id", "text"};
    Ledger ledger;
    run(ledger, 250);
    EXPECT_EQ(ledger.rows, 250u);
    const auto contents = complete(ledger);
    ASSERT_EQ(contents.size(), 3u);
    std::string all;
    for (const std::string& one : contents) {
        ASSERT_TRUE(one.starts_with("id,text\n"));
        all += one.substr(8);
    }
    EXPECT_EQ(all, expected(250));
    Sum128 sum;
    for (size_t i = 0; i < 250; ++i) sum.add(record(i));
    EXPECT_EQ(ledger.sum, sum);  // without headers
}

TEST_F(OssWriterTest, NothingIsBegunWithoutRows) {
    Ledger ledger;
    run(ledger, 0);
    auto writer = target();
    ASSERT_TRUE(writer->begin("", {}).ok());
    Change gone;
    gone.kind = ChangeKind::kDelete;
    EXPECT_EQ(writer->append(gone).rule, DropRule::kDeleteInRowMode);
    EXPECT_FALSE(writer->has_open_batch());
    EXPECT_TRUE(writer->send(true).ok());
    const Result<Delivered> delivered = writer->acknowledge();
    ASSERT_TRUE(delivered.ok());
    EXPECT_TRUE(delivered->parts.empty());
    EXPECT_TRUE(requests_.empty());
}

TEST_F(OssWriterTest, ADroppedFirstChangeLeavesNoHeaderBehind) {
    config_.header = {"id", "text"};
    auto writer = target();
    ASSERT_TRUE(writer->begin("", {}).ok());
    Change gone;
    gone.kind = ChangeKind::kDelete;
    writer->append(gone);
    EXPECT_FALSE(writer->has_open_batch());
    append(*writer, 1);
    EXPECT_TRUE(writer->has_open_batch());
    ASSERT_TRUE(writer->send(true).ok());
    EXPECT_EQ(writer->acknowledge()->bytes, std::string("id,text\n1,b\n").size());
}

TEST_F(OssWriterTest, AnEmptyObjectIsWrittenWhereAsked) {
    config_.generate_empty_file = true;
    config_.header = {"id", "text"};
    Ledger ledger;
    run(ledger, 0);
    EXPECT_EQ(complete(ledger), std::vector<std::string>{"id,text\n"});
    EXPECT_EQ(ledger.rows, 0u);
}

TEST_F(OssWriterTest, APartIsNeverCutShortBeforeTheEnd) {
    auto writer = target();
    ASSERT_TRUE(writer->begin("", {}).ok());
    append(*writer, 1);
    EXPECT_EQ(writer->send(false).code(), Code::kFatal);
}

TEST_F(OssWriterTest, AStateThatDoesNotFitItsPartsIsCorrupt) {
    Ledger ledger;
    run(ledger, 800);
    ASSERT_GE(ledger.parts.size(), 2u);
    std::vector<Part> missing(ledger.parts.begin() + 1, ledger.parts.end());
    EXPECT_EQ(target()->begin(ledger.staging, missing).code(), Code::kCorrupt);
    EXPECT_EQ(target()->begin("", ledger.parts).code(), Code::kCorrupt);
    EXPECT_EQ(target()->begin("{", {}).code(), Code::kCorrupt);
    EXPECT_TRUE(target()->begin(ledger.staging, ledger.parts).ok());
}

TEST_F(OssWriterTest, AVanishedUploadIsSaidSo) {
    Ledger ledger;
    run(ledger, 300);
    const auto part = *oss::StagedPart::parse(ledger.parts[0].data);
    ASSERT_TRUE(client_.abort_multipart(part.name, part.upload).ok());
    auto writer = target();
    ASSERT_TRUE(writer->begin(ledger.staging, ledger.parts).ok());
    append(*writer, 300);
    ASSERT_TRUE(writer->send(true).ok());
    EXPECT_EQ(writer->acknowledge().status().service_code(), "NoSuchUpload");
}

TEST_F(OssWriterTest, AFailedReservationSendsNothing) {
    OssTarget writer(client_, config_, {"o", "", {}, 0, 8}, ShardId("s"),
                     [](uint32_t) -> Result<Range> { return Status(Code::kLeaseLost, "lost"); });
    ASSERT_TRUE(writer.begin("", {}).ok());
    append(writer, 1);
    EXPECT_EQ(writer.send(true).code(), Code::kLeaseLost);
    EXPECT_TRUE(requests_.empty());
}

}  // namespace
}  // namespace millrace
