#include "worker/window/limits.h"

#include <gtest/gtest.h>

#include <thread>

#include "common/base/fakes/fake_clock.h"

namespace millrace {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

RunControl rates(double bytes, double records) {
    RunControl control;
    control.source_bytes_per_second = bytes;
    control.source_records_per_second = records;
    return control;
}

double seconds_of(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

class LimitsTest : public ::testing::Test {
  protected:
    void pass_all(Limits& limits, int times, uint64_t records, uint64_t bytes) {
        for (int i = 0; i < times; ++i) ASSERT_TRUE(limits.pass(records, bytes, {}));
    }
    FakeClock clock_;
};

TEST_F(LimitsTest, WithoutRatesNobodyWaits) {
    Limits limits(clock_, rates(0, 0));
    pass_all(limits, 1000, 1'000'000, 1'000'000'000);
    EXPECT_EQ(clock_.advanced(), Duration(0));
}

TEST_F(LimitsTest, BytesPerSecondAreKept) {
    Limits limits(clock_, rates(1e6, 0));
    pass_all(limits, 1000, 1, 10'000);  // 10 MB at 1 MB/s
    EXPECT_NEAR(seconds_of(clock_.advanced()), 10, 0.15);
}

TEST_F(LimitsTest, RecordsPerSecondAreKeptAndTheSlowerRateWins) {
    Limits limits(clock_, rates(1e6, 50));
    pass_all(limits, 100, 1, 10);
    EXPECT_NEAR(seconds_of(clock_.advanced()), 2, 0.15);
}

TEST_F(LimitsTest, AnAmountBeyondTheRateIsPaidForAfterwards) {
    Limits limits(clock_, rates(1000, 0));
    pass_all(limits, 1, 1, 5000);
    EXPECT_NEAR(seconds_of(clock_.advanced()), 5, 0.15);
}

TEST_F(LimitsTest, WhatWasNotUsedIsNotSavedUp) {
    Limits limits(clock_, rates(1000, 0));
    clock_.advance(seconds(100));
    pass_all(limits, 1, 1, 2000);
    EXPECT_NEAR(seconds_of(clock_.advanced()) - 100, 2, 0.15);
}

TEST_F(LimitsTest, NewRatesHoldAtOnceAlsoForThoseWhoWait) {
    TokenBucket bucket;
    const MonoTime start = clock_.monotonic();
    bucket.set_rate(10, start);
    const double ticket = bucket.take(1000, start);
    EXPECT_NEAR(seconds_of(bucket.left(ticket, start)), 100, 0.2);
    bucket.set_rate(100, start + seconds(50));  // 500 are paid for
    EXPECT_NEAR(seconds_of(bucket.left(ticket, start + seconds(50))), 5, 0.2);
    bucket.set_rate(0, start + seconds(51));
    EXPECT_EQ(bucket.left(ticket, start + seconds(51)), Duration(0));
    bucket.set_rate(1, start + seconds(52));  // from unlimited: nothing is owed
    const double next = bucket.take(10, start + seconds(52));
    EXPECT_NEAR(seconds_of(bucket.left(next, start + seconds(52))), 10, 0.2);
}

TEST_F(LimitsTest, SlotsShareTheRate) {
    Limits limits(clock_, rates(1e6, 0));
    std::vector<std::thread> slots;
    for (int slot = 0; slot < 4; ++slot) {
        slots.emplace_back([&] { pass_all(limits, 100, 1, 10'000); });
    }
    for (std::thread& slot : slots) slot.join();
    // 4 MB in all. Waits of several threads add up on this clock, so it is at least that long.
    EXPECT_GE(seconds_of(clock_.advanced()), 3.85);
}

TEST_F(LimitsTest, AStopEndsTheWait) {
    Limits limits(clock_, rates(1, 0));
    std::stop_source stop;
    stop.request_stop();
    EXPECT_FALSE(limits.pass(1, 1000, stop.get_token()));
    EXPECT_EQ(clock_.advanced(), Duration(0));
}

}  // namespace
}  // namespace millrace
