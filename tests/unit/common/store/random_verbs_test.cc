// Random sequences of verbs must give equal answers and equal views on every store, and each verb
// that is repeated at once must give its answer again and change nothing.
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "tests/unit/common/store/store_fixture.h"
#include "tests/unit/common/store/store_text.h"
#include "tests/unit/common/store/verb_dice.h"

namespace millrace {
namespace {

void expect_same_views(StateStore& one, StateStore& two, const std::string& where) {
    ASSERT_EQ(all_views(one, Dice::universe()), all_views(two, Dice::universe())) << where;
}

class RandomVerbs : public ::testing::Test {
  protected:
    // Plays one sequence; `between` may replace the second store.
    void play(uint64_t seed, std::unique_ptr<StateStore>& two, FakeClock& clock,
              const std::function<void(Dice&)>& between) {
        const auto one = make_store(StoreKind::kMemory, clock);
        Dice dice(seed);
        const uint64_t length = 20 + dice.below(181);
        for (uint64_t step = 0; step < length; ++step) {
            if (dice.chance(8)) clock.advance(Duration(dice.below(40'000'000)));
            if (between) between(dice);
            const Verb verb = dice.next();
            const std::string where = "seed " + std::to_string(seed) + ", verb " +
                                      std::to_string(step) + ": " + verb.name;
            const std::string answer = verb.play(*one);
            ASSERT_EQ(answer, verb.play(*two)) << where;
            ++verbs_;
            accepted_[verb.name] += answer.starts_with("ok") || verb.name == "create";
            if (verb.repeatable && dice.chance(5)) {
                const std::string before = all_views(*one, Dice::universe());
                ASSERT_EQ(answer, verb.play(*one)) << where << ", repeated";
                ASSERT_EQ(before, all_views(*one, Dice::universe())) << where << ", repeated";
                ASSERT_EQ(answer, verb.play(*two)) << where << ", repeated";
            }
            if (dice.chance(3)) expect_same_views(*one, *two, where);
            if (HasFatalFailure()) return;
        }
        expect_same_views(*one, *two, "seed " + std::to_string(seed) + ", at the end");
    }

    int verbs_ = 0;
    std::map<std::string, int> accepted_;
};

class RandomVerbsTest : public RandomVerbs, public ::testing::WithParamInterface<StoreKind> {};
INSTANTIATE_TEST_SUITE_P(Stores, RandomVerbsTest,
                         ::testing::Values(StoreKind::kSqlite, StoreKind::kLive, StoreKind::kRedis),
                         name_of_kind);

TEST_P(RandomVerbsTest, GivesTheAnswersOfTheStoreInMemory) {
    const int verbs = GetParam() == StoreKind::kSqlite ? 100'000 : 20'000;
    for (uint64_t seed = 1; verbs_ < verbs; ++seed) {
        FakeClock clock;
        auto two = make_store(GetParam(), clock);
        ASSERT_NO_FATAL_FAILURE(play(seed, two, clock, {}));
    }
    // The sequences reach far enough to mean something.
    for (const char* name : {"add_items", "checkpoint", "finish", "park", "release",
                             "record_borders", "begin_commit", "end_commit", "close", "reopen"}) {
        EXPECT_GT(accepted_[name], verbs / 2'000) << name;
    }
}

class SqliteFileTest : public RandomVerbs {};

TEST_F(SqliteFileTest, ALedgerThatIsClosedAndOpenedAgainIsTheSame) {
    const std::string folder =
        std::filesystem::temp_directory_path() / ("millrace-ledger-" + SystemRandom().hex(8));
    std::filesystem::create_directories(folder);
    for (uint64_t seed = 1'000'001; seed <= 1'000'030; ++seed) {
        FakeClock clock;
        const std::string path = folder + "/" + std::to_string(seed) + ".sqlite";
        const auto open = [&] {
            auto store = SqliteStore::create(path, clock, {.synchronous = false});
            EXPECT_TRUE(store.ok()) << store.status().text();
            return std::move(*store);
        };
        std::unique_ptr<StateStore> two = open();
        ASSERT_NO_FATAL_FAILURE(play(seed, two, clock, [&](Dice& dice) {
            if (!dice.chance(5)) return;
            two.reset();
            two = open();
        }));
    }
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace millrace
