#include "cli/report.h"

#include <gtest/gtest.h>

namespace millrace::cli {
namespace {

TEST(ReportTest, SpeedsAreWrittenAsDataxDoes) {
    EXPECT_EQ(speed_text(0, 10), "0B/s");
    EXPECT_EQ(speed_text(1023, 1), "1023B/s");
    EXPECT_EQ(speed_text(1024, 1), "1.00KB/s");
    EXPECT_EQ(speed_text(57'000'000, 10), "5.44MB/s");
    EXPECT_EQ(speed_text(500, 0.01), "500B/s") << "a run of less than a second counts as one";
    EXPECT_EQ(speed_text(uint64_t(3) << 50, 1), "3072.00TB/s");
}

TEST(ReportTest, SevenLinesOfDataxThenWhatDataxNeverTells) {
    const TimePoint start = TimePoint(std::chrono::seconds(1'700'000'000));
    Counts counts;
    counts.read = 100;
    counts.put = 60;
    counts.update = 30;
    counts.remove = 10;
    counts.rows = 85;
    counts.rows_dirty = 5;
    counts.quarantined = 4;
    counts.dropped_delete_in_row_mode = 10;
    counts.dropped_no_configured_column = 1;
    counts.source_bytes = 20 * 1024;
    const std::string text = to_text(
        Report{start, start + std::chrono::seconds(20), *TimeZone::find("Asia/Shanghai"), counts});
    EXPECT_EQ(text,
              "任务启动时刻                    : 2023-11-15 06:13:20\n"
              "任务结束时刻                    : 2023-11-15 06:13:40\n"
              "任务总计耗时                    :                 20s\n"
              "任务平均流量                    :            1.00KB/s\n"
              "记录写入速度                    :              5rec/s\n"
              "读出记录总数                    :                 100\n"
              "读写失败总数                    :                   5\n"
              "changes read              :                 100  (put 60, update 30, delete 10)\n"
              "rows written              :                  85\n"
              "changes quarantined       :                   4\n"
              "deletes dropped           :                  10  (row mode)\n"
              "changes without a column  :                   1\n");
}

}  // namespace
}  // namespace millrace::cli
