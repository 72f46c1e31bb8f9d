#include "coordinator/commit_driver.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "common/base/fakes/fake_clock.h"
#include "tests/unit/support/crash.h"

namespace millrace {
namespace {

using nlohmann::json;

// The outside: which pieces are staged and visible. It outlives the processes that commit.
struct Bucket {
    std::set<size_t> staged, visible;
    bool published = false, cleaned = false;
    int written = 0;  // how often the items have written
};

class FakeCommit final : public TargetCommit {
  public:
    FakeCommit(Bucket& bucket, Crash& crash) : bucket_(bucket), crash_(crash) {}

    Status prepare(const InstanceView&) override { return {}; }
    Result<std::string> make_intent(const InstanceView&,
                                    const std::vector<ItemView>& items) override {
        if (written_work_is_gone) return Status(Code::kNotFound, "made anew");
        pieces_ = items.size();
        return json{{"pieces", pieces_}}.dump();
    }
    Status load(const std::string& intent) override {
        pieces_ = json::parse(intent).at("pieces").get<size_t>();
        return {};
    }
    size_t pieces() const override { return pieces_; }
    Status complete(size_t piece) override {
        if (crash_.hit()) return Crash::status();
        if (!bucket_.staged.contains(piece)) return Status(Code::kNotFound, "NoSuchUpload");
        bucket_.staged.erase(piece);
        bucket_.visible.insert(piece);
        return crash_.hit() ? Crash::status() : Status();
    }
    Result<bool> look(size_t piece) override {
        if (crash_.hit()) return Status(Code::kCancelled, "the process has died");
        return bucket_.visible.contains(piece);
    }
    std::vector<ItemId> items_of(size_t piece) const override {
        return {ItemId("run/" + std::to_string(piece))};
    }
    void describe(json& receipt) const override { receipt["pieces"] = pieces_; }
    Status publish(const json&) override {
        EXPECT_EQ(bucket_.visible.size(), pieces_);
        if (crash_.hit()) return Crash::status();
        bucket_.published = true;
        return {};
    }
    Status clean() override {
        EXPECT_TRUE(bucket_.published);
        if (crash_.hit()) return Crash::status();
        bucket_.cleaned = true;
        return {};
    }

    bool written_work_is_gone = false;

  private:
    Bucket& bucket_;
    Crash& crash_;
    size_t pieces_ = 0;
};

class CommitDriverTest : public ::testing::Test {
  protected:
    static constexpr size_t kItems = 3;

    void create() {
        ASSERT_TRUE(store_
                        .create_instance({.run = run_,
                                          .task = TaskId("task"),
                                          .window = {from_millis(0), from_millis(100)},
                                          .kind = RunKind::kFirst,
                                          .job_version = "1",
                                          .encoder_version = "1",
                                          .job = "{}",
                                          .control = {}})
                        .ok());
        for (size_t i = 0; i < kItems; ++i) {
            const NewItem item{ItemId("run/" + std::to_string(i)), ShardId(std::to_string(i)),
                               "{}"};
            ASSERT_TRUE(store_.add_items(run_, std::span(&item, 1)).ok());
        }
        write();
        ASSERT_TRUE(store_.record_borders(run_, {}).ok());
    }
    // Workers: every item that is due is written and staged.
    void write() {
        const auto due = *store_.list_due(100);
        for (const DueItem& item : due) {
            const auto claimed = store_.claim(item.item, ClaimId("c" + std::to_string(++claims_)),
                                              std::chrono::seconds(30));
            ASSERT_TRUE(claimed.ok());
            ASSERT_TRUE(store_.finish(claimed->fence, {}, {EndKind::kBorder, "end"}).ok());
            bucket_.staged.insert(std::stoul(item.item.text().substr(4)));
            ++bucket_.written;
        }
    }
    // One process.
    Result<CommitOutcome> commit(bool gone = false) {
        FakeCommit target(bucket_, crash_);
        target.written_work_is_gone = gone;
        const CommitDriverParts parts{
            store_, target, clock_, stop_.get_token(),
            [](const InstanceView&) -> Result<json> { return json::object(); }};
        return commit_instance(parts, run_);
    }
    InstanceView view() { return *store_.instance(run_); }

    const RunId run_{"run"};
    FakeClock clock_;
    Crash crash_;
    CrashingStore store_{clock_, crash_};
    Bucket bucket_;
    std::stop_source stop_;
    int claims_ = 0;
};

TEST_F(CommitDriverTest, CommitsAndCleans) {
    create();
    const auto outcome = commit();
    ASSERT_TRUE(outcome.ok()) << outcome.status().text();
    EXPECT_EQ(*outcome, CommitOutcome::kCommitted);
    EXPECT_EQ(view().state, InstanceState::kCleaned);
    EXPECT_EQ(view().receipt, R"({"pieces":3})");
    EXPECT_TRUE(bucket_.cleaned);
}

TEST_F(CommitDriverTest, ACleanedInstanceIsLeftAlone) {
    create();
    ASSERT_TRUE(commit().ok());
    bucket_ = {};
    ASSERT_TRUE(commit().ok());
    EXPECT_FALSE(bucket_.cleaned);
}

TEST_F(CommitDriverTest, AnyNumberOfDeathsEndsInOneReceipt) {
    create();
    std::mt19937_64 random(11);
    Result<CommitOutcome> outcome = fatal_error("not begun");
    for (int process = 0; process < 1000 && !outcome.ok(); ++process) {
        crash_.after(static_cast<int>(random() % 20));
        outcome = commit();
        crash_.never();
    }
    ASSERT_TRUE(outcome.ok()) << outcome.status().text();
    EXPECT_EQ(view().state, InstanceState::kCleaned);
    EXPECT_EQ(bucket_.visible.size(), kItems);
    EXPECT_EQ(bucket_.written, 3) << "nothing was lost, so nothing is written again";
}

TEST_F(CommitDriverTest, OnlyTheItemsOfALostPieceAreWrittenAgain) {
    create();
    bucket_.staged.erase(1);
    const auto outcome = commit();
    ASSERT_TRUE(outcome.ok()) << outcome.status().text();
    EXPECT_EQ(*outcome, CommitOutcome::kRestaged);
    EXPECT_EQ(view().state, InstanceState::kRunning);
    EXPECT_FALSE(view().intent.empty());
    const auto due = *store_.list_due(10);
    ASSERT_EQ(due.size(), 1u);
    EXPECT_EQ(due[0].item.text(), "run/1");
    write();
    EXPECT_EQ(*commit(), CommitOutcome::kCommitted);
    EXPECT_EQ(bucket_.written, 4);
}

TEST_F(CommitDriverTest, WrittenWorkThatIsGoneBeforeTheIntentIsWrittenAgain) {
    create();
    EXPECT_EQ(*commit(true), CommitOutcome::kRestaged);
    EXPECT_EQ(store_.list_due(10)->size(), kItems);
    write();
    EXPECT_EQ(*commit(), CommitOutcome::kCommitted);
}

TEST_F(CommitDriverTest, AStopLeavesTheCommitOpen) {
    create();
    crash_.after(2);  // the intent is stored, the target does not answer
    stop_.request_stop();
    EXPECT_FALSE(commit().ok());
    crash_.never();
    EXPECT_EQ(view().state, InstanceState::kCommitting);
    stop_ = {};
    EXPECT_EQ(*commit(), CommitOutcome::kCommitted);
}

}  // namespace
}  // namespace millrace
