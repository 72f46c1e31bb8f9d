#include "coordinator/shards/history.h"

#include <gtest/gtest.h>

#include "common/base/fakes/fake_clock.h"
#include "common/store/memory_store.h"

namespace millrace {
namespace {

class HistoryTest : public ::testing::Test {
  protected:
    // A window that was read: shard "a" to a border, with these names for its places.
    void record(const std::string& run, int64_t start, int64_t end, const TaskId& task = kTask) {
        ASSERT_TRUE(store_
                        .create_instance({.run = RunId(run),
                                          .task = task,
                                          .window = {from_millis(start), from_millis(end)},
                                          .kind = RunKind::kFirst,
                                          .job_version = "1",
                                          .encoder_version = "1",
                                          .job = "{}",
                                          .control = {}})
                        .ok());
        const NewItem item{ItemId(run + "/0"), ShardId("a"), "{}"};
        ASSERT_TRUE(store_.add_items(RunId(run), std::span(&item, 1)).ok());
        const auto claimed = store_.claim(item.item, ClaimId("c"), std::chrono::seconds(30));
        ASSERT_TRUE(store_.finish(claimed->fence, {}, {EndKind::kBorder, "end"}).ok());
        const ShardBorders borders{kStream, ShardId("a"), {{start, at(start)}, {end, at(end)}}};
        const Status status = store_.record_borders(RunId(run), std::span(&borders, 1));
        ASSERT_TRUE(status.ok()) << status.text();
    }
    static Border at(int64_t time) { return {"border", "place at " + std::to_string(time), true}; }

    inline static const TaskId kTask{"task"};
    inline static const StreamId kStream{"stream"};
    FakeClock clock_;
    MemoryStore store_{clock_};
};

TEST_F(HistoryTest, GivesTheBordersAtBothEndsAndTheNearestEarlierOne) {
    record("r1", 0, 100);
    record("r2", 100, 200);
    record("r4", 300, 400);
    const auto found = shard_histories(store_, kTask, kStream, {from_millis(200), from_millis(300)},
                                       {{ShardId("a"), {}}});
    ASSERT_TRUE(found.ok());
    const ShardHistory& history = found->at(ShardId("a"));
    EXPECT_EQ(history.at_start, at(200));
    EXPECT_EQ(history.at_end, at(300));
    ASSERT_TRUE(history.before_start.has_value());
    EXPECT_EQ(history.before_start->first, 100);
}

TEST_F(HistoryTest, ParentsAreLookedUpTooAndOtherTasksAreNot) {
    record("r1", 0, 100, TaskId("another"));
    const auto found = shard_histories(store_, kTask, kStream, {from_millis(100), from_millis(200)},
                                       {{ShardId("b"), {ShardId("a")}}});
    ASSERT_TRUE(found.ok());
    EXPECT_EQ(found->size(), 2u);
    EXPECT_FALSE(found->at(ShardId("a")).at_start);
    EXPECT_FALSE(found->at(ShardId("a")).before_start);
}

}  // namespace
}  // namespace millrace
