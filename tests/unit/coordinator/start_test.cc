#include "coordinator/start.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

constexpr int64_t kMinute = 60'000;

InstanceView instance(int64_t start, int64_t end, InstanceState state, int number = 0) {
    InstanceView view;
    view.run = RunId("r" + std::to_string(start) + "-" + std::to_string(number));
    view.window = {from_millis(start * kMinute), from_millis(end * kMinute)};
    view.state = state;
    view.number = number;
    return view;
}

StartRequest request(int64_t start, int64_t end) {
    return {.window = {from_millis(start * kMinute), from_millis(end * kMinute)}};
}

using Kind = StartDecision::Kind;

TEST(StartTest, AFreshWindowIsCreated) {
    EXPECT_EQ(decide_start({}, request(0, 5)).kind, Kind::kCreate);
}

TEST(StartTest, ACommittedWindowIsDoneUnlessReplayed) {
    const auto history = {instance(0, 5, InstanceState::kCleaned)};
    EXPECT_EQ(decide_start(history, request(0, 5)).kind, Kind::kDone);
    StartRequest again = request(0, 5);
    again.replay = true;
    EXPECT_EQ(decide_start(history, again).kind, Kind::kCreate);
    EXPECT_EQ(decide_start(history, again).run_kind, RunKind::kReplay);
}

TEST(StartTest, AnUnfinishedRunGoesOn) {
    for (const InstanceState state :
         {InstanceState::kRunning, InstanceState::kCommitting, InstanceState::kFailed}) {
        EXPECT_EQ(decide_start({instance(0, 5, state)}, request(0, 5)).kind, Kind::kResume);
    }
}

TEST(StartTest, AFailedReplayGoesOnOnlyWhenAReplayIsAskedFor) {
    const std::vector<InstanceView> history = {instance(0, 5, InstanceState::kCleaned),
                                               instance(0, 5, InstanceState::kFailed, 1)};
    EXPECT_EQ(decide_start(history, request(0, 5)).kind, Kind::kDone);
    StartRequest again = request(0, 5);
    again.replay = true;
    EXPECT_EQ(decide_start(history, again).run, history[1].run);
}

TEST(StartTest, NothingToReplayIsSaid) {
    StartRequest again = request(0, 5);
    again.replay = true;
    EXPECT_EQ(decide_start({}, again).kind, Kind::kRefuse);
}

TEST(StartTest, OverlapsAreRefusedUnlessTheWriterOnlyAdds) {
    const auto history = {instance(0, 5, InstanceState::kCleaned)};
    EXPECT_EQ(decide_start(history, request(4, 9)).kind, Kind::kRefuse);
    StartRequest append = request(4, 9);
    append.may_overlap = true;
    EXPECT_EQ(decide_start(history, append).kind, Kind::kCreate);
    EXPECT_FALSE(decide_start(history, append).text.empty());
}

TEST(StartTest, ATransferIsAlwaysANewRunUnlessTheLastIsNotFinished) {
    const StartRequest now = request(5, 5);
    EXPECT_EQ(decide_transfer({}, now).kind, Kind::kCreate);
    const InstanceView done = instance(0, 0, InstanceState::kCleaned);
    EXPECT_EQ(decide_transfer({done}, now).kind, Kind::kCreate);
    const InstanceView open = instance(1, 1, InstanceState::kRunning);
    EXPECT_EQ(decide_transfer({done, open}, now).run, open.run);
    StartRequest again = now;
    again.replay = true;
    EXPECT_EQ(decide_transfer({done}, again).kind, Kind::kRefuse);
}

TEST(StartTest, AFailedTransferGoesOnForADay) {
    const InstanceView failed = instance(0, 0, InstanceState::kFailed);
    EXPECT_EQ(decide_transfer({failed}, request(5, 5)).kind, Kind::kResume);
    EXPECT_EQ(decide_transfer({failed}, request(24 * 60, 24 * 60)).kind, Kind::kCreate);
    const InstanceView done = instance(1, 1, InstanceState::kCleaned);
    EXPECT_EQ(decide_transfer({failed, done}, request(5, 5)).kind, Kind::kCreate);
}

