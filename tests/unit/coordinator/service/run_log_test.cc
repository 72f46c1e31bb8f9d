#include "coordinator/service/run_log.h"

#include <gmock/gmock.h>

#include "common/base/fakes/memory_file_system.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const RunId kRun("a1");

class RunLogTest : public ::testing::Test {
  protected:
    std::unique_ptr<RunLog> opened() {
        auto log = std::make_unique<RunLog>(
            files_, "/logs", RunLog::Limits{.lines_max = 3, .unwritten_max = 10, .runs_max = 2});
        EXPECT_TRUE(log->open().ok());
        return log;
    }
    static RunLog::Page page(RunLog& log, uint64_t after, size_t max = 100) {
        auto page = log.page(kRun, after, max);
        EXPECT_TRUE(page.ok()) << page.status().text();
        return *page;
    }

    MemoryFileSystem files_;
    const TimePoint time_{from_millis(1'000)};
};

TEST_F(RunLogTest, LinesArePagedByTheirNumbers) {
    const auto log = opened();
    for (const char* text : {"info a", "info b", "info c"}) log->add(kRun, time_, text);
    const RunLog::Page first = page(*log, 0, 2);
    EXPECT_THAT(first.lines,
                ElementsAre("1970-01-01T00:00:01.000Z info a", "1970-01-01T00:00:01.000Z info b"));
    EXPECT_THAT(page(*log, first.next).lines, ElementsAre(HasSubstr("info c")));
    EXPECT_TRUE(page(*log, 3).lines.empty());
    EXPECT_EQ(page(*log, 3).next, 3u);
}

TEST_F(RunLogTest, OnlyTheLastLinesStay) {
    const auto log = opened();
    for (int i = 1; i <= 8; ++i) log->add(kRun, time_, "info " + std::to_string(i));
    ASSERT_TRUE(log->flush().ok());
    EXPECT_THAT(page(*log, 0).lines,
                ElementsAre(HasSubstr("info 6"), HasSubstr("info 7"), HasSubstr("info 8")));
}

TEST_F(RunLogTest, NumbersGoOnAfterARestart) {
    {
        const auto log = opened();
        log->add(kRun, time_, "info a");
        ASSERT_TRUE(log->flush().ok());
        ASSERT_TRUE(files_.append("/logs/a1.log", "2 half a li").ok());
    }
    const auto log = opened();
    log->add(kRun, time_, "info b");
    EXPECT_THAT(page(*log, 1).lines, ElementsAre(HasSubstr("info b")));
}

TEST_F(RunLogTest, AFloodIsCutAndSaidSo) {
    const auto log = opened();
    for (int i = 0; i < 50; ++i) log->add(kRun, time_, "info much");
    ASSERT_TRUE(log->flush().ok());
    log->add(kRun, time_, "info after");
    EXPECT_THAT(page(*log, 10).lines,
                ElementsAre(HasSubstr("lines_left_out count=40"), HasSubstr("info after")));
}

TEST_F(RunLogTest, LogsOfOlderRunsGo) {
    const auto log = opened();
    for (const char* run : {"a1", "b2", "c3"}) log->add(RunId(run), time_, "info a");
    ASSERT_TRUE(log->flush().ok());
    EXPECT_TRUE(page(*log, 0).lines.empty());
    EXPECT_EQ(files_.list("/logs")->size(), 2u);
}

}  // namespace
}  // namespace millrace
