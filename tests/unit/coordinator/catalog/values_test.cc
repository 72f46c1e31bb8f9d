#include "coordinator/catalog/values.h"

#include <gtest/gtest.h>

#include "common/base/fakes/fake_random.h"
#include "coordinator/catalog/memory_log.h"
#include "coordinator/catalog/row_codec.h"

namespace millrace {
namespace {

using catalog::StoredItem;

class ValuesTest : public ::testing::Test {
  protected:
    void put(const std::string& key, const std::string& value) {
        const auto records = values_.records(key, value);
        ASSERT_TRUE(log_.append(records).ok());
    }
    Result<std::map<std::string, std::string>> read() {
        CatalogValues values;
        MemoryCatalogLog reader(catalog_);
        EXPECT_TRUE(reader
                        .open([&](CatalogRecord record) {
                            values.take(std::move(record));
                            return Status();
                        })
                        .ok());
        return values.finish();
    }
    void SetUp() override {
        ASSERT_TRUE(log_.open([](const CatalogRecord&) { return Status(); }).ok());
    }

    MemoryCatalog catalog_;
    MemoryCatalogLog log_{catalog_};
    CatalogValues values_;
};

TEST_F(ValuesTest, LongValuesAreCutAndJoinedAndShrinkAgain) {
    const std::string text(1'700'000, 'x');
    put("long", text + "end");
    put("short", "value");
    EXPECT_EQ(catalog_.records().size(), 6U);
    EXPECT_EQ(catalog_.records()[4].key, "long");  // the header, after its chunks
    put("long", text.substr(0, 600'000));
    put("exact", std::string(CatalogRecord::kValueMax, 'y'));
    catalog_.compact();
    auto values = read();
    ASSERT_TRUE(values.ok()) << values.status().text();
    EXPECT_EQ((*values)["long"], text.substr(0, 600'000));
    EXPECT_EQ((*values)["short"], "value");
    EXPECT_EQ((*values)["exact"].size(), CatalogRecord::kValueMax);
}

TEST_F(ValuesTest, ARemovedValueLeavesNothing) {
    put("long", std::string(900'000, 'x'));
    put("long", "");
    put("short", "x");
    put("short", "");
    catalog_.compact();
    EXPECT_TRUE(catalog_.records().empty());
}

TEST_F(ValuesTest, AMissingChunkIsCorrupt) {
    put("long", std::string(900'000, 'x'));
    ASSERT_TRUE(log_.append(std::vector<CatalogRecord>{{"long/+1", ""}}).ok());
    EXPECT_EQ(read().status().code(), Code::kCorrupt);
}

std::string some_text(FakeRandom& random) {
    static const std::string pieces[] = {"", "a", "\"{}\"", "Größe\n", "\\"};
    return pieces[random.below(5)] + std::to_string(random.below(9));
}

ItemRow some_item(FakeRandom& random) {
    ItemRow row;
    row.item = ItemId(some_text(random));
    row.run = RunId(some_text(random));
    row.shard = ShardId(some_text(random));
    row.state = static_cast<ItemState>(random.below(4));
    row.start = some_text(random);
    row.has_progress = random.below(2) == 1;
    row.progress.position = some_text(random);
    row.progress.staging = some_text(random);
    Counts& counts = row.progress.counts;
    for (uint64_t* count :
         {&counts.read, &counts.put, &counts.update, &counts.remove, &counts.acknowledged,
          &counts.quarantined, &counts.dropped_delete_in_row_mode,
          &counts.dropped_no_configured_column, &counts.rows, &counts.rows_dirty,
          &counts.source_bytes, &counts.output_bytes}) {
        *count = random.below(UINT64_MAX);
    }
    row.progress.source_sum.add(some_text(random));
    if (random.below(2) == 1) row.progress.output_sum.add(some_text(random));
    if (random.below(2) == 1) {
        row.end = ItemEnd{static_cast<EndKind>(random.below(2)), some_text(random)};
    }
    row.epoch = Epoch(random.below(UINT64_MAX));
    row.claim = ClaimId(some_text(random));
    row.claim_end = static_cast<ClaimEnd>(random.below(6));
    row.abandoned = Epoch(random.below(3));
    row.deadline = MonoTime(Duration(random.below(1'000'000)));
    row.attempts = static_cast<int>(random.below(5));
    row.reason = some_text(random);
    row.reserved = static_cast<uint32_t>(random.below(UINT32_MAX));
    return row;
}

TEST(RowCodecTest, ItemsComeBackAsTheyWere) {
    FakeRandom random(5);
    for (int round = 0; round < 300; ++round) {
        std::vector<StoredItem> items;
        for (uint64_t n = random.below(4); n > 0; --n) {
            items.push_back({some_item(random), {}});
            for (uint64_t p = random.below(3); p > 0; --p) {
                items.back().parts.push_back({static_cast<uint32_t>(random.below(9)),
                                              static_cast<uint32_t>(p), some_text(random)});
            }
        }
        const Counts counts = some_item(random).progress.counts;
        EXPECT_EQ(*catalog::decode_counts(catalog::encode(counts)), counts);
        const auto back = catalog::decode_items(catalog::encode(items));
        ASSERT_TRUE(back.ok()) << back.status().text();
        ASSERT_EQ(*back, items);
    }
    EXPECT_EQ(catalog::decode_items("[{").status().code(), Code::kCorrupt);
    EXPECT_EQ(catalog::decode_items(R"([{"epoch":"x"}])").status().code(), Code::kCorrupt);
    EXPECT_EQ(catalog::decode_items(R"([{"source_sum":"x"}])").status().code(), Code::kCorrupt);
}

TEST(RowCodecTest, InstancesComeBackAsTheyWere) {
    FakeRandom random(6);
    for (int round = 0; round < 300; ++round) {
        InstanceRow row;
        row.run = RunId(some_text(random));
        row.task = TaskId(some_text(random));
        row.window = {from_millis(static_cast<int64_t>(random.below(9)) - 4),
                      from_millis(static_cast<int64_t>(random.below(1'800'000'000'000)))};
        row.kind = static_cast<RunKind>(random.below(2));
        row.number = static_cast<int>(random.below(3));
        row.state = static_cast<InstanceState>(random.below(6));
        row.reason = some_text(random);
        row.by_image = random.below(2) == 1;
        row.claimed = random.below(2) == 1;
        row.borders = some_text(random);
        row.job_version = some_text(random);
        row.encoder_version = some_text(random);
        row.job = some_text(random);
        row.control.source_bytes_per_second = static_cast<double>(random.below(100)) / 7;
        row.control.source_records_per_second = static_cast<double>(random.below(100)) / 3;
        row.control.concurrent = static_cast<int>(random.below(3));
        row.control.paused = random.below(2) == 1;
        row.control.cancelled = random.below(2) == 1;
        row.staging = some_text(random);
        row.reserved = static_cast<uint32_t>(random.below(9));
        const auto back = catalog::decode_instance(catalog::encode(row, 7));
        ASSERT_TRUE(back.ok()) << back.status().text();
        ASSERT_EQ(back->row, row);
        EXPECT_EQ(back->ordinal, 7U);
    }
}

TEST(RowCodecTest, BordersComeBackAsTheyWere) {
    ShardBorders one{StreamId("s"), ShardId("h"), {}};
    one.borders[-5] = {"border", "p", true};
    one.borders[1'700'000'000'000] = {"shard_end", "q", false};
    const auto back = catalog::decode_borders(catalog::encode(std::vector<ShardBorders>{one}));
    ASSERT_TRUE(back.ok());
    ASSERT_EQ(back->size(), 1U);
    EXPECT_EQ((*back)[0].stream, one.stream);
    EXPECT_EQ((*back)[0].shard, one.shard);
    EXPECT_EQ((*back)[0].borders, one.borders);
}

}  // namespace
}  // namespace millrace
