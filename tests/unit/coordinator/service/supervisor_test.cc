// Runs of a supervisor with workers in threads, against the stand-in cloud.
#include "coordinator/service/supervisor.h"

#include "tests/unit/coordinator/service/service_fixture.h"

namespace millrace {
namespace {

using ::testing::HasSubstr;

class SupervisorTest : public ServiceTest {};

TEST_F(SupervisorTest, ASubmittedWindowIsCarriedAndASecondSubmissionFindsIt) {
    const Accepted first = submitted(package(180, 40));
    ASSERT_TRUE(reaches(first.run, InstanceState::kCleaned));
    EXPECT_GT(receipt(first.run).at("counts").at("read"), 600);
    const Accepted second = submitted(package(180, 40));
    EXPECT_EQ(second.run, first.run);
    EXPECT_TRUE(second.was_done);
    EXPECT_FALSE(first.was_done);
}

TEST_F(SupervisorTest, WindowsOfATaskRunInOrderOthersAtOnce) {
    workers_->held = true;
    const Accepted first = submitted(package(180, 120));
    const Accepted later = submitted(package(120, 60));
    const Accepted other = submitted(package(180, 60, "other/t"));
    EXPECT_THAT(later.notes.back(), HasSubstr("waits for run " + first.run.text()));
    EXPECT_TRUE(other.notes.empty());
    EXPECT_EQ(store_->instance(later.run).status().code(), Code::kNotFound);
    workers_->held = false;
    for (const Accepted& one : {first, later, other}) {
        EXPECT_TRUE(reaches(one.run, InstanceState::kCleaned));
    }
    const auto read = [&](const Accepted& one) {
        return receipt(one.run).at("counts").at("read").get<uint64_t>();
    };
    EXPECT_EQ(read(first) + read(later), read(other));
}

TEST_F(SupervisorTest, TwoSubmissionsOfAWindowAtOnceAreOneRun) {
    workers_->held = true;
    const Accepted first = submitted(package(180, 120));
    EXPECT_EQ(submitted(package(180, 120)).run, first.run);
}

TEST_F(SupervisorTest, WhatIsRefusedIsToldAtOnce) {
    const Accepted done = submitted(package(180, 120));
    ASSERT_TRUE(reaches(done.run, InstanceState::kCleaned));
    JobPackage overlapping = package(150, 100);
    const auto refused = supervisor_->submit(overlapping, *job_of(overlapping));
    EXPECT_THAT(refused.status().text(), HasSubstr("overlaps window"));
    JobPackage early = package(5000, 40, "early/t");
    const auto too_early = supervisor_->submit(early, *job_of(early));
    EXPECT_EQ(too_early.status().code(), Code::kConfig);
    EXPECT_TRUE(store_->pending()->empty());
}

TEST_F(SupervisorTest, ACoordinatorThatEndsLeavesWorkThatTheNextOneGoesOnWith) {
    const Accepted wanted = submitted(package(180, 40, "calm/t"));
    ASSERT_TRUE(reaches(wanted.run, InstanceState::kCleaned));
    workers_->held = true;
    const Accepted run = submitted(package(180, 120));
    const Accepted waiting = submitted(package(120, 40));
    end();
    begin();
    ASSERT_TRUE(reaches(run.run, InstanceState::kCleaned));
    ASSERT_TRUE(reaches(waiting.run, InstanceState::kCleaned));
    EXPECT_EQ(receipt(run.run).at("counts").at("read").get<int>() +
                  receipt(waiting.run).at("counts").at("read").get<int>(),
              receipt(wanted.run).at("counts").at("read"));
}

TEST_F(SupervisorTest, ACommitGoesOnInTheNextCoordinator) {
    std::atomic<bool> broken = true;
    cloud_.on_request = [&](const HttpRequest& request) {
        const bool complete =
            request.method == Method::kPost && request.url.find("uploadId=") != std::string::npos;
        if (complete && broken) (void)clock_.sleep(std::chrono::milliseconds(300), {});
    };
    const Accepted run = submitted(package(180, 40));
    ASSERT_TRUE(reaches(run.run, InstanceState::kCommitting));
    end();
    broken = false;
    begin();
    ASSERT_TRUE(reaches(run.run, InstanceState::kCleaned));
}

TEST_F(SupervisorTest, ALostLiveStoreCostsOnlyTime) {
    const Accepted calm = submitted(package(180, 40, "calm/t"));
    ASSERT_TRUE(reaches(calm.run, InstanceState::kCleaned));
    workers_->held = true;
    const Accepted run = submitted(package(180, 40));
    servers_.live.lose();
    workers_->held = false;
    ASSERT_TRUE(reaches(run.run, InstanceState::kCleaned));
    for (const char* part : {"counts", "sums"}) {
        EXPECT_EQ(receipt(run.run).at(part), receipt(calm.run).at(part));
    }
    EXPECT_TRUE(supervisor_->health().ok());
}

TEST_F(SupervisorTest, WhoIsTakenOverEnds) {
    workers_->held = true;
    const Accepted run = submitted(package(180, 40));
    const auto old_store = std::move(store_);
    const auto old_world = std::move(world_);
    const auto old = std::move(supervisor_);
    workers_.reset();
    begin();
    ASSERT_TRUE(reaches(run.run, InstanceState::kCleaned));
    JobPackage late = package(40, 30);
    EXPECT_EQ(old->submit(late, *job_of(late)).status().code(), Code::kFenced);
}

TEST_F(SupervisorTest, ACancelThatWasBegunIsCompletedByTheNextCoordinator) {
    workers_->held = true;
    const Accepted run = submitted(package(180, 40));
    RunControl control = store_->instance(run.run)->control;
    control.cancelled = true;
    ASSERT_TRUE(store_->set_control(run.run, control).ok());
    end();
    begin();
    ASSERT_TRUE(reaches(run.run, InstanceState::kCancelled));
}

TEST_F(SupervisorTest, ACancelledRunLeavesNothing) {
    workers_->held = true;
    const Accepted run = submitted(package(180, 40));
    const Status cancelled = supervisor_->cancel(run.run);
    ASSERT_TRUE(cancelled.ok()) << cancelled.text();
    EXPECT_EQ(store_->instance(run.run)->state, InstanceState::kCancelled);
    const Status again = supervisor_->cancel(run.run);
    EXPECT_THAT(again.text(), HasSubstr("is CANCELLED"));
}

TEST_F(SupervisorTest, AWaitingSubmissionIsCancelledWithoutATrace) {
    workers_->held = true;
    const Accepted first = submitted(package(180, 120));
    const Accepted later = submitted(package(120, 60));
    ASSERT_TRUE(supervisor_->cancel(later.run).ok());
    EXPECT_EQ(store_->pending()->size(), 0u);
    workers_->held = false;
    EXPECT_TRUE(reaches(first.run, InstanceState::kCleaned));
    EXPECT_FALSE(store_->instance(later.run).ok());
}

TEST_F(SupervisorTest, AFailedRunGoesOnWhenAPersonWantsIt) {
    workers_->held = true;
    const Accepted run = submitted(package(180, 40));
    // An item that cannot be read.
    const MonoTime until = clock_.monotonic() + kLong;
    auto items = store_->items(run.run);
    while (items->empty() && clock_.monotonic() < until) {
        (void)clock_.sleep(std::chrono::milliseconds(2), {});
        items = store_->items(run.run);
    }
    ASSERT_FALSE(items->empty());
    ASSERT_TRUE(store_->park(items->front().item, {}, "cannot be read").ok());
    supervisor_->ring({run.run, items->front().item});
    ASSERT_TRUE(reaches(run.run, InstanceState::kFailed));
    EXPECT_THAT(store_->instance(run.run)->reason, HasSubstr("cannot be read"));
    workers_->held = false;
    const auto again = supervisor_->rerun(run.run, 5);
    ASSERT_TRUE(again.ok()) << again.status().text();
    EXPECT_EQ(again->run, run.run);
    ASSERT_TRUE(reaches(run.run, InstanceState::kCleaned));
    EXPECT_THAT(supervisor_->rerun(run.run, {}).status().text(), HasSubstr("replay its window"));
}

TEST_F(SupervisorTest, OnlySoManyRunsAreDriven) {
    end();
    begin(1);
    workers_->held = true;
    const Accepted first = submitted(package(180, 40, "a/t"));
    const Accepted second = submitted(package(180, 40, "b/t"));
    EXPECT_THAT(second.notes.back(), HasSubstr("1 runs are driven already"));
    workers_->held = false;
    EXPECT_TRUE(reaches(first.run, InstanceState::kCleaned));
    EXPECT_TRUE(reaches(second.run, InstanceState::kCleaned));
}

}  // namespace
}  // namespace millrace
