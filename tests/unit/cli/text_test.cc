#include "cli/text.h"

#include <gtest/gtest.h>

namespace millrace::cli {
namespace {

TEST(TextTest, Durations) {
    EXPECT_EQ(duration_text(0), "0.0s");
    EXPECT_EQ(duration_text(-1), "0.0s");
    EXPECT_EQ(duration_text(3.24), "3.2s");
    EXPECT_EQ(duration_text(9.97), "10s");
    EXPECT_EQ(duration_text(59.4), "59s");
    EXPECT_EQ(duration_text(200), "3m20s");
    EXPECT_EQ(duration_text(7500), "2h05m");
    EXPECT_EQ(duration_text(353'000), "4d02h");
}

TEST(TextTest, Bars) {
    EXPECT_EQ(bar(0, 4), "[>   ]");
    EXPECT_EQ(bar(0.5, 4), "[==> ]");
    EXPECT_EQ(bar(1, 4), "[====]");
    EXPECT_EQ(bar(7, 4), "[====]");
}

TEST(TextTest, TablesAreAsWideAsTheirCells) {
    Table table({"NAME", ">N", "WHAT"});
    table.add({"a", "1,000", "x"});
    table.add({"größer", "7", "line\nand \033[31mcolour"});
    table.add({"b"});
    EXPECT_EQ(table.text(),
              "NAME        N  WHAT\n"
              "a       1,000  x\n"
              "größer      7  line and  [31mcolour\n"
              "b\n");
}

}  // namespace
}  // namespace millrace::cli
