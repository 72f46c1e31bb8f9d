// Realtime jobs of a supervisor: window follows window, until the job is cancelled.
#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/coordinator/service/service_fixture.h"

namespace millrace {
namespace {

class RealtimeJobTest : public ServiceTest {
  protected:
    // Neither a run nor a submission of any job is left, also for a coordinator that comes next.
    void expect_nothing_open() {
        EXPECT_TRUE(store_->pending()->empty());
        EXPECT_TRUE(store_->newest(std::numeric_limits<size_t>::max(), true)->empty());
        for (const Standing& one : supervisor_->standings()) {
            EXPECT_EQ(one.stage, Stage::kEnded) << one.run.text();
        }
    }
    TaskId task_of(const RunId& run) {
        const auto instance = store_->instance(run);
        return instance.ok() ? instance->task : TaskId();
    }
    // The windows that were carried to their end, the oldest first.
    std::vector<Window> carried(const TaskId& task) {
        std::vector<Window> windows;
        for (const InstanceView& instance : *store_->instances(task)) {
            if (instance.state == InstanceState::kCleaned) windows.push_back(instance.window);
        }
        return windows;
    }
    bool reaches_windows(const TaskId& task, size_t count) {
        const MonoTime until = clock_.monotonic() + kLong;
        while (clock_.monotonic() < until && carried(task).size() < count) {
            supervisor_->tend();
            (void)clock_.sleep(std::chrono::milliseconds(2), {});
        }
        return carried(task).size() >= count;
    }
};

TEST_F(RealtimeJobTest, ItBeginsWhenItWasAcceptedHoweverLateItsSourceAnswers) {
    workers_->held = true;
    const JobPackage made = realtime(3);
    const Accepted run = submitted(made);
    const auto instance = store_->instance(run.run);
    ASSERT_TRUE(instance.ok());
    EXPECT_LE(instance->window.start, made.request.schedule);
    EXPECT_GT(instance->window.start, made.request.schedule - std::chrono::minutes(1));
    EXPECT_GT(instance->window.end, instance->window.start);
}

TEST_F(RealtimeJobTest, WindowFollowsWindowOverTakeOvers) {
    const Accepted first = submitted(realtime(31));
    const TaskId task = task_of(first.run);
    for (size_t windows = 1; windows <= 4; ++windows) {
        ASSERT_TRUE(reaches_windows(task, windows));
        end();
        begin();
    }
    ASSERT_TRUE(supervisor_->cancel(first.run).ok());
    const std::vector<Window> windows = carried(task);
    for (size_t i = 1; i < windows.size(); ++i) EXPECT_EQ(windows[i].start, windows[i - 1].end);
    expect_nothing_open();
}

// Whoever leads is cut off in the midst of whatever it does.
TEST_F(RealtimeJobTest, NoWindowIsLeftOutWhereverALeaderIsLost) {
    const Accepted first = submitted(realtime(121));
    const TaskId task = task_of(first.run);
    const MillisPoint start = store_->instance(first.run)->window.start;
    for (int lost = 0; lost < 15; ++lost) {
        (void)clock_.sleep(std::chrono::milliseconds(random_.below(60)), {});
        workers_.reset();
        const auto old_store = std::move(store_);
        const auto old_world = std::move(world_);
        const auto old = std::move(supervisor_);
        begin();
    }
    ASSERT_TRUE(reaches_windows(task, 24)) << carried(task).size();
    ASSERT_TRUE(supervisor_->cancel(first.run).ok());
    const std::vector<Window> windows = carried(task);
    EXPECT_EQ(windows.front().start, start);
    for (size_t i = 1; i < windows.size(); ++i) EXPECT_EQ(windows[i].start, windows[i - 1].end);
    expect_nothing_open();
}

TEST_F(RealtimeJobTest, AnyOfItsWindowsCancelsTheJob) {
    const Accepted first = submitted(realtime(12));
    ASSERT_TRUE(reaches(first.run, InstanceState::kCleaned));
    const Status cancelled = supervisor_->cancel(first.run);
    EXPECT_TRUE(cancelled.ok()) << cancelled.text();
    expect_nothing_open();
    EXPECT_THAT(supervisor_->cancel(first.run).text(), ::testing::HasSubstr("is CLEANED"));
}

TEST_F(RealtimeJobTest, TheWindowThatWaitsStandsForTheOneThatIsOpen) {
    workers_->held = true;
    const Accepted first = submitted(realtime(0));
    RunId waiting;
    for (const Standing& one : supervisor_->standings()) {
        if (one.stage == Stage::kWaiting) waiting = one.run;
    }
    ASSERT_FALSE(waiting.empty());
    ASSERT_TRUE(supervisor_->cancel(waiting).ok());
    EXPECT_EQ(store_->instance(first.run)->state, InstanceState::kCancelled);
    expect_nothing_open();
}

TEST_F(RealtimeJobTest, AWindowThatCommitsIsCompletedAndNoneFollowsWhenItIsCancelled) {
    std::atomic<bool> slow = true;
    cloud_.on_request = [&](const HttpRequest& request) {
        const bool manifest =
            request.method == Method::kPut && request.url.find("_millrace/") != std::string::npos;
        while (manifest && slow) (void)clock_.sleep(std::chrono::milliseconds(5), {});
    };
    const Accepted first = submitted(realtime(12));
    ASSERT_TRUE(reaches(first.run, InstanceState::kCommitting));
    std::jthread soon([&] {
        (void)clock_.sleep(std::chrono::milliseconds(200), {});
        slow = false;
    });
    const Status cancelled = supervisor_->cancel(first.run);
    EXPECT_TRUE(cancelled.ok()) << cancelled.text();
    end();
    begin();
    ASSERT_TRUE(reaches(first.run, InstanceState::kCleaned));
    expect_nothing_open();
    EXPECT_EQ(carried(task_of(first.run)).size(), 1u);
}

}  // namespace
}  // namespace millrace
