#include "common/base/crash_point.h"

#include <gtest/gtest.h>
#include <signal.h>

namespace millrace {
namespace {

void hit(std::string_view spec, int times) {
    if (!arm_crash_point(spec).ok()) exit(3);
    for (int i = 0; i < times; ++i) {
        crash_point("before_send");
        crash_point("after_send");
    }
    exit(0);
}

TEST(CrashPointDeathTest, TheProcessEndsAtTheNamedHit) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(hit("after_send:3", 3), ::testing::KilledBySignal(SIGKILL), "");
    EXPECT_EXIT(hit("after_send:3", 2), ::testing::ExitedWithCode(0), "");
    EXPECT_EXIT(hit("before_send", 1), ::testing::KilledBySignal(SIGKILL), "");
    EXPECT_EXIT(hit("send", 9), ::testing::ExitedWithCode(0), "");
    EXPECT_EXIT(hit("", 9), ::testing::ExitedWithCode(0), "");
}

TEST(CrashPointTest, OtherTextsAreRefused) {
    for (const char* spec : {"a:", "a:0", "a:-1", "a:x", "a:2x", ":1", "a:99999999999999999999"}) {
        EXPECT_EQ(arm_crash_point(spec).code(), Code::kConfig) << spec;
    }
    crash_point("a");  // nothing is armed
}

}  // namespace
}  // namespace millrace
