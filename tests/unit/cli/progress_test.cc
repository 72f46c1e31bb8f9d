#include "cli/progress.h"

#include <gtest/gtest.h>

namespace millrace::cli {
namespace {

TEST(ProgressTest, TheBarGrowsWithTheShardsThatAreDone) {
    EXPECT_EQ(progress_line({3, 5, 12'345, 1'258'291, "reading"}, 1, 10),
              "[======>   ] 3/5 shards  12,345 records  1.20MB/s  reading");
    EXPECT_EQ(progress_line({5, 5, 1'000'000, 0, "committing"}, 1, 10),
              "[==========] 5/5 shards  1,000,000 records  0B/s  committing");
}

TEST(ProgressTest, BeforeAnythingIsListedTheBarIsEmpty) {
    EXPECT_EQ(progress_line({0, 0, 0, 0, ""}, 0, 4), "[>   ] 0/0 shards  0 records  0B/s  ");
    EXPECT_EQ(progress_line({0, 2, 999, 0, ""}, 0, 4), "[>   ] 0/2 shards  999 records  0B/s  ");
}

}  // namespace
}  // namespace millrace::cli
