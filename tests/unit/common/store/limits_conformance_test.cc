// What every StateStore must do when a run has as many claims as it may.
#include <gmock/gmock.h>

#include "tests/unit/common/store/store_fixture.h"

namespace millrace {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class LimitsConformanceTest : public StoreTest {};
INSTANTIATE_TEST_SUITE_P(Stores, LimitsConformanceTest,
                         ::testing::Values(StoreKind::kMemory, StoreKind::kSqlite, StoreKind::kLive,
                                           StoreKind::kRedis, StoreKind::kCluster),
                         name_of_kind);

TEST_P(LimitsConformanceTest, ARunHasNoMoreClaimsThanItsLimit) {
    create("r1", 0, 5);
    create("r2", 100);
    const Fence first = fence("r1/0", "a");
    EXPECT_EQ(claim("r1/1", "b")->control.sharing, 2);
    EXPECT_EQ(claim("r1/2", "c")->control.sharing, 3);
    EXPECT_THAT(due(), ElementsAre("r2/0"));
    const Status refused = claim("r1/3", "d").status();
    EXPECT_EQ(refused.code(), Code::kRetry);
    EXPECT_THAT(refused.text(), HasSubstr("3 items of its run are CLAIMED, 3 are allowed"));
    EXPECT_TRUE(claim("r2/0", "x").ok());
    EXPECT_EQ(claim("r1/0", "a")->control.sharing, 3);  // one that has it has it again
    EXPECT_EQ(store_->renew(first, kTtl)->sharing, 3);
    EXPECT_EQ(view("r1").control.sharing, 1);
    ASSERT_TRUE(store_->release(first, false).ok());
    EXPECT_THAT(due(), ElementsAre("r1/0", "r1/3", "r1/4"));
    EXPECT_TRUE(claim("r1/3", "d").ok());
    ASSERT_TRUE(store_->set_control(RunId("r1"), {.concurrent = 4, .sharing = 77}).ok());
    EXPECT_EQ(claim("r1/4", "e")->control.sharing, 4);
    EXPECT_EQ(store_->renew(fence("r2/0", "x"), kTtl)->sharing, 1);
}

TEST_P(LimitsConformanceTest, ExpiredClaimsOfAFullRunAreTakenOver) {
    create("r1", 0, 4);
    for (const char* item : {"r1/0", "r1/1", "r1/2"}) (void)fence(item, "dead");
    ASSERT_TRUE(store_->set_control(RunId("r1"), {.concurrent = 1}).ok());
    clock_.advance(kTtl);
    EXPECT_THAT(due(), ElementsAre("r1/0", "r1/1", "r1/2"));
    EXPECT_THAT(due(2), ElementsAre("r1/0", "r1/1"));
    EXPECT_EQ(claim("r1/3", "x").status().code(), Code::kRetry);
    EXPECT_EQ(claim("r1/1", "x")->control.sharing, 3);
    EXPECT_THAT(due(), ElementsAre("r1/0", "r1/2"));
    write("r1/0");
    ASSERT_TRUE(store_->void_claims().ok());
    EXPECT_THAT(due(), ElementsAre("r1/1", "r1/2", "r1/3"));
}

}  // namespace
}  // namespace millrace
