#include "common/services/oss/names.h"

#include <gtest/gtest.h>

namespace millrace::oss {
namespace {

Naming naming() {
    return {"exports/day/orders",
            ".csv",
            {from_millis(1'763'712'000'000), from_millis(1'763'712'300'500)},
            0,
            8};
}

TEST(OssNames, HoldWindowShardAndNumber) {
    const ShardId shard("shard-1");
    const std::string hash = shard_text(shard, 8);
    EXPECT_EQ(object_name(naming(), shard, 3),
              "exports/day/orders__20251121T080000000-20251121T080500500_" + hash + "_0003.csv");
    Naming replay = naming();
    replay.replay = 2;
    replay.shard_digits = 16;
    replay.suffix = "";
    EXPECT_EQ(object_name(replay, shard, 12345),
              "exports/day/orders__20251121T080000000-20251121T080500500_" + shard_text(shard, 16) +
                  "_12345_r2");
}

TEST(OssNames, ManifestsLieInAFolderOfTheirOwn) {
    const TaskId task("0123456789abcdef");
    EXPECT_EQ(manifest_name(naming(), task),
              "exports/day/_millrace/orders__20251121T080000000-20251121T080500500_01234567.json");
    Naming flat = naming();
    flat.object = "orders";
    flat.replay = 1;
    EXPECT_EQ(manifest_name(flat, task),
              "_millrace/orders__20251121T080000000-20251121T080500500_01234567_r1.json");
    EXPECT_EQ(manifest_prefix("a/b"), "a/_millrace/b__");
}

TEST(OssNames, MoreDigitsOnlyWhereShardsAgree) {
    std::vector<ShardId> shards = {ShardId("a"), ShardId("b"), ShardId("a")};
    EXPECT_EQ(shard_digits_for(shards), 8);
    EXPECT_EQ(shard_text(ShardId("a"), 16).size(), 16u);
    EXPECT_TRUE(shard_text(ShardId("a"), 16).starts_with(shard_text(ShardId("a"), 8)));
}

}  // namespace
}  // namespace millrace::oss
