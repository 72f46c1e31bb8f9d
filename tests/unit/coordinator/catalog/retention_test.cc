// What the catalog keeps of runs that are long over.
#include <gmock/gmock.h>

#include "tests/unit/coordinator/catalog/cluster.h"

namespace millrace {
namespace {

using ::testing::IsEmpty;

constexpr size_t kMany = 1'000;

class RetentionTest : public ::testing::Test {
  protected:
    NewInstance instance(const std::string& run, int64_t start, RunKind kind) {
        NewInstance made;
        made.run = RunId(run);
        made.task = TaskId("task");
        made.window = {from_millis(start), from_millis(start + 100)};
        made.kind = kind;
        made.job_version = "job1";
        made.control.concurrent = 1'000;
        return made;
    }
    // Of a window of 100 ms, with its package.
    void create(const std::string& run, int64_t start, size_t items = 1,
                RunKind kind = RunKind::kFirst) {
        ASSERT_TRUE(cluster_.store().put_package(RunId(run), "package of " + run).ok());
        const auto made = cluster_.create_instance(instance(run, start, kind));
        ASSERT_TRUE(made.ok()) << made.status().text();
        std::vector<NewItem> added;
        for (size_t i = 0; i < items; ++i) {
            added.push_back({item(run, i), ShardId("s" + std::to_string(i)), "start"});
        }
        ASSERT_TRUE(cluster_.add_items(RunId(run), added).ok());
    }
    void commit(const std::string& run, int64_t start, size_t items = 1) {
        for (size_t i = 0; i < items; ++i) {
            const auto claimed =
                cluster_.claim(item(run, i), ClaimId(run + std::to_string(i)), Cluster::kTtl);
            ASSERT_TRUE(claimed.ok()) << claimed.status().text();
            Progress progress;
            progress.counts.read = progress.counts.put = progress.counts.acknowledged = 10;
            progress.new_parts = {{0, 1, std::string(1'000, 'x')}};
            ASSERT_TRUE(cluster_.finish(claimed->fence, progress, {EndKind::kBorder, "end"}).ok());
        }
        ShardBorders one{StreamId("stream"), ShardId("s0"), {}};
        one.borders[start] = {"border", "at " + std::to_string(start), false};
        one.borders[start + 100] = {"border", "at " + std::to_string(start + 100), false};
        ASSERT_TRUE(cluster_.record_borders(RunId(run), std::span(&one, 1)).ok());
        ASSERT_TRUE(cluster_.begin_commit(RunId(run), "intent").ok());
        ASSERT_TRUE(end(run, {CommitStep::kCommitted, "receipt of " + run, {}}).ok());
        ASSERT_TRUE(end(run, {CommitStep::kCleaned, {}, {}}).ok());
    }
    void clean(const std::string& run, int64_t start, size_t items = 1) {
        ASSERT_NO_FATAL_FAILURE(create(run, start, items));
        ASSERT_NO_FATAL_FAILURE(commit(run, start, items));
    }
    Status end(const std::string& run, const CommitResult& result) {
        return cluster_.end_commit(RunId(run), result);
    }
    static ItemId item(const std::string& run, size_t number) {
        return ItemId(run + "/" + std::to_string(number));
    }
    size_t forget(int64_t end, size_t max = kMany) {
        const auto forgotten = cluster_.store().forget_work(from_millis(end), max);
        EXPECT_TRUE(forgotten.ok()) << forgotten.status().text();
        return forgotten.ok() ? *forgotten : 0;
    }
    bool has_package(const std::string& run) { return cluster_.store().package(RunId(run)).ok(); }
    size_t items(const std::string& run) { return cluster_.items(RunId(run))->size(); }
    size_t records(const std::string& prefix) {
        cluster_.catalog.compact();
        size_t found = 0;
        for (const CatalogRecord& record : cluster_.catalog.records()) {
            found += record.key.starts_with(prefix) ? 1U : 0U;
        }
        return found;
    }

    FakeClock clock_;
    Cluster cluster_{clock_};
};

// The live store is lost or not, the catalog is read anew or not: it says the same.
TEST_F(RetentionTest, ReceiptsBordersAndCountsOutliveTheWork) {
    constexpr size_t kItems = 230;  // more than one record of the catalog holds
    clean("r1", 0, kItems);
    EXPECT_EQ(records("items/r1/"), 3u);
    EXPECT_EQ(forget(100), 0u) << "its window ends there";
    EXPECT_EQ(items("r1"), kItems);
    EXPECT_EQ(forget(101), 1u);
    EXPECT_EQ(forget(101), 0u);
    for (int life = 0; life < 3; ++life) {
        SCOPED_TRACE(life);
        EXPECT_EQ(items("r1"), 0u);
        EXPECT_EQ(records("items/"), 0u);
        EXPECT_EQ(records("package/"), 0u);
        const InstanceView run = *cluster_.instance(RunId("r1"));
        EXPECT_EQ(run.state, InstanceState::kCleaned);
        EXPECT_EQ(run.receipt, "receipt of r1");
        EXPECT_EQ(run.counts.read, 10 * kItems);
        EXPECT_TRUE(run.borders_recorded);
        const auto border = cluster_.border(TaskId("task"), StreamId("stream"), ShardId("s0"), 100);
        ASSERT_TRUE(border.ok() && border->has_value());
        EXPECT_EQ((*border)->position, "at 100");
        EXPECT_FALSE(has_package("r1"));
        EXPECT_THAT(*cluster_.store().pending(), IsEmpty());
        // Its window is done, whatever is forgotten.
        const auto again = cluster_.create_instance(instance("r9", 0, RunKind::kFirst));
        ASSERT_TRUE(again.ok());
        EXPECT_EQ(again->outcome, Created::kExists);
        EXPECT_EQ(again->run, RunId("r1"));
        EXPECT_EQ(forget(101), 0u);
        if (life == 1) cluster_.server.lose();
        cluster_.begin_anew();
    }
    EXPECT_NE(cluster_.store().package(RunId("r1")).status().text().find("no longer kept"),
              std::string::npos);
}

TEST_F(RetentionTest, OnlyRunsThatAreOverAreForgottenTheOldestFirst) {
    clean("done2", 100);
    clean("done1", 0);
    create("failed", 200);
    ASSERT_TRUE(cluster_.close_instance(RunId("failed"), InstanceState::kFailed, "x").ok());
    create("cancelled", 300);
    ASSERT_TRUE(cluster_.close_instance(RunId("cancelled"), InstanceState::kCancelled, "x").ok());
    create("running", 400);
    EXPECT_EQ(forget(10'000, 1), 1u);
    EXPECT_FALSE(has_package("done1"));
    EXPECT_TRUE(has_package("done2"));
    EXPECT_EQ(forget(10'000), 2u);
    EXPECT_FALSE(has_package("cancelled"));
    for (const char* kept : {"failed", "running"}) {
        EXPECT_TRUE(has_package(kept));
        EXPECT_EQ(items(kept), 1u);
    }
    cluster_.begin_anew();
    EXPECT_EQ(forget(10'000), 0u);
    EXPECT_EQ(items("failed"), 1u);
}

// A replay reads what the first run has read.
TEST_F(RetentionTest, AWindowThatIsRunAgainKeepsItsWork) {
    clean("r1", 0);
    create("r2", 0, 1, RunKind::kReplay);
    EXPECT_EQ(forget(10'000), 0u);
    EXPECT_EQ(items("r1"), 1u);
    commit("r2", 0);
    EXPECT_EQ(forget(10'000), 2u);
}

TEST_F(RetentionTest, WindowsThatAreRunAgainAsOneKeepTheirWork) {
    clean("r1", 0);
    clean("r2", 100);
    clean("r3", 300);
    NewInstance joined = instance("both", 0, RunKind::kReplay);
    joined.window.end = from_millis(200);
    ASSERT_TRUE(cluster_.create_instance(joined).ok());
    EXPECT_EQ(forget(10'000), 1u);
    EXPECT_EQ(items("r1") + items("r2"), 2u);
    EXPECT_EQ(items("r3"), 0u);
    ASSERT_TRUE(cluster_.close_instance(RunId("both"), InstanceState::kCancelled, "x").ok());
    EXPECT_EQ(forget(10'000), 3u);
}

// The coordinator dies before or after the records are appended.
TEST_F(RetentionTest, ADeathInBetweenForgetsAllOrNothing) {
    for (const bool done : {false, true}) {
        SCOPED_TRACE(done);
        const std::string run = done ? "r2" : "r1";
        clean(run, done ? 100 : 0);
        Fate& fate = cluster_.coordinator->fate();
        fate.calls_left = 0;
        fate.done_all_the_same = done;
        EXPECT_FALSE(cluster_.store().forget_work(from_millis(10'000), kMany).ok());
        cluster_.begin_anew();
        EXPECT_EQ(items(run), done ? 0u : 1u);
        EXPECT_EQ(has_package(run), !done);
        EXPECT_EQ(cluster_.instance(RunId(run))->counts.read, 10u);
        EXPECT_EQ(forget(10'000), done ? 0u : 1u);
    }
}

}  // namespace
}  // namespace millrace
