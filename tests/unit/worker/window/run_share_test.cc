#include "worker/window/run_share.h"

#include <gtest/gtest.h>

#include "common/base/fakes/fake_clock.h"

namespace millrace {
namespace {

constexpr double kRate = 1'000'000;

// A worker with items of one run, as it hears of the limits.
struct Worker {
    FakeClock clock;
    Limits limits{clock, {}};
    RunShare share{limits};

    void told(int sharing, double rate = kRate) {
        RunControl control;
        control.source_bytes_per_second = rate;
        control.sharing = sharing;
        share.set(control);
    }
    // Bytes per second that it may read now.
    double rate() {
        (void)limits.pass(0, 1'000'000, {});  // whatever was saved up
        const Duration before = clock.advanced();
        for (int i = 0; i < 100; ++i) EXPECT_TRUE(limits.pass(0, 100'000, {}));
        return 10'000'000 / std::chrono::duration<double>(clock.advanced() - before).count();
    }
};

TEST(RunShareTest, WorkersTogetherTakeWhatTheRunMay) {
    Worker one, two;
    const RunShare::Held a(one.share), b(one.share), c(one.share), d(two.share);
    one.told(4);
    two.told(4);
    EXPECT_NEAR(one.rate(), 0.75 * kRate, 0.001 * kRate);
    EXPECT_NEAR(two.rate(), 0.25 * kRate, 0.001 * kRate);
}

TEST(RunShareTest, ARenewalBringsTheNewShares) {
    Worker one;
    const RunShare::Held held(one.share);
    one.told(1);
    EXPECT_NEAR(one.rate(), kRate, 0.001 * kRate);
    one.told(4);
    EXPECT_NEAR(one.rate(), 0.25 * kRate, 0.001 * kRate);
    one.told(4, 2 * kRate);
    EXPECT_NEAR(one.rate(), 0.5 * kRate, 0.001 * kRate);
}

// Alone, as in embedded mode, an item that ends must not leave the others with a part.
TEST(RunShareTest, WhoIsAloneHasAllAtAnyTime) {
    Worker one;
    one.told(1);
    const RunShare::Held first(one.share);
    {
        one.told(2);
        const RunShare::Held second(one.share);
        EXPECT_NEAR(one.rate(), kRate, 0.001 * kRate);
    }
    EXPECT_NEAR(one.rate(), kRate, 0.001 * kRate);
}

TEST(RunShareTest, NoLimitStaysNone) {
    Worker one;
    const RunShare::Held held(one.share);
    one.told(3, 0);
    EXPECT_TRUE(one.limits.pass(1'000'000, 1'000'000'000, {}));
    EXPECT_EQ(one.clock.advanced(), Duration(0));
}

}  // namespace
}  // namespace millrace
