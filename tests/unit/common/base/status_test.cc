#include "common/base/status.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

Result<int> half(int number) {
    if (number % 2 != 0) return fatal_error("odd");
    return number / 2;
}

Result<int> quarter(int number) {
    MILLRACE_ASSIGN(const int first, half(number));
    return half(first);
}

TEST(StatusTest, SuccessIsTheDefaultAndHasNoText) {
    const Status status;
    EXPECT_TRUE(status.ok());
    EXPECT_EQ(status.code(), Code::kOk);
    EXPECT_EQ(status.text(), "");
}

TEST(StatusTest, ContextIsChainedAndKeepsTheRest) {
    const Status status = Status(Code::kThrottled, "busy")
                              .with_service_code("OTSServerBusy")
                              .with_delay(std::chrono::milliseconds(7))
                              .with_context("reading shard a");
    EXPECT_EQ(status.text(), "reading shard a: busy");
    EXPECT_EQ(status.service_code(), "OTSServerBusy");
    EXPECT_EQ(status.delay().count(), 7);
    EXPECT_TRUE(status.retryable());
}

TEST(ResultTest, AssignReturnsTheFirstFailure) {
    EXPECT_EQ(*quarter(8), 2);
    EXPECT_EQ(quarter(6).status().text(), "odd");
}

}  // namespace
}  // namespace millrace
