#include "worker/targets/odps/dates.h"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(OdpsDates, AreReadInTheirForms) {
    const auto whole = read_date_text("2020-01-02 03:04:05");
    ASSERT_TRUE(whole.has_value());
    EXPECT_EQ(whole->seconds, 1577934245);
    EXPECT_EQ(whole->nanos, 0);
    EXPECT_FALSE(whole->instant);
    EXPECT_EQ(read_date_text("2020-01-02T03:04:05.678")->nanos, 678'000'000);
    EXPECT_EQ(read_date_text("2020-01-02 03:04:05.123456789")->nanos, 123'456'789);
    EXPECT_EQ(read_date_text("2020-02-29")->seconds, 18321 * kSecondsPerDay);
    EXPECT_EQ(read_date_text("20200229")->seconds, 18321 * kSecondsPerDay);
    const auto zoned = read_date_text("2020-01-02T11:04:05+08:00");
    EXPECT_TRUE(zoned->instant);
    EXPECT_EQ(zoned->seconds, 1577934245);
    EXPECT_EQ(read_date_text("2020-01-02T03:04:05Z")->seconds, 1577934245);
    EXPECT_EQ(read_date_text("2020-01-01T21:34:05-0530")->seconds, 1577934245);
}

TEST(OdpsDates, WhatIsNoneIsRefused) {
    for (const char* text :
         {"", "2020", "2020-1-2", "2020-02-30", "2020-13-01", "2020-01-02 ", "2020-01-02 03:04",
          "2020-01-02 24:00:00", "2020-01-02 03:04:60", "2020-01-02 03:04:05.",
          "2020-01-02 03:04:05.1234567890", "2020-01-02 03:04:05+25:00", "2020-01-02x", "2020-0102",
          "not a date", "2020-01-02 03:04:05 Z"}) {
        EXPECT_FALSE(read_date_text(text).has_value()) << text;
    }
}

TEST(OdpsDates, DivisionRoundsDown) {
    EXPECT_EQ(floor_div(-1, 1000), -1);
    EXPECT_EQ(floor_div(-1000, 1000), -1);
    EXPECT_EQ(floor_div(-1001, 1000), -2);
    EXPECT_EQ(floor_div(1999, 1000), 1);
}

}  // namespace
}  // namespace millrace
