#include "common/net/call.h"

#include <gtest/gtest.h>

#include "common/base/fakes/fake_clock.h"
#include "common/base/fakes/fake_random.h"
#include "common/net/fake_http.h"

namespace millrace {
namespace {

struct CountingObserver final : RetryObserver {
    void retried(const Status& why) override { codes.push_back(why.code()); }
    std::vector<Code> codes;
};

class CallTest : public ::testing::Test {
  protected:
    Status judge(const HttpAnswer& answer) {
        if (answer.status == 200) return {};
        if (answer.status == 503) {
            return Status(Code::kThrottled, "busy").with_delay(std::chrono::milliseconds(400));
        }
        return fatal_error("no");
    }
    Result<HttpAnswer> run(std::vector<int> statuses, RetryPolicy policy = {}) {
        FakeHttp http([&, next = size_t{0}](const HttpRequest&) mutable -> Result<HttpAnswer> {
            ++sent_;
            return FakeHttp::answer(statuses[std::min(next++, statuses.size() - 1)], "");
        });
        const CallContext context{http, clock_, random_, {}, may_send_, &retries_};
        return call(
            context, policy, [] { return HttpRequest{}; },
            [this](const HttpAnswer& answer) { return judge(answer); });
    }

    FakeClock clock_;
    FakeRandom random_;
    std::function<Result<std::optional<MonoTime>>()> may_send_;
    CountingObserver retries_;
    int sent_ = 0;
};

TEST_F(CallTest, RetriesUntilItWorksAndHonoursTheServersDelay) {
    EXPECT_TRUE(run({503, 503, 200}).ok());
    EXPECT_EQ(sent_, 3);
    EXPECT_GE(clock_.advanced(), std::chrono::milliseconds(800));
    EXPECT_EQ(retries_.codes, std::vector<Code>(2, Code::kThrottled));
}

TEST_F(CallTest, AFinalErrorIsNotRetried) {
    EXPECT_EQ(run({404, 200}).status().code(), Code::kFatal);
    EXPECT_EQ(sent_, 1);
    EXPECT_TRUE(retries_.codes.empty());
}

TEST_F(CallTest, RetriesEndAtTheirNumber) {
    EXPECT_EQ(run({503}, {.retries_max = 2}).status().code(), Code::kThrottled);
    EXPECT_EQ(sent_, 3);
}

TEST_F(CallTest, NothingIsSentWithoutTheLease) {
    int asked = 0;
    may_send_ = [&]() -> Result<std::optional<MonoTime>> {
        if (++asked > 1) return Status(Code::kLeaseLost, "lost");
        return std::optional<MonoTime>();
    };
    EXPECT_EQ(run({503, 200}).status().code(), Code::kLeaseLost);
    EXPECT_EQ(sent_, 1);
}

}  // namespace
}  // namespace millrace
