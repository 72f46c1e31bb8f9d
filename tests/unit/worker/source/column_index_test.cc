#include "worker/source/column_index.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(ColumnIndex, FindsTheFirstOfAName) {
    ColumnIndex columns({"b", "a", "b"});
    EXPECT_EQ(columns.find("b"), 0);
    EXPECT_EQ(columns.find("a"), 1);
    EXPECT_EQ(columns.find("c"), -1);
}

// What a record looked like before must never decide what the next one has.
TEST(ColumnIndex, AGuessIsOnlyAGuess) {
    ColumnIndex columns({"a", "b", "c"});
    EXPECT_EQ(columns.find(0, "a"), 0);
    EXPECT_EQ(columns.find(1, "b"), 1);
    EXPECT_EQ(columns.find(0, "c"), 2);
    EXPECT_EQ(columns.find(0, "unknown"), -1);
    EXPECT_EQ(columns.find(0, "unknown too"), -1);
    EXPECT_EQ(columns.find(0, "a"), 0);
    EXPECT_EQ(columns.find(2, "c"), 2);
    EXPECT_EQ(columns.find(1, "b"), 1);
}

}  // namespace
}  // namespace millrace
