#include "common/codec/dates.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace millrace {
namespace {

DatePattern pattern(const std::string& text, const std::string& zone = "") {
    const auto made = DatePattern::create(text, zone);
    EXPECT_TRUE(made.ok()) << made.status().text();
    return *made;
}
std::string iso(const std::string& form, const std::string& zone, std::string_view text) {
    const auto time = pattern(form, zone).read(text);
    return time ? to_iso8601(*time) : "none";
}
std::string text(const DatePattern& pattern, int64_t ms) {
    char out[DatePattern::kTextMax];
    return std::string(out, pattern.write(out, ms));
}

TEST(Dates, AreReadByTheirPatternInTheirZone) {
    EXPECT_EQ(iso("yyyy-MM-dd HH:mm:ss", "Asia/Shanghai", "2026-11-21 10:00:05"),
              "2026-11-21T10:00:05.000+08:00");
    EXPECT_EQ(iso("yyyyMMddHHmmssSSS", "", "20261121100005070"), "2026-11-21T10:00:05.070+00:00");
    EXPECT_EQ(iso("yyyy-MM-dd'T'HH:mm", "America/New_York", "2026-07-01T10:00"),
              "2026-07-01T10:00:00.000-04:00");
    EXPECT_EQ(iso("yyyy-MM-dd'T'HH:mm:ssXXX", "Asia/Shanghai", "2026-07-01T10:00:00-03:30"),
              "2026-07-01T10:00:00.000-03:30");
    EXPECT_EQ(iso("HH:mmZ", "", "10:00+0800"), "1970-01-01T10:00:00.000+08:00");
    EXPECT_EQ(iso("d.M.yy", "", "1.2.26"), "2026-02-01T00:00:00.000+00:00");
    EXPECT_EQ(iso("HH 'o''clock'", "", "10 o'clock"), "none") << "quotes do not nest here";
    for (const char* no : {"2026-02-30", "2026-02-03x", "", "2026-2", "x026-02-03"}) {
        EXPECT_EQ(iso("yyyy-MM-dd", "", no), "none") << no;
    }
    EXPECT_EQ(iso("HH:mm:ss", "", "24:00:00"), "none");
}

// An hour of the night is left out in March and comes twice in November.
TEST(Dates, OddLocalTimesTakeTheOffsetFromBefore) {
    const char* form = "yyyy-MM-dd HH:mm";
    EXPECT_EQ(iso(form, "America/New_York", "2026-03-08 02:30"), "2026-03-08T02:30:00.000-05:00");
    EXPECT_EQ(iso(form, "America/New_York", "2026-11-01 01:30"), "2026-11-01T01:30:00.000-04:00");
}

TEST(Dates, AreWrittenByTheirPatternInTheirZone) {
    const int64_t ms = 1'795'226'405'070;
    EXPECT_EQ(text(pattern("yyyy-MM-dd HH:mm:ss.SSS", "Asia/Shanghai"), ms),
              "2026-11-21 10:00:05.070");
    EXPECT_EQ(text(pattern("d/M/yy H:m XXX Z X", "America/New_York"), ms),
              "20/11/26 21:0 -05:00 -0500 -05");
    EXPECT_EQ(text(pattern("HH''mmX"), ms), "02'00Z");
    EXPECT_EQ(text(pattern("yyyy-MM-dd HH:mm:ss"), -1), "1969-12-31 23:59:59");
    EXPECT_EQ(text(pattern("yyyy"), INT64_MAX), "9999");
    EXPECT_EQ(text(pattern("yyyy"), INT64_MIN), "0000");
    EXPECT_EQ(day_to_iso8601(-1), "1969-12-31");
    char out[DatePattern::kTextMax];
    const std::string longest(64, 'Z');
    EXPECT_LE(pattern(longest).write(out, ms), out + sizeof out);
}

TEST(Dates, BadPatternsAndZonesAreNamed) {
    for (const char* bad : {"EEE", "yyyy'T", "", "MMM yyyy"}) {
        const auto made = DatePattern::create(bad, "");
        EXPECT_EQ(made.status().code(), Code::kConfig) << bad;
    }
    EXPECT_NE(DatePattern::create("yyyy", "Nowhere/Else").status().text().find("not known"),
              std::string::npos);
}

TEST(Dates, TheUsualForms) {
    const UsualDates dates = *UsualDates::create("Asia/Shanghai");
    for (const char* form :
         {"2026-11-21 00:00:00", "2026-11-21", "20261121", "2026-11-21 00:00:00.0",
          "2026-11-21T00:00:00", "2026-11-20T16:00:00Z", "2026-11-20T11:00:00.000-05:00"}) {
        const auto time = dates.read(form);
        ASSERT_TRUE(time) << form;
        EXPECT_EQ(time->ms, 1'795'190'400'000) << form;
    }
    EXPECT_EQ(dates.read("08:00:01")->ms, 1000);
    EXPECT_FALSE(dates.read("21.11.2026"));
}

RC_GTEST_PROP(DatesProperty, ReadsWhatItWrites, (int64_t seed)) {
    const int64_t ms = seed % 253'402'300'800'000;
    RC_PRE(ms > -62'167'132'800'000);
    for (const char* form : {"yyyy-MM-dd HH:mm:ss.SSS", "yyyyMMddHHmmssSSS"}) {
        const DatePattern made = pattern(form);
        RC_ASSERT(made.read(text(made, ms))->ms == ms);
    }
}

}  // namespace
}  // namespace millrace
