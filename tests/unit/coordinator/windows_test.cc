#include "coordinator/windows.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr auto kFive = std::chrono::minutes(5);

MillisPoint at(double minutes) {
    return from_millis(static_cast<int64_t>(minutes * kMinute));
}

TEST(WindowsTest, WholeWindowsOnTheGridOnly) {
    const auto windows = cut_windows(at(10), at(24.9), kFive);
    ASSERT_EQ(windows.size(), 2u);
    EXPECT_EQ(windows[0], (Window{at(10), at(15)}));
    EXPECT_EQ(windows[1], (Window{at(15), at(20)}));
}

TEST(WindowsTest, AStartBesideTheGridLeavesNoTimeOut) {
    const auto windows = cut_windows(at(11.5), at(20), kFive);
    ASSERT_EQ(windows.size(), 2u);
    EXPECT_EQ(windows[0], (Window{at(11.5), at(15)}));
    EXPECT_EQ(windows[1], (Window{at(15), at(20)}));
}

TEST(WindowsTest, NothingIsDueBeforeTheWindowHasSettled) {
    EXPECT_TRUE(cut_windows(at(10), at(14.99), kFive).empty());
    EXPECT_EQ(cut_windows(at(10), at(15), kFive).size(), 1u);
    EXPECT_TRUE(cut_windows(at(10), at(5), kFive).empty());
}

TEST(WindowsTest, WindowsTileTheTime) {
    for (int64_t start = 0; start < 20 * kMinute; start += 77'777) {
        const auto windows = cut_windows(from_millis(start), from_millis(start + 3'333'333), kFive);
        MillisPoint expected = from_millis(start);
        for (const Window& window : windows) {
            EXPECT_EQ(window.start, expected);
            EXPECT_LT(window.start, window.end);
            EXPECT_LE(window.end - window.start, kFive);
            EXPECT_EQ(to_millis(window.end) % (5 * kMinute), 0);
            expected = window.end;
        }
        EXPECT_GT(expected + kFive, from_millis(start + 3'333'333));
    }
}

TEST(WindowsTest, ARealtimeWindowEndsOnItsGrid) {
    const auto minute = std::chrono::minutes(1);
    EXPECT_EQ(realtime_window(at(10), at(10), minute), (Window{at(10), at(11)}));
    EXPECT_EQ(realtime_window(at(10.25), at(10.5), minute), (Window{at(10.25), at(11)}));
    EXPECT_EQ(realtime_window(at(10), at(11.9), minute), (Window{at(10), at(11)}));
}

TEST(WindowsTest, AfterAnOutageARealtimeJobCatchesUpInFewerWindows) {
    const auto minute = std::chrono::minutes(1);
    EXPECT_EQ(realtime_window(at(10), at(12.1), minute), (Window{at(10), at(12)}));
    EXPECT_EQ(realtime_window(at(10), at(15), minute), (Window{at(10), at(15)}));
    EXPECT_EQ(realtime_window(at(11.5), at(300), minute), (Window{at(11.5), at(15)}));
    const auto hour = std::chrono::hours(1);
    EXPECT_EQ(realtime_window(at(10), at(300), hour), (Window{at(10), at(60)}));
}

}  // namespace
}  // namespace millrace
