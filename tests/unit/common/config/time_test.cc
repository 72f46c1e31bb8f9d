#include <gtest/gtest.h>

#include "common/config/schedule_expression.h"
#include "common/config/time_forms.h"

namespace millrace {
namespace {

TimeZone zone(const char* name) {
    return *TimeZone::find(name);
}

TEST(TimeZoneTest, KnowsIanaNamesAndDataxForm) {
    EXPECT_EQ(to_time_string(from_millis(0), zone("Asia/Shanghai")), "19700101080000");
    EXPECT_EQ(to_time_string(from_millis(0), zone("GMT+8")), "19700101080000");
    EXPECT_EQ(to_time_string(from_millis(0), zone("UTC")), "19700101000000");
    EXPECT_FALSE(TimeZone::find("Asia/Shangai").ok());
    EXPECT_FALSE(TimeZone::find("../../etc/passwd").ok());
}

TEST(TimeFormsTest, StringsAreReadInTheZone) {
    const auto shanghai = parse_time_string("20180115120000", zone("Asia/Shanghai"));
    EXPECT_EQ(to_iso8601(shanghai->time), "2018-01-15T04:00:00.000Z");
    EXPECT_EQ(to_iso8601(parse_time_string("20180115120000", zone("UTC"))->time),
              "2018-01-15T12:00:00.000Z");
}

TEST(TimeFormsTest, WrongStringsAreRefused) {
    for (const char* text :
         {"", "201801151200", "20181315120000", "20180230120000", "20180115240000",
          "20180115126000", "2018-01-15 12:", "yyyyMMddHHmmss"}) {
        EXPECT_FALSE(parse_time_string(text, zone("UTC")).ok()) << text;
    }
}

TEST(TimeFormsTest, ClockChangesAreNoticed) {
    const TimeZone berlin = zone("Europe/Berlin");
    EXPECT_FALSE(parse_time_string("20260329023000", berlin).ok());  // set forward
    const auto twice = parse_time_string("20261025023000", berlin);  // set back
    ASSERT_TRUE(twice.ok());
    EXPECT_TRUE(twice->ambiguous);
    EXPECT_EQ(to_iso8601(twice->time), "2026-10-25T00:30:00.000Z");
    const Window day = *parse_day("20261025", berlin);
    EXPECT_EQ(day.end - day.start, std::chrono::hours(25));
}

TEST(TimeFormsTest, MillisecondsHaveThirteenDigits) {
    EXPECT_EQ(to_millis(*parse_millis("1510036262000")), 1510036262000);
    for (const char* text :
         {"", "1510036262", "-1510036262000", "15100362620000000", "99999999999999999999"}) {
        EXPECT_FALSE(parse_millis(text).ok()) << text;
    }
}

TEST(TimeFormsTest, ADayIsAWholeLocalDay) {
    const Window day = *parse_day("20180115", zone("Asia/Shanghai"));
    EXPECT_EQ(to_iso8601(day.start), "2018-01-14T16:00:00.000Z");
    EXPECT_EQ(to_iso8601(day.end), "2018-01-15T16:00:00.000Z");
    EXPECT_FALSE(parse_day("yyyyMMdd", zone("UTC")).ok());
    EXPECT_EQ(to_day(day.start, zone("Asia/Shanghai")), "20180115");
}

struct Expression {
    const char* text;
    const char* value;  // at 2018-01-15 12:03:04 in Shanghai; "" = refused
};
class ExpressionTest : public testing::TestWithParam<Expression> {};

TEST_P(ExpressionTest, IsEvaluated) {
    const MillisPoint at = from_millis(1'515'988'984'000);
    const auto value = evaluate_schedule_expression(GetParam().text, at, zone("Asia/Shanghai"));
    EXPECT_EQ(value.ok() ? *value : "", GetParam().value) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    All, ExpressionTest,
    testing::Values(Expression{"yyyymmddhh24miss", "20180115120304"},
                    Expression{"yyyymmddhh24miss-10/24/60", "20180115115304"},
                    Expression{"yyyymmddhh24miss - 5/24/60", "20180115115804"},
                    Expression{"yyyymmddhh24miss+1/24", "20180115130304"},
                    Expression{"yyyymmdd-1", "20180114"}, Expression{"yyyymmdd+17", "20180201"},
                    Expression{"yyyymmdd-2*7", "20180101"},
                    Expression{"yyyymmddhh24miss-1-1/24", "20180114110304"},
                    Expression{"yyyyMMddHHmmss-10/24/60", "20180115115304"},
                    Expression{"YYYYMMDDHH24MISS", "20180115120304"},
                    Expression{"yyyymmddHH24miss", "20180115120304"},
                    Expression{"yyyy-mm-dd hh24:mi:ss", "2018-01-15 12:03:04"},
                    Expression{"HH:mm:ss", "12:03:04"}, Expression{"hh24miss", "120304"},
                    Expression{"", ""}, Expression{"yyyymmdd-", ""}, Expression{"yyyymmdd-1/0", ""},
                    Expression{"yyyymmdd-x", ""}, Expression{"add_months(yyyymmdd,-1)", ""},
                    Expression{"yyyymmdd-99999999999999999999", ""}));

TEST(ScheduleExpressionTest, WholeDaysFollowTheCalendarAndFractionsTheTimeLine) {
    const TimeZone berlin = zone("Europe/Berlin");
    const MillisPoint noon =
        parse_time_string("20260330120000", berlin)->time;  // the day after the change
    EXPECT_EQ(*evaluate_schedule_expression("yyyymmddhh24miss-2", noon, berlin), "20260328120000");
    EXPECT_EQ(*evaluate_schedule_expression("yyyymmddhh24miss-95/48", noon, berlin),
              "20260328113000");
}

}  // namespace
}  // namespace millrace
