#include "coordinator/commit/committer.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace millrace {
namespace {

using commit::Step;

const commit::Do& as_do(const commit::Action& action) {
    return std::get<commit::Do>(action);
}

std::vector<Step> steps_without_faults(CommitterOptions options) {
    Committer committer(options);
    std::vector<Step> steps;
    commit::Action action = committer.step(commit::Begin{}, MonoTime{});
    while (!std::holds_alternative<commit::Finished>(action)) {
        steps.push_back(as_do(action).step);
        action = committer.step(commit::Done{}, MonoTime{});
    }
    return steps;
}

TEST(CommitterTest, CatalogThenTargetThenCatalogThenLeftovers) {
    EXPECT_EQ(
        steps_without_faults({.pieces = 2}),
        (std::vector<Step>{Step::kStoreIntent, Step::kComplete, Step::kComplete, Step::kPublish,
                           Step::kStoreReceipt, Step::kClean, Step::kStoreCleaned}));
}

TEST(CommitterTest, ACommittingInstanceGoesOnWithTheTarget) {
    EXPECT_EQ(steps_without_faults({.pieces = 1, .intent_stored = true}).front(), Step::kComplete);
    EXPECT_EQ(steps_without_faults({.pieces = 1, .intent_stored = true, .receipt_stored = true}),
              (std::vector<Step>{Step::kClean, Step::kStoreCleaned}));
}

TEST(CommitterTest, ARefusedPieceIsLookedForBeforeItIsCalledLost) {
    Committer committer({.pieces = 1, .intent_stored = true});
    (void)committer.step(commit::Begin{}, MonoTime{});
    const auto gone = Status(Code::kNotFound, "no such upload");
    EXPECT_EQ(as_do(committer.step(commit::Failed{gone}, MonoTime{})).step, Step::kLook);
    EXPECT_EQ(as_do(committer.step(commit::Done{.there = true}, MonoTime{})).step, Step::kPublish);
}

// Only a take-over helps, and perhaps another process has taken over already.
TEST(CommitterTest, ALedgerThatIsLostOrTakenOverEndsTheCommitAtOnce) {
    for (const Code code : {Code::kLedgerLost, Code::kFenced}) {
        for (const bool open : {false, true}) {
            Committer committer({.pieces = 1, .intent_stored = open});
            (void)committer.step(commit::Begin{}, MonoTime{});
            const commit::Action action =
                committer.step(commit::Failed{Status(code, "x")}, MonoTime{});
            ASSERT_TRUE(std::holds_alternative<commit::GaveUp>(action));
            EXPECT_EQ(std::get<commit::GaveUp>(action).status.code(), code);
        }
    }
}

TEST(CommitterTest, APieceThatIsGoneSendsItsItemsBack) {
    Committer committer({.pieces = 1, .intent_stored = true});
    (void)committer.step(commit::Begin{}, MonoTime{});
    (void)committer.step(commit::Failed{Status(Code::kNotFound, "no such upload")}, MonoTime{});
    EXPECT_EQ(as_do(committer.step(commit::Done{.there = false}, MonoTime{})).step, Step::kRestage);
    EXPECT_TRUE(
        std::holds_alternative<commit::Restaged>(committer.step(commit::Done{}, MonoTime{})));
}

TEST(CommitterTest, AnUnreachableTargetIsTriedAgainWithGrowingPausesThenGivenUp) {
    Committer committer({.pieces = 1, .intent_stored = true});
    MonoTime now{};
    (void)committer.step(commit::Begin{}, now);
    Duration last{0};
    for (;;) {
        const auto action =
            committer.step(commit::Failed{Status(Code::kUnreachable, "no route")}, now);
        if (std::holds_alternative<commit::GaveUp>(action)) break;
        const Duration pause = std::get<commit::WaitUntil>(action).time - now;
        EXPECT_GE(pause, last);
        EXPECT_LE(pause, std::chrono::seconds(60));
        last = pause;
        now += pause;
        EXPECT_EQ(as_do(committer.step(commit::Tick{}, now)).step, Step::kComplete);
    }
    EXPECT_GE(now - MonoTime{}, std::chrono::minutes(10));
}

// Whatever fails and however often the process dies, steps are never skipped: a receipt exists only
// after every piece and the manifest are there.
TEST(CommitterTest, NoReceiptBeforeEveryPieceIsThere) {
    std::mt19937_64 random(42);
    for (int run = 0; run < 2'000; ++run) {
        const size_t pieces = random() % 4;
        std::map<size_t, bool> there;
        bool intent = false, published = false, receipt = false, cleaned = false;
        while (!cleaned) {
            Committer committer(
                {.pieces = pieces, .intent_stored = intent, .receipt_stored = receipt});
            MonoTime now{};
            commit::Action action = committer.step(commit::Begin{}, now);
            for (bool alive = true; alive && !cleaned;) {
                if (const auto* wait = std::get_if<commit::WaitUntil>(&action)) {
                    now = wait->time;
                    action = committer.step(commit::Tick{}, now);
                    continue;
                }
                if (!std::holds_alternative<commit::Do>(action)) break;
                const commit::Do what = as_do(action);
                commit::Event answer = commit::Done{};
                switch (what.step) {
                    case Step::kStoreIntent: intent = true; break;
                    case Step::kComplete:
                        ASSERT_TRUE(intent);
                        if (there[what.piece]) answer = commit::Failed{Status(Code::kNotFound, "")};
                        there[what.piece] = true;
                        break;
                    case Step::kLook: answer = commit::Done{there[what.piece]}; break;
                    case Step::kPublish:
                        for (size_t i = 0; i < pieces; ++i) ASSERT_TRUE(there[i]);
                        published = true;
                        break;
                    case Step::kStoreReceipt:
                        ASSERT_TRUE(published);
                        receipt = true;
                        break;
                    case Step::kClean: ASSERT_TRUE(receipt); break;
                    case Step::kStoreCleaned: cleaned = true; break;
                    case Step::kRestage: FAIL() << "nothing was lost";
                }
                if (random() % 4 == 0) {  // the answer is lost: the process died, or the network
                    if (random() % 2 == 0) alive = false;
                    answer = commit::Failed{Status(Code::kUnknownOutcome, "reset")};
                }
                if (alive) action = committer.step(answer, now);
            }
        }
    }
}

}  // namespace
}  // namespace millrace
