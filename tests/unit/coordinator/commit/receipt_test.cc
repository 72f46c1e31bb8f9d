#include "coordinator/commit/receipt.h"

#include <gtest/gtest.h>

#include "common/stream/position.h"

namespace millrace {
namespace {

ItemView item(const std::string& shard, uint64_t read, const std::vector<Loss>& losses = {}) {
    ItemView item;
    item.item = ItemId("run/" + shard);
    item.shard = ShardId(shard);
    item.start = to_json(ItemStart{});
    Position end;
    end.place.iterator = "end of " + shard;
    if (read > 0) end.place.last = Sequence{0, 7, 1};
    end.began = ShardPlace{.iterator = "begin of " + shard};
    end.losses = losses;
    item.end = ItemEnd{EndKind::kBorder, to_json(end)};
    item.progress.counts.read = item.progress.counts.put = read;
    item.progress.counts.acknowledged = item.progress.counts.rows = read;
    item.progress.source_sum.add(std::string_view("source of " + shard));
    item.progress.output_sum.add(std::string_view("output of " + shard));
    return item;
}

ReceiptFacts facts(std::vector<ItemView> items) {
    ReceiptFacts facts;
    facts.instance.run = RunId("run");
    facts.instance.task = TaskId("task");
    facts.instance.window = {from_millis(1), from_millis(2)};
    facts.items = std::move(items);
    facts.stream = StreamId("stream");
    return facts;
}

TEST(ReceiptTest, NamesShardsWithTheirBordersAndAddsUp) {
    const auto receipt = make_receipt(facts({item("b", 2), item("a", 3)}));
    ASSERT_TRUE(receipt.ok()) << receipt.status().text();
    EXPECT_EQ(receipt->at("shards").at(0).at("shard"), "a");
    EXPECT_EQ(receipt->at("shards").at(0).at("start").at("iterator"), "begin of a");
    EXPECT_EQ(receipt->at("shards").at(1).at("end").at("position").at("iterator"), "end of b");
    EXPECT_EQ(receipt->at("counts").at("read"), 5);
    Sum128 sum;
    sum.add(std::string_view("source of a"));
    sum.add(std::string_view("source of b"));
    EXPECT_EQ(receipt->at("sums").at("source"), sum.hex());
    EXPECT_TRUE(receipt->at("loss").empty());
}

TEST(ReceiptTest, AWindowWithoutRecordsHasOne) {
    const auto receipt = make_receipt(facts({item("a", 0), item("b", 0)}));
    ASSERT_TRUE(receipt.ok()) << receipt.status().text();
    EXPECT_EQ(receipt->at("counts").at("read"), 0);
    EXPECT_FALSE(receipt->at("shards").at(0).at("end").at("position").contains("last"));
    EXPECT_TRUE(make_receipt(facts({})).ok());
}

TEST(ReceiptTest, AnUnbalancedRunIsNotCalledDone) {
    for (uint64_t Counts::*field :
         {&Counts::read, &Counts::acknowledged, &Counts::quarantined,
          &Counts::dropped_delete_in_row_mode, &Counts::dropped_no_configured_column}) {
        ItemView off = item("a", 3);
        ++(off.progress.counts.*field);
        EXPECT_EQ(make_receipt(facts({off, item("b", 1)})).status().code(), Code::kFatal);
    }
}

TEST(ReceiptTest, AnItemWithoutAnEndIsNoReceipt) {
    ItemView open = item("a", 1);
    open.end.reset();
    EXPECT_FALSE(make_receipt(facts({open})).ok());
}

TEST(ReceiptTest, LossesAreNamedWithTheirShardAndTimes) {
    const auto receipt = make_receipt(facts({item("a", 1, {{10, 20}})}));
    ASSERT_TRUE(receipt.ok());
    EXPECT_EQ(receipt->at("loss").dump(), R"([{"from_ms":10,"shard":"a","to_ms":20}])");
}

TEST(ReceiptTest, TwoRunsOfTheSameWorkDifferInMetaOnly) {
    ReceiptFacts one = facts({item("b", 2), item("a", 3)});
    ReceiptFacts other = facts({item("a", 3), item("b", 2)});
    one.meta = {{"host", "x"}};
    other.meta = {{"host", "y"}};
    auto first = *make_receipt(one), second = *make_receipt(other);
    EXPECT_NE(first, second);
    first.erase("meta");
    second.erase("meta");
    EXPECT_EQ(first, second);
}

}  // namespace
}  // namespace millrace
