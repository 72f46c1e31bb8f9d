#include "worker/targets/oss/parquet_target.h"

#include <map>

#include "common/codec/crc64.h"
#include "tests/unit/common/codec/parquet/files.h"
#include "tests/unit/oss_bucket.h"

namespace millrace {
namespace {

class ParquetTargetTest : public OssBucketTest {
  protected:
    ParquetTargetTest() {
        config_.file_format = ObjectFormat::kParquet;
        config_.part_bytes = 100 * 1024;
        config_.object_rows = 1'000'000;
        config_.object_bytes = 300 * 1024;
        config_.parquet.row_group_rows = 200;
    }
    void SetUp() override { SKIP_WITHOUT_PARQUET(); }

    std::unique_ptr<ParquetTarget> target() {
        const oss::Naming naming{
            "dir/orders", ".parquet", {from_millis(0), from_millis(300'000)}, 0, 8};
        auto made = ParquetTarget::create(
            client_, config_,
            *parquet::parse_schema("message m { required int64 id; optional binary name (UTF8); }"),
            zone_named("UTC"),
            ItemObjects(client_, naming, ShardId("s"), [this](uint32_t count) -> Result<Range> {
                const Range range{next_number_, count};
                next_number_ += count;
                return range;
            }));
        EXPECT_TRUE(made.ok()) << made.status().text();
        return *std::move(made);
    }

    struct Ledger {
        std::string staging;
        std::vector<Part> parts;
        Sum128 sum;
        uint64_t rows = 0, changes = 0, bytes = 0;
    };
    static std::string name_of(size_t i) {
        return std::string(i % 977, static_cast<char>('a' + i % 26));
    }
    static Append append(Target& target, size_t i) {
        const std::string name = name_of(i);
        const std::vector<Value> row = {Value::of_integer(static_cast<int64_t>(i)),
                                        Value::of_string(name)};
        Change change;
        change.values = row;
        change.rows = 1;
        change.width = 2;
        return target.append(change);
    }
    static Status acknowledge(Target& target, Ledger& ledger) {
        MILLRACE_ASSIGN(const Delivered delivered, target.acknowledge());
        ledger.staging = delivered.staging;
        ledger.changes += delivered.changes;
        ledger.rows += delivered.rows;
        ledger.bytes += delivered.bytes;
        ledger.sum.add(delivered.sum);
        ledger.parts.insert(ledger.parts.end(), delivered.parts.begin(), delivered.parts.end());
        return {};
    }
    // A run of the item over rows up to `to`, with a fresh target that goes on from the ledger, as
    // the window's run does it. It dies before the row `dies_at`.
    Status run(Ledger& ledger, size_t to, size_t dies_at = SIZE_MAX) {
        auto writer = target();
        MILLRACE_TRY(writer->begin(ledger.staging, ledger.parts));
        bool in_flight = false;
        for (size_t i = ledger.changes; i < to; ++i) {
            if (i == dies_at) return {};
            if (append(*writer, i).kind != Append::Kind::kFull) continue;
            if (in_flight) MILLRACE_TRY(acknowledge(*writer, ledger));
            MILLRACE_TRY(writer->send(false));
            in_flight = true;
        }
        if (in_flight) MILLRACE_TRY(acknowledge(*writer, ledger));
        if (!writer->has_open_batch()) return {};
        MILLRACE_TRY(writer->send(true));
        return acknowledge(*writer, ledger);
    }
    // Completes all objects as the commit does: their bytes in order.
    std::vector<Buffer> complete(const Ledger& ledger) {
        std::map<uint32_t, std::vector<oss::StagedPart>> objects;
        for (const Part& part : ledger.parts) {
            objects[part.object].push_back(*oss::StagedPart::parse(part.data));
        }
        std::vector<Buffer> contents;
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
            EXPECT_EQ(*done->crc64, crc);
            contents.push_back(*client_.get_object(parts[0].name));
        }
        return contents;
    }
    static void expect_rows(const std::vector<Buffer>& objects, size_t count) {
        size_t i = 0;
        for (const Buffer& object : objects) {
            auto reader =
                parquet::Reader::open({object.size(),
                                       [&](uint64_t first, uint64_t size) -> Result<Buffer> {
                                           Buffer part;
                                           part.append(object.view().substr(first, size));
                                           return part;
                                       }},
                                      "object", zone_named("UTC"));
            ASSERT_TRUE(reader.ok()) << reader.status().text();
            for (const auto& row : rows_of(**reader)) {
                ASSERT_EQ(row[0], "i:" + std::to_string(i));
                ASSERT_EQ(row[1], "s:" + name_of(i));
                ++i;
            }
        }
        EXPECT_EQ(i, count);
    }

    OssWriterConfig config_;
    uint32_t next_number_ = 5;
};

TEST_F(ParquetTargetTest, RowsBecomeObjectsOfSeveralParts) {
    Ledger ledger;
    ASSERT_TRUE(run(ledger, 3000).ok());
    EXPECT_EQ(ledger.rows, 3000u);
    EXPECT_EQ(ledger.changes, 3000u);
    const auto objects = complete(ledger);
    EXPECT_GE(objects.size(), 4u);
    EXPECT_GT(ledger.parts.size(), 2 * objects.size());
    expect_rows(objects, 3000);
    size_t bytes = 0;
    for (const Buffer& object : objects) bytes += object.size();
    EXPECT_EQ(ledger.bytes, bytes);
}

TEST_F(ParquetTargetTest, PartsLeaveWhileTheObjectGrows) {
    config_.object_bytes = 100 << 20;
    auto writer = target();
    ASSERT_TRUE(writer->begin("", {}).ok());
    for (size_t i = 0; i < 3000; ++i) ASSERT_EQ(append(*writer, i).kind, Append::Kind::kAdded);
    EXPECT_GE(sent(Method::kPut, "partNumber"), 12u);
}

TEST_F(ParquetTargetTest, ObjectsEndByRows) {
    config_.object_rows = 100;
    Ledger ledger;
    ASSERT_TRUE(run(ledger, 250).ok());
    const auto objects = complete(ledger);
    EXPECT_EQ(objects.size(), 3u);
    expect_rows(objects, 250);
}

TEST_F(ParquetTargetTest, AnyNumberOfDeathsGivesTheSameObjects) {
    Ledger whole;
    ASSERT_TRUE(run(whole, 3000).ok());
    const auto expected = complete(whole);
    service_ = standin::make_oss_service({"testid", "testsecret", true}, "examplebucket",
                                         server_clock_, 1);
    handler_ = standin_handler(*service_, hook_);
    Ledger ledger;
    for (size_t dies_at = 100; dies_at < 3000; dies_at += 231) {
        ASSERT_TRUE(run(ledger, 3000, dies_at).ok());
    }
    ASSERT_TRUE(run(ledger, 3000).ok());
    EXPECT_EQ(ledger.sum, whole.sum);
    EXPECT_EQ(ledger.rows, whole.rows);
    const auto objects = complete(ledger);
    ASSERT_EQ(objects.size(), expected.size());
    for (size_t i = 0; i < objects.size(); ++i) {
        EXPECT_EQ(objects[i].view(), expected[i].view()) << "object " << i;
    }
}

TEST_F(ParquetTargetTest, AnUploadThatFailsInAppendIsToldBySend) {
    config_.object_bytes = 100 << 20;
    hook_ = [](const HttpRequest& request, HttpAnswer answer) -> Result<HttpAnswer> {
        if (request.url.find("partNumber=3") == std::string::npos) return answer;
        return FakeHttp::answer(403, "", {});
    };
    Ledger ledger;
    auto writer = target();
    ASSERT_TRUE(writer->begin("", {}).ok());
    size_t i = 0;
    while (i < 3000 && append(*writer, i).kind == Append::Kind::kAdded) ++i;
    EXPECT_LT(i, 2999u);
    const Status status = writer->send(false);
    EXPECT_FALSE(status.ok());
    EXPECT_NE(status.text().find("part"), std::string::npos) << status.text();
}

TEST_F(ParquetTargetTest, DirtyAndDroppedChangesAreInNoObject) {
    config_.object_rows = 2;
    auto writer = target();
    ASSERT_TRUE(writer->begin("", {}).ok());
    Change change;
    change.kind = ChangeKind::kDelete;
    EXPECT_EQ(writer->append(change).rule, DropRule::kDeleteInRowMode);
    const std::vector<Value> row = {Value::null(), Value::of_string("x")};
    change = {};
    change.values = row;
    change.rows = 1;
    change.width = 2;
    const Append dirty = writer->append(change);
    EXPECT_EQ(dirty.kind, Append::Kind::kDirty);
    EXPECT_EQ(dirty.column, 0);
    EXPECT_FALSE(writer->has_open_batch());
    change.any_value = false;
    EXPECT_EQ(writer->append(change).rule, DropRule::kNoConfiguredColumn);
    EXPECT_EQ(append(*writer, 0).kind, Append::Kind::kAdded);
    EXPECT_EQ(append(*writer, 1).kind, Append::Kind::kFull);
    ASSERT_TRUE(writer->send(false).ok());
    Ledger ledger;
    ASSERT_TRUE(acknowledge(*writer, ledger).ok());
    expect_rows(complete(ledger), 2);
}

TEST_F(ParquetTargetTest, AnItemWithoutRowsLeavesAnEmptyFileWhenAsked) {
    Ledger ledger;
    ASSERT_TRUE(run(ledger, 0).ok());
    EXPECT_TRUE(ledger.parts.empty());
    config_.generate_empty_file = true;
    ASSERT_TRUE(run(ledger, 0).ok());
    const auto objects = complete(ledger);
    ASSERT_EQ(objects.size(), 1u);
    expect_rows(objects, 0);
    // One is enough.
    ASSERT_TRUE(run(ledger, 0).ok());
    EXPECT_EQ(ledger.parts.size(), 1u);
}

TEST_F(ParquetTargetTest, StagingWithinAnObjectIsRefused) {
    const oss::Staging staging{.object = 1, .name = "dir/x", .upload = "u", .base = 1};
    EXPECT_EQ(target()->begin(staging.json(), {}).code(), Code::kCorrupt);
}

}  // namespace
}  // namespace millrace
