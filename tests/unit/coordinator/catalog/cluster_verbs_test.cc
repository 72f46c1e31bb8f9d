// Random sequences of verbs on the ledger of a cluster: its answers and views are those of a ledger
// in memory, also when coordinators die in any verb and others take over.
#include <gtest/gtest.h>

#include "common/store/memory_store.h"
#include "tests/unit/common/store/verb_dice.h"
#include "tests/unit/coordinator/catalog/cluster.h"

namespace millrace {
namespace {

// Where a cluster answers otherwise on purpose: a window that has items counts as claimed, because
// the catalog is not told of claims.
class ExpectedTables final : public MemoryTables {
  public:
    bool later_claimed(const TaskId& task, MillisPoint end) override {
        for (const InstanceRow& row : instances_of(task)) {
            if (row.window.start >= end && !items_of(row.run).empty()) return true;
        }
        return false;
    }
};

class ExpectedStore final : public Ledger {
  public:
    explicit ExpectedStore(Clock& clock) : Ledger(std::make_unique<ExpectedTables>(), clock) {}
    Status reopen_instance(const RunId& run, const ReopenOptions& options) override {
        const auto before = instance(run);
        const Status status = Ledger::reopen_instance(run, options);
        if (!status.ok()) return status;
        starts_again =
            starts_again || options.restart || instance(run)->by_image != before->by_image;
        return status;
    }
    // A run is by image from now on. In a cluster it starts again from nothing, see
    // recovery_test: its former claims are not known any more, so answers about them differ.
    bool starts_again = false;
};

// Texts are for people, and a live store says them in its own words.
std::string code_of(const std::string& answer) {
    return answer.substr(0, answer.find(": "));
}

class ClusterVerbsTest : public ::testing::Test {
  protected:
    // A cluster forgets the claims of runs that have ended.
    static bool any_cleaned(StateStore& store) {
        for (const RunId& run : Dice::universe().runs) {
            const auto instance = store.instance(run);
            if (instance.ok() && instance->state == InstanceState::kCleaned) return true;
        }
        return false;
    }

    void play(uint64_t seed, bool deadly) {
        FakeClock clock;
        ExpectedStore expected(clock);
        Cluster cluster(clock);
        Dice dice(seed, true), fates(seed + 500'000);
        const uint64_t length = 20 + dice.below(181);
        for (uint64_t step = 0; step < length; ++step) {
            if (dice.chance(8)) clock.advance(Duration(dice.below(40'000'000)));
            const Verb verb = dice.next();
            const std::string where = "seed " + std::to_string(seed) + ", verb " +
                                      std::to_string(step) + ": " + verb.name;
            const std::string answer = verb.play(expected);
            if (expected.starts_again) return;
            if (deadly && fates.chance(60)) {
                cluster.coordinator->fate().calls_left = static_cast<int>(fates.below(3));
                cluster.coordinator->fate().done_all_the_same = fates.chance(50);
            }
            std::string given = verb.play(cluster);
            if (cluster.coordinator->fate().dead) {
                ++deaths_;
                ASSERT_EQ(code_of(given), "ledger_lost") << where;
                cluster.begin_anew();
                given = verb.play(cluster);
            }
            cluster.coordinator->fate().calls_left = Fate::kNever;
            ++verbs_;
            const bool forgotten = code_of(given) == "not_found" && any_cleaned(expected);
            if (!forgotten) {
                ASSERT_EQ(code_of(answer), code_of(given)) << where << "\n"
                                                           << answer << "\n"
                                                           << given;
            }
            accepted_[verb.name] += answer.starts_with("ok") || verb.name == "create";
            if (fates.chance(4)) cluster.begin_anew();
            if (fates.chance(10)) {
                const std::string views = all_views(cluster, Dice::universe());
                ASSERT_EQ(all_views(expected, Dice::universe()), views) << where;
                if (fates.chance(50)) cluster.catalog.compact();
                cluster.begin_anew();
                ASSERT_EQ(views, all_views(cluster, Dice::universe())) << where << ", anew";
            }
        }
    }
    int verbs_ = 0;
    int deaths_ = 0;
    std::map<std::string, int> accepted_;
};

TEST_F(ClusterVerbsTest, GiveTheAnswersOfOneLedger) {
    for (uint64_t seed = 1; verbs_ < 10'000; ++seed) ASSERT_NO_FATAL_FAILURE(play(seed, false));
}

TEST_F(ClusterVerbsTest, SurviveTheDeathOfCoordinators) {
    for (uint64_t seed = 1; verbs_ < 10'000; ++seed) ASSERT_NO_FATAL_FAILURE(play(seed, true));
    EXPECT_GT(deaths_, 300);
    for (const char* name : {"add_items", "checkpoint", "finish", "park", "release",
                             "record_borders", "begin_commit", "end_commit", "close", "reopen"}) {
        EXPECT_GT(accepted_[name], 10) << name;
    }
}

}  // namespace
}  // namespace millrace
