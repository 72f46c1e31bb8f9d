#include "common/net/http_date.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(HttpDate, GoesBothWays) {
    const TimePoint time = TimePoint(std::chrono::seconds(2'014'534'177));
    EXPECT_EQ(to_http_date(time), "Wed, 02 Nov 2033 08:49:37 GMT");
    EXPECT_EQ(parse_http_date("Wed, 02 Nov 2033 08:49:37 GMT"), time);
    for (const char* odd : {"", "now", "Wed, 99 Nov 2033 08:49:37 GMT", "Wed, 02 Nix 2033 1:2:3"}) {
        EXPECT_EQ(parse_http_date(odd), std::nullopt) << odd;
    }
}

}  // namespace
}  // namespace millrace
