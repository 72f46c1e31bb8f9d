#include "coordinator/service/events.h"

#include <gmock/gmock.h>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/base/fakes/memory_file_system.h"
#include "coordinator/service/quarantine_lines.h"
#include "coordinator/service/submission.h"
#include "millrace.pb.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EventsTest : public ::testing::Test {
  protected:
    EventsTest() { EXPECT_TRUE(log_.open().ok()); }

    FakeClock clock_;
    MemoryFileSystem files_;
    RunLog log_{files_, "/logs"};
    WorkerTable workers_;
    EventDispatcher events_{log_, workers_, clock_};
};

TEST_F(EventsTest, LinesOfWorkersGoToTheLogOfTheirRun) {
    wire::Event event;
    event.set_run("a1");
    event.mutable_log()->set_time_us(1'000'000);
    event.mutable_log()->set_text("info item_claimed item=a1/0");
    events_.take(event);
    EXPECT_THAT(log_.page(RunId("a1"), 0, 10)->lines,
                ElementsAre("1970-01-01T00:00:01.000Z info item_claimed item=a1/0"));
    // An id that is none names no file.
    event.set_run("../a1");
    events_.take(event);
    EXPECT_TRUE(log_.page(RunId("../a1"), 0, 10)->lines.empty());
}

TEST_F(EventsTest, WorkersComeAndGo) {
    wire::Event event;
    event.mutable_worker()->set_id("w1");
    event.mutable_worker()->add_items("a1/0");
    events_.take(event);
    EXPECT_EQ(workers_.holder(ItemId("a1/0")), "w1");
    event.mutable_worker()->clear_items();
    events_.take(event);
    EXPECT_EQ(workers_.holder(ItemId("a1/0")), "");
    EXPECT_EQ(workers_.present(clock_.monotonic()).size(), 1u);
    event.mutable_worker()->set_leaving(true);
    events_.take(event);
    EXPECT_TRUE(workers_.present(MonoTime()).empty());
}

TEST_F(EventsTest, AnEventBeforeThisCoordinatorLeadsRingsNobody) {
    wire::Event event;
    event.set_run("a1");
    event.mutable_changed();
    events_.take(event);
}

TEST(QuarantineLinesTest, RepeatedLinesCountOnceAndContentsStayAway) {
    const std::string line =
        R"({"v":1,"run":"r","shard":"s","sequence":[1,2,3],"row":0,"reason":"too big",)"
        R"("column":"c","values":[{"value":"secret"}]})";
    const auto entries = quarantine_entries({line, line, "half a li"});
    ASSERT_EQ(entries.size(), 1u);
    EXPECT_EQ(
        entries[0],
        nlohmann::json(
            {{"shard", "s"}, {"sequence", {1, 2, 3}}, {"reason", "too big"}, {"column", "c"}}));
}

TEST(RunIdTest, IdsSortByTheTimeOfTheirSubmission) {
    FakeRandom random;
    const TimePoint early(std::chrono::milliseconds(1'790'000'000'000));
    const RunId first = make_run_id(early, random);
    const RunId second = make_run_id(early + std::chrono::milliseconds(1), random);
    EXPECT_LT(first.text(), second.text());
    EXPECT_EQ(created_at(first), early);
    EXPECT_EQ(created_at(RunId("8f14e45fceea167a")), std::nullopt);
    EXPECT_EQ(created_at(RunId("")), std::nullopt);
}

}  // namespace
}  // namespace millrace