TEST(StartTest, TheNextWindowWaitsForTheBordersOfTheOneBefore) {
    EXPECT_EQ(decide_start({instance(0, 5, InstanceState::kRunning)}, request(5, 10)).kind,
              Kind::kRefuse);
    auto failed = instance(0, 5, InstanceState::kFailed);
    EXPECT_EQ(decide_start({failed}, request(5, 10)).kind, Kind::kRefuse);
    failed.borders_recorded = true;
    EXPECT_EQ(decide_start({failed}, request(5, 10)).kind, Kind::kCreate);
}

TEST(StartTest, AnOlderWindowOfAKeyedTargetWaitsForALaterOneThatHasBegun) {
    StartRequest older = request(0, 5);
    older.keyed_target = true;
    EXPECT_EQ(decide_start({instance(5, 10, InstanceState::kRunning)}, older).kind, Kind::kRefuse);
    EXPECT_EQ(decide_start({instance(5, 10, InstanceState::kCleaned)}, older).kind, Kind::kCreate);
}

TEST(StartTest, TheNewestCommittedEndIsWhereNextBegins) {
    EXPECT_EQ(last_committed_end({}), std::nullopt);
    EXPECT_EQ(last_committed_end({instance(0, 5, InstanceState::kCleaned),
                                  instance(5, 10, InstanceState::kCommitted),
                                  instance(10, 15, InstanceState::kFailed)}),
              from_millis(10 * kMinute));
}

InstanceView joined(int64_t start, int64_t end, InstanceState state, int number = 1) {
    InstanceView view = instance(start, end, state, number);
    view.kind = RunKind::kReplay;
    return view;
}

TEST(StartTest, AReplayOfSeveralWindowsStandsInNobodysWay) {
    for (const InstanceState state :
         {InstanceState::kRunning, InstanceState::kFailed, InstanceState::kCleaned}) {
        const std::vector<InstanceView> history = {instance(0, 5, InstanceState::kCleaned),
                                                   joined(0, 10, state),
                                                   instance(5, 10, InstanceState::kCleaned)};
        EXPECT_EQ(decide_start(history, request(10, 15)).kind, Kind::kCreate);
        EXPECT_EQ(decide_start(history, request(5, 10)).kind, Kind::kDone);
        EXPECT_EQ(next_start(history), from_millis(10 * kMinute));
    }
}

TEST(StartTest, AReplayOfSeveralWindowsIsMadeOrGoesOn) {
    const Window both = request(0, 10).window;
    std::vector<InstanceView> history = {instance(0, 5, InstanceState::kCleaned),
                                         instance(5, 10, InstanceState::kCleaned)};
    EXPECT_EQ(decide_joined(history, both).kind, Kind::kCreate);
    EXPECT_EQ(decide_joined(history, both).run_kind, RunKind::kReplay);
    EXPECT_EQ(decide_joined(history, both).window, both);
    for (const InstanceState state : {InstanceState::kCleaned, InstanceState::kCancelled}) {
        history.push_back(joined(0, 10, state));
        EXPECT_EQ(decide_joined(history, both).kind, Kind::kCreate);
        history.pop_back();
    }
    history.push_back(joined(0, 10, InstanceState::kCleaned));
    for (const InstanceState state : {InstanceState::kRunning, InstanceState::kFailed}) {
        history.push_back(joined(0, 10, state, 2));
        EXPECT_EQ(decide_joined(history, both).kind, Kind::kResume);
        EXPECT_EQ(decide_joined(history, both).run, history.back().run);
        history.pop_back();
    }
}

TEST(StartTest, AReplayOfFewerWindowsIsClosedBeforeOneOfAll) {
    std::vector<InstanceView> history = {
        instance(0, 5, InstanceState::kCleaned), joined(0, 10, InstanceState::kRunning),
        instance(5, 10, InstanceState::kCleaned), instance(10, 15, InstanceState::kCleaned)};
    const StartDecision all = decide_joined(history, request(0, 15).window);
    EXPECT_EQ(all.kind, Kind::kCreate);
    EXPECT_EQ(all.outgrown, std::vector<RunId>{history[1].run});
    history[1].state = InstanceState::kCommitting;
    EXPECT_EQ(decide_joined(history, request(0, 15).window).kind, Kind::kRefuse);
}

}  // namespace
}  // namespace millrace
