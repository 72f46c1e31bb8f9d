#include "coordinator/planner/planner.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/coordinator/planner/world.h"

namespace millrace {
namespace {

using test::World;
using test::WorldShard;

constexpr int64_t kMinute = 60'000;

TEST(PlannerTest, ASplitInsideTheWindowIsReadInOrderAndCompletely) {
    World world({{{}, {1, 2, 3}}, {{0}, {4, 5}}, {{0}, {4, 6, 7}}}, 1);
    ASSERT_TRUE(world.run_window(0, 100));
    EXPECT_EQ(world.order().front(), 0u);
    using Ranges = std::vector<std::pair<size_t, size_t>>;
    EXPECT_EQ(world.ranges().at(0), (Ranges{{0, 3}}));
    EXPECT_EQ(world.ranges().at(1), (Ranges{{0, 2}}));
    EXPECT_EQ(world.ranges().at(2), (Ranges{{0, 3}}));
}

TEST(PlannerTest, ChildrenThatShowUpLateAreWaitedFor) {
    World world({{{}, {1}}, {{0}, {2}, std::chrono::seconds(2)}}, 1);
    ASSERT_TRUE(world.run_window(0, 100));
    EXPECT_EQ(world.ranges().count(1), 1u);
}

TEST(PlannerTest, ChildrenThatNeverShowUpDoNotBlockTheWindow) {
    World world({{{}, {1}}, {{0}, {2}, std::chrono::hours(2)}}, 1);
    ASSERT_TRUE(world.run_window(0, 100));
    EXPECT_EQ(world.ranges().count(1), 0u);
}

TEST(PlannerTest, AChildOfAShardThatStoppedAtABorderBelongsToTheNextWindow) {
    World world({{{}, {1, 150}}, {{0}, {20, 160}}}, 1);
    ASSERT_TRUE(world.run_window(0, 100));
    EXPECT_EQ(world.ranges().count(1), 0u);
    ASSERT_TRUE(world.run_window(100, 200));
    // The child's first record is older than the second window: it is read all the same (P1).
    using Ranges = std::vector<std::pair<size_t, size_t>>;
    EXPECT_EQ(world.ranges().at(1), (Ranges{{0, 2}}));
}

TEST(PlannerTest, AMergeWaitsForBothParents) {
    World world({{{}, {1, 2}}, {{}, {3}}, {{0, 1}, {4, 5}}}, 7);
    ASSERT_TRUE(world.run_window(0, 100));
    EXPECT_EQ(world.order().back(), 2u);
}

TEST(PlannerTest, ARecordedBorderAtTheEndIsTheEndOfTheItem) {
    Planner planner({.stream = StreamId("s"), .window = {from_millis(0), from_millis(100)}});
    (void)planner.step(planner::Tick{}, MonoTime{});
    Position end;
    end.place.last = Sequence{1, 99'000, 0};
    planner::Listing listing{{{ShardId("a"), {}}}, {}};
    listing.histories[ShardId("a")].at_end = Border{"border", to_json(end), true};
    const auto actions = planner.step(listing, MonoTime{});
    ASSERT_FALSE(actions.empty());
    const auto& add = std::get<planner::AddItem>(actions.front());
    EXPECT_EQ(add.start.end_after, end.place.last);
    EXPECT_EQ(add.start.recorded, (RecordedEnd{false, end.place, {}}));
    EXPECT_TRUE(add.start.skip_to_window);
}

void add_records(WorldShard& shard, int64_t& time) {
    const auto records = *rc::gen::inRange<size_t>(0, 8);
    for (size_t r = 0; r < records; ++r) {
        time += *rc::gen::inRange<int64_t>(0, kMinute);
        // Some records are late: their time lies before that of an earlier record.
        shard.times_ms.push_back(time - *rc::gen::inRange<int64_t>(0, 2) * kMinute / 2);
    }
}

// A few partitions that split in two and merge in pairs, as a table's do.
std::vector<WorldShard> random_world() {
    std::vector<WorldShard> shards;
    std::vector<std::pair<size_t, int64_t>> open;  // shard and the time of its last record
    const auto add = [&](std::vector<int> parents, int64_t time) {
        WorldShard shard{std::move(parents), {}, {}};
        if (!shard.parents.empty() && *rc::gen::inRange(0, 3) == 0) {
            shard.listed_after = std::chrono::seconds(2);
        }
        add_records(shard, time);
        open.emplace_back(shards.size(), time);
        shards.push_back(std::move(shard));
    };
    const auto take = [&] {
        const auto pick = *rc::gen::inRange<size_t>(0, open.size());
        const auto taken = open[pick];
        open.erase(open.begin() + static_cast<std::ptrdiff_t>(pick));
        return taken;
    };
    for (int roots = *rc::gen::inRange(1, 4); roots > 0; --roots) add({}, 0);
    for (int steps = *rc::gen::inRange(0, 4); steps > 0; --steps) {
        const auto [first, time] = take();
        if (!open.empty() && *rc::gen::arbitrary<bool>()) {
            const auto [second, other] = take();
            add({static_cast<int>(first), static_cast<int>(second)}, std::max(time, other));
        } else {
            add({static_cast<int>(first)}, time);
            add({static_cast<int>(first)}, time);
        }
    }
    return shards;
}

RC_GTEST_PROP(PlannerProperty, WindowsReadEveryRecordExactlyOnce, ()) {
    const auto shards = random_world();
    for (const WorldShard& shard : shards) {
        std::string text = "shard of";
        for (int parent : shard.parents) text += " " + std::to_string(parent);
        text += " late " + std::to_string(shard.listed_after.count()) + ": ";
        for (int64_t time : shard.times_ms) text += std::to_string(time) + " ";
        RC_LOG() << text << "\n";
    }
    World world(shards, *rc::gen::arbitrary<uint64_t>());
    const int64_t first = *rc::gen::inRange<int64_t>(0, 3 * kMinute);
    int64_t start = first;
    for (int window = 0; window < 5; ++window) {
        const int64_t end =
            window == 4 ? 1'000 * kMinute : start + *rc::gen::inRange<int64_t>(1, 3 * kMinute);
        RC_ASSERT(world.run_window(start, end));
        start = end;
    }
    for (const auto& [n, ranges] : world.ranges()) {
        const WorldShard& shard = world.shards()[n];
        size_t at = ranges.front().first;
        for (size_t before = 0; before < at; ++before) RC_ASSERT(shard.times_ms[before] < first);
        for (const auto& [begin, end] : ranges) {
            RC_ASSERT(begin == at);
            at = end;
        }
        RC_ASSERT(at == shard.times_ms.size());
    }
    RC_ASSERT(world.ranges().size() == world.shards().size());
}

}  // namespace
}  // namespace millrace
