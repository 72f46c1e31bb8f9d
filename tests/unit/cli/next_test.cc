#include "cli/next.h"

#include <gtest/gtest.h>

namespace millrace::cli {
namespace {

constexpr int64_t kMinute = 60'000;
constexpr auto kFive = std::chrono::minutes(5);

MillisPoint at(double minutes) {
    return from_millis(static_cast<int64_t>(minutes * kMinute));
}

TEST(NextTest, WholeWindowsOnTheGridOnly) {
    const auto windows = cut_windows(at(10), at(24.9), kFive);
    ASSERT_EQ(windows.size(), 2u);
    EXPECT_EQ(windows[0], (Window{at(10), at(15)}));
    EXPECT_EQ(windows[1], (Window{at(15), at(20)}));
}

TEST(NextTest, AStartBesideTheGridLeavesNoTimeOut) {
    const auto windows = cut_windows(at(11.5), at(20), kFive);
    ASSERT_EQ(windows.size(), 2u);
    EXPECT_EQ(windows[0], (Window{at(11.5), at(15)}));
    EXPECT_EQ(windows[1], (Window{at(15), at(20)}));
}

TEST(NextTest, NothingIsDueBeforeTheWindowHasSettled) {
    EXPECT_TRUE(cut_windows(at(10), at(14.99), kFive).empty());
    EXPECT_EQ(cut_windows(at(10), at(15), kFive).size(), 1u);
    EXPECT_TRUE(cut_windows(at(10), at(5), kFive).empty());
}

TEST(NextTest, WindowsTileTheTime) {
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

}  // namespace
}  // namespace millrace::cli
