#include "worker/lease/keeper.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <array>

namespace millrace {
namespace {

using namespace lease;
using std::chrono::seconds;

MonoTime at(int64_t s) {
    return MonoTime(seconds(s));
}

class LeaseKeeperTest : public ::testing::Test {
  protected:
    // Gives the names of the actions: "renew", "lost", "changed".
    std::string step(const Event& event, int64_t now) {
        std::string names;
        for (const Action& action : keeper_.step(event, at(now))) {
            if (!names.empty()) names += " ";
            names += std::array{"renew", "lost", "changed"}[action.index()];
        }
        return names;
    }
    std::string grant(int64_t sent, int64_t now) {
        return step(Granted{fence_, at(sent), seconds(30), {}}, now);
    }
    bool may_send(int64_t now) { return view_.may_send(at(now)).ok(); }

    const Fence fence_{ItemId("i"), Epoch(1), ClaimId("c")};
    LeaseView view_;
    LeaseKeeper keeper_{{}, view_};
};

TEST_F(LeaseKeeperTest, WithoutALeaseNothingMayBeSent) {
    EXPECT_EQ(view_.may_send(at(0)).status().code(), Code::kLeaseLost);
    EXPECT_EQ(step(Tick{}, 5), "");
    EXPECT_EQ(keeper_.next_tick(), std::nullopt);
}

TEST_F(LeaseKeeperTest, TheDeadlineCountsFromTheSending) {
    EXPECT_EQ(grant(100, 104), "");
    EXPECT_TRUE(may_send(126));
    EXPECT_EQ(**view_.may_send(at(126)), at(127));  // 100 + 30 - 3
    EXPECT_FALSE(may_send(127));
}

TEST_F(LeaseKeeperTest, ItRenewsEveryTenSecondsAndWaitsForTheAnswer) {
    grant(100, 100);
    EXPECT_EQ(keeper_.next_tick(), at(110));
    EXPECT_EQ(step(Tick{}, 109), "");
    EXPECT_EQ(step(Tick{}, 110), "renew");
    EXPECT_EQ(step(RenewalSent{fence_, at(111)}, 111), "");
    EXPECT_EQ(step(Tick{}, 115), "");
    EXPECT_EQ(keeper_.next_tick(), at(127));
    EXPECT_EQ(step(RenewalAnswered{fence_, {}}, 120), "");
    EXPECT_TRUE(may_send(137));
    EXPECT_FALSE(may_send(138));  // 111 + 30 - 3
    EXPECT_EQ(keeper_.next_tick(), at(121));
}

TEST_F(LeaseKeeperTest, AnAnswerThatComesAfterTheEndChangesNothing) {
    grant(100, 100);
    EXPECT_EQ(step(Tick{}, 110), "renew");
    step(RenewalSent{fence_, at(110)}, 110);
    EXPECT_EQ(step(RenewalAnswered{fence_, {}}, 128), "lost");
    EXPECT_FALSE(may_send(128));
    EXPECT_EQ(step(RenewalAnswered{fence_, {}}, 129), "");
    EXPECT_FALSE(may_send(129));
}

TEST_F(LeaseKeeperTest, AFailedRenewalIsTriedAgainUntilTheEnd) {
    grant(100, 100);
    EXPECT_EQ(step(Tick{}, 110), "renew");
    step(RenewalSent{fence_, at(110)}, 110);
    EXPECT_EQ(step(RenewalFailed{fence_, Code::kRetry}, 112), "");
    EXPECT_EQ(step(Tick{}, 113), "renew");
    EXPECT_EQ(step(RenewalFailed{fence_, Code::kUnreachable}, 114), "");  // could not be sent
    EXPECT_TRUE(may_send(126));
    EXPECT_EQ(step(Tick{}, 127), "lost");
    EXPECT_EQ(step(Tick{}, 128), "");
}

TEST_F(LeaseKeeperTest, ARefusedRenewalEndsTheLeaseAtOnce) {
    grant(100, 100);
    step(Tick{}, 110);
    step(RenewalSent{fence_, at(110)}, 110);
    EXPECT_EQ(step(RenewalFailed{fence_, Code::kLeaseLost}, 111), "lost");
    EXPECT_FALSE(may_send(111));
}

TEST_F(LeaseKeeperTest, NewLimitsAreToldOnce) {
    grant(100, 100);
    RunControl control;
    control.paused = true;
    for (const auto& [now, expected] : {std::pair{110, "changed"}, std::pair{120, ""}}) {
        EXPECT_EQ(step(Tick{}, now), "renew");
        step(RenewalSent{fence_, at(now)}, now);
        EXPECT_EQ(step(RenewalAnswered{fence_, control}, now), expected);
    }
}

TEST_F(LeaseKeeperTest, EventsOfAnEarlierLeaseHaveNoEffect) {
    grant(100, 100);
    step(Tick{}, 110);
    step(RenewalSent{fence_, at(110)}, 110);
    const Fence next{ItemId("j"), Epoch(2), ClaimId("d")};
    EXPECT_EQ(step(Granted{next, at(111), seconds(30), {}}, 111), "");
    EXPECT_EQ(step(RenewalFailed{fence_, Code::kLeaseLost}, 112), "");
    EXPECT_EQ(step(RenewalAnswered{fence_, {}}, 112), "");
    EXPECT_EQ(**view_.may_send(at(112)), at(138));
}

TEST_F(LeaseKeeperTest, AfterTheEndOfTheWorkNothingIsSentAndNothingLost) {
    grant(100, 100);
    EXPECT_EQ(step(Ended{}, 105), "");
    EXPECT_FALSE(may_send(105));
    EXPECT_EQ(step(Tick{}, 200), "");
}

TEST_F(LeaseKeeperTest, AGrantThatArrivesTooLateIsLost) {
    EXPECT_EQ(grant(100, 127), "lost");
    EXPECT_FALSE(may_send(127));
}

// ---- properties

struct Model {
    // Of the present lease: the latest moment at which an accepted call was sent, plus its ttl.
    std::optional<MonoTime> deadline;
    bool asked = false;  // the driver was asked to renew
    std::optional<MonoTime> renewal_sent;
};

TEST(LeaseKeeperProperty, NoRequestIsAllowedAfterTheDeadlineLessTheMargin) {
    const bool holds = rc::check("any order of events", [] {
        const LeaseSettings settings;
        LeaseView view;
        LeaseKeeper keeper(settings, view);
        Model model;
        Fence fence{ItemId("i"), Epoch(0), ClaimId("c")};
        int64_t now = 1'000;
        const auto kinds = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 7));
        for (const int kind : kinds) {
            now += *rc::gen::inRange(0, 15);
            const int64_t before = now - *rc::gen::inRange(0, 12);
            Event event = Tick{};
            if (kind == 1) {
                fence.epoch = Epoch(static_cast<uint64_t>(fence.epoch) + 1);
                event = Granted{fence, at(before), settings.ttl, {}};
                model = {at(before) + settings.ttl, false, {}};
            } else if (kind == 2 || kind == 3) {
                event = RenewalSent{fence, at(now)};
                if (model.asked) model.renewal_sent = at(now);
                model.asked = false;
            } else if (kind == 4 || kind == 5) {
                event = RenewalAnswered{fence, {}};
                if (model.deadline && model.renewal_sent) {
                    model.deadline = std::max(*model.deadline, *model.renewal_sent + settings.ttl);
                    model.renewal_sent.reset();
                }
            } else if (kind == 6) {
                const bool lost = *rc::gen::inRange(0, 4) == 0;
                event = RenewalFailed{fence, lost ? Code::kLeaseLost : Code::kRetry};
                model.renewal_sent.reset();
                model.asked = false;
            }
            const auto actions = keeper.step(event, at(now));
            for (const Action& action : actions) {
                model.asked = model.asked || std::holds_alternative<Renew>(action);
                if (!std::holds_alternative<Lost>(action)) continue;
                RC_ASSERT(std::get<Lost>(action).fence == fence);
                model = {};
            }
            for (int64_t ahead = 0; ahead < 40; ++ahead) {
                if (!view.may_send(at(now + ahead)).ok()) continue;
                RC_ASSERT(model.deadline.has_value());
                RC_ASSERT(at(now + ahead) < *model.deadline - settings.margin);
                RC_ASSERT(**view.may_send(at(now + ahead)) <= *model.deadline - settings.margin);
            }
        }
    });
    EXPECT_TRUE(holds);
}

TEST(LeaseKeeperProperty, ALeaseThatIsAnsweredInTimeIsNeverLost) {
    const bool holds = rc::check("answers within 5 s", [] {
        LeaseView view;
        LeaseKeeper keeper({}, view);
        const Fence fence{ItemId("i"), Epoch(1), ClaimId("c")};
        int64_t now = 100;
        (void)keeper.step(Granted{fence, at(now), seconds(30), {}}, at(now));
        for (int round = 0; round < 20; ++round) {
            now += *rc::gen::inRange(0, 9);
            RC_ASSERT(view.may_send(at(now)).ok());
            for (const Action& action : keeper.step(Tick{}, at(now))) {
                RC_ASSERT(std::holds_alternative<Renew>(action));
                (void)keeper.step(RenewalSent{fence, at(now)}, at(now));
                now += *rc::gen::inRange(0, 6);
                RC_ASSERT(view.may_send(at(now)).ok());
                RC_ASSERT(keeper.step(RenewalAnswered{fence, {}}, at(now)).empty());
            }
        }
    });
    EXPECT_TRUE(holds);
}

}  // namespace
}  // namespace millrace
