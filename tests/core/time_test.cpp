#include "engine/core/time.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/calendars.h"

namespace motcua::core {
namespace {

using test::NaiveCalendar;
using test::on;

TEST(Time, ReadsAnInstantInAnyOffset) {
  EXPECT_EQ(parse_instant("1970-01-01T00:00:00Z"), Instant{0});
  EXPECT_EQ(parse_instant("2026-08-21T16:00:00+07:00"), parse_instant("2026-08-21T09:00:00Z"));
  EXPECT_EQ(parse_instant("2026-08-21T04:30:00-04:30"), parse_instant("2026-08-21T09:00:00z"));
  EXPECT_EQ(parse_instant("2026-08-21t09:00:00.000Z"), parse_instant("2026-08-21T09:00:00Z"));
  EXPECT_EQ(parse_instant("2020-01-01T00:00:00+07:00"), Instant{1'577'811'600'000});
}

TEST(Time, ReadsMillisecondsAndRefusesFiner) {
  EXPECT_EQ(parse_instant("1970-01-01T00:00:00.5Z"), Instant{500});
  EXPECT_EQ(parse_instant("1970-01-01T00:00:00.007Z"), Instant{7});
  EXPECT_EQ(parse_instant("1970-01-01T00:00:00.123000000Z"), Instant{123});
  EXPECT_FALSE(parse_instant("1970-01-01T00:00:00.1230001Z"));
  EXPECT_FALSE(parse_instant("1970-01-01T00:00:00.1230000000Z"));
  EXPECT_FALSE(parse_instant("1970-01-01T00:00:00.Z"));
}

TEST(Time, ReadsInstantsOfTheYears1970To9998OfUtcInAnyOffset) {
  const Instant last{2'932'532 * kDayMs - 1};
  for (const char* text : {"1970-01-01T00:00:00Z", "1970-01-01T14:00:00+14:00", "1969-12-31T12:00:00-12:00"})
    EXPECT_EQ(parse_instant(text), Instant{0}) << text;
  for (const char* text :
       {"9998-12-31T23:59:59.999Z", "9998-12-31T11:59:59.999-12:00", "9999-01-01T13:59:59.999+14:00"})
    EXPECT_EQ(parse_instant(text), last) << text;
  for (const char* text :
       {"1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00+14:00", "1970-01-01T13:59:59.999+14:00",
        "1969-12-31T11:59:59.999-12:00", "9999-01-01T00:00:00Z", "9998-12-31T12:00:00-12:00",
        "9999-01-01T14:00:00+14:00", "0000-01-01T00:00:00Z"})
    EXPECT_FALSE(parse_instant(text)) << text;
}

TEST(Time, RefusesWhatIsNoInstant) {
  for (const char* text :
       {"", "2026-08-21", "2026-08-21T16:00:00", "2026-08-21 16:00:00Z", "2026-08-21T16:00Z",
        "2026-08-21T24:00:00Z", "2026-08-21T16:60:00Z", "2026-08-21T16:00:60Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z", "2026-08-21T16:00:00+0700",
        "2026-08-21T16:00:00+24:00", "2026-08-21T16:00:00+07:60", "2026-08-21T16:00:00Z ",
        " 2026-08-21T16:00:00Z", "+026-08-21T16:00:00Z", "2026-8-21T16:00:00Z"}) {
    EXPECT_FALSE(parse_instant(text)) << text;
  }
}

TEST(Time, PrintsMillisecondsOnlyWhenThereAreSome) {
  const Instant noon = *parse_instant("2026-08-21T12:00:00+07:00");
  EXPECT_EQ(format_instant(noon, 420), "2026-08-21T12:00:00+07:00");
  EXPECT_EQ(format_instant(noon + ClockTime{1}, 420), "2026-08-21T12:00:00.001+07:00");
  EXPECT_EQ(format_instant(noon, -210), "2026-08-21T01:30:00-03:30");
  EXPECT_EQ(format_instant(noon, 0), "2026-08-21T05:00:00+00:00");
}

TEST(Time, ReadsBackEveryInstantThatItPrints) {
  std::mt19937_64 random(11);
  std::uniform_int_distribution<std::int64_t> any(0, parse_instant("9998-12-31T23:59:59.999Z")->ms);
  for (int i = 0; i < 20'000; ++i) {
    const Instant instant{i % 4 == 0 ? any(random) % kDayMs : any(random)};  // the first day often
    const int offset = static_cast<int>(random() % 2879) - 1439;
    EXPECT_EQ(parse_instant(format_instant(instant, offset)), instant);
  }
}

TEST(Time, NumbersEveryDayLikeAWalkFromDayToDay) {
  const NaiveCalendar walk({}, {}, {2028, 3, 1});
  Date date = on("2020-01-01");
  for (const test::NaiveDay& day : walk.days()) {
    ASSERT_EQ(make_date(day.on.year, day.on.month, day.on.day), date);
    ASSERT_EQ(year_month_day(date), (YearMonthDay{day.on.year, day.on.month, day.on.day}));
    ASSERT_EQ(weekday(date), day.weekday);
    ASSERT_EQ(midnight(date, kVietnamOffsetMinutes).ms, day.midnight_ms);
    ASSERT_EQ(local_date(Instant{day.midnight_ms}, kVietnamOffsetMinutes), date);
    ASSERT_EQ(local_date(Instant{day.midnight_ms - 1}, kVietnamOffsetMinutes), date - 1);
    ASSERT_EQ(parse_date(format_date(date)), date);
    date = date + 1;
  }
}

TEST(Time, KnowsWhichFebruariesHaveALeapDay) {
  EXPECT_TRUE(make_date(2024, 2, 29));
  EXPECT_TRUE(make_date(2000, 2, 29));
  EXPECT_FALSE(make_date(2026, 2, 29));
  EXPECT_FALSE(make_date(2100, 2, 29));
  EXPECT_FALSE(make_date(2026, 4, 31));
  EXPECT_FALSE(make_date(2026, 0, 1));
  EXPECT_FALSE(make_date(2026, 1, 0));
  EXPECT_FALSE(make_date(2026, 257, 1));
}

TEST(Time, KeepsTheDayOfTheMonthOrTakesTheLastOne) {
  EXPECT_EQ(add_months(on("2026-01-31"), 1), on("2026-02-28"));
  EXPECT_EQ(add_months(on("2024-01-31"), 1), on("2024-02-29"));
  EXPECT_EQ(add_months(on("2026-01-31"), 2), on("2026-03-31"));
  EXPECT_EQ(add_months(on("2026-08-31"), 6), on("2027-02-28"));
  EXPECT_EQ(add_months(on("2024-02-29"), 12), on("2025-02-28"));
  EXPECT_EQ(add_months(on("2026-12-15"), 1), on("2027-01-15"));
}

TEST(Time, CountsDaysBeforeTheEpochToo) {
  EXPECT_EQ(weekday(Date{-1}), 2);
  EXPECT_EQ(weekday(Date{-7}), 3);
  EXPECT_EQ(local_date(Instant{-1}, 0), Date{-1});
}

}  // namespace
}  // namespace motcua::core
