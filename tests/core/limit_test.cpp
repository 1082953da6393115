#include "engine/core/limit.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/calendars.h"

namespace motcua::core {
namespace {

using test::hours_b;
using test::NaiveCalendar;
using test::on;
using test::shown;
using test::vn;

constexpr CountingRules kLimitRules;

DueDate due(Limit limit, Instant start, DayEnd day_end = DayEnd::office_close) {
  static const auto calendar = test::public_sector(hours_b());
  return derive_due(limit, start, *calendar, day_end, kLimitRules);
}

std::string due_at(Limit limit, std::string_view start, DayEnd day_end = DayEnd::office_close) {
  return shown(due(limit, vn(start), day_end).at);
}

Limit working_hours(std::int64_t n) { return {n, LimitUnit::working_hour}; }
Limit by_day(std::int64_t n) { return {n, LimitUnit::working_day, DayCounting::by_day}; }
Limit by_hours(std::int64_t n) { return {n, LimitUnit::working_day, DayCounting::by_hours}; }
Limit calendar_days(std::int64_t n) { return {n, LimitUnit::calendar_day}; }
Limit months(std::int64_t n) { return {n, LimitUnit::month}; }
Limit clock_hours(std::int64_t n) { return {n, LimitUnit::hour}; }
constexpr Limit kImmediate{0, LimitUnit::immediate};

TEST(WorkingHours, RunOnAWorkedSaturday) {
  EXPECT_EQ(due_at(working_hours(8), "2026-08-21 16:00"), shown(vn("2026-08-22 16:00")));
}
TEST(WorkingHours, SkipCultureDay) {
  EXPECT_EQ(due_at(working_hours(8), "2026-11-23 16:00"), shown(vn("2026-11-25 16:00")));
}

TEST(WorkingDaysByDay, LeaveOutTheDayOfTheEvent) {
  EXPECT_EQ(due_at(by_day(1), "2026-08-10 07:00"), shown(vn("2026-08-11 17:00")));
  EXPECT_EQ(due_at(by_day(1), "2026-08-10 23:59:59.999"), shown(vn("2026-08-11 17:00")));
  EXPECT_EQ(due_at(by_day(1), "2026-08-11 00:00"), shown(vn("2026-08-12 17:00")));
}
TEST(WorkingDaysByDay, CountAWorkedSaturday) {
  EXPECT_EQ(due_at(by_day(1), "2026-08-21 09:00"), shown(vn("2026-08-22 17:00")));
  EXPECT_EQ(due_at(by_day(2), "2026-08-21 09:00"), shown(vn("2026-08-24 17:00")));
}
TEST(WorkingDaysByDay, SkipAPlainSaturdayAndHolidays) {
  EXPECT_EQ(due_at(by_day(1), "2026-08-14 09:00"), shown(vn("2026-08-17 17:00")));
  EXPECT_EQ(due_at(by_day(1), "2026-08-28 09:00"), shown(vn("2026-09-03 17:00")));
  EXPECT_EQ(due_at(by_day(1), "2026-08-15 09:00"), shown(vn("2026-08-17 17:00")));
}
TEST(WorkingDaysByDay, ThreeHundredFromJanuary2024EndIn2025) {
  EXPECT_EQ(due_at(by_day(300), "2024-01-02 09:00"), shown(vn("2025-03-19 17:00")));
}
TEST(WorkingDaysByDay, EndAtMidnightForACitizen) {
  EXPECT_EQ(due_at(by_day(1), "2026-08-10 09:00", DayEnd::midnight), shown(vn("2026-08-12 00:00")));
}
TEST(WorkingDaysByDay, CloseWithTheHalfDayOnWhichTheyEnd) {
  const CalendarSpec spec =
      test::spec_of(hours_b(), {{{2026, 8, 11}, {{7 * 60, 11 * 60 + 30}}}}, {2026, 12, 31});
  const auto calendar = Calendar::compile({&spec, 1});
  const Instant monday = vn("2026-08-10 09:00");
  EXPECT_EQ(shown(derive_due(by_day(1), monday, *calendar, DayEnd::office_close, kLimitRules).at),
            shown(vn("2026-08-11 11:30")));
  EXPECT_EQ(shown(derive_due(by_day(2), monday, *calendar, DayEnd::office_close, kLimitRules).at),
            shown(vn("2026-08-12 17:00")));
  EXPECT_EQ(
      shown(derive_due(by_hours(1), vn("2026-08-10 14:00"), *calendar, DayEnd::office_close, kLimitRules).at),
      shown(vn("2026-08-12 07:30")));
}

TEST(WorkingDaysByHours, KeepTheHourOfTheDay) {
  EXPECT_EQ(due_at(by_hours(1), "2026-08-10 14:00"), shown(vn("2026-08-11 14:00")));
  EXPECT_EQ(due_at(by_hours(3), "2026-08-20 14:00"), shown(vn("2026-08-24 14:00")));
}
TEST(WorkingDaysByHours, FromTheOpeningEndAtTheClose) {
  EXPECT_EQ(due_at(by_hours(1), "2026-08-10 07:00"), shown(vn("2026-08-10 17:00")));
}

TEST(CalendarDays, StartTheDayAfterAndRollOffADayOff) {
  const DueDate landed = due(calendar_days(5), vn("2026-08-10 09:00"));
  EXPECT_EQ(shown(landed.at), shown(vn("2026-08-17 17:00")));
  EXPECT_EQ(landed.unrolled_on, on("2026-08-15"));
  EXPECT_EQ(landed.rolled_on, on("2026-08-17"));
}
TEST(CalendarDays, StayOnAWorkedSaturday) {
  EXPECT_EQ(due_at(calendar_days(12), "2026-08-10 09:00"), shown(vn("2026-08-22 17:00")));
}
TEST(CalendarDays, OfACitizenEndAtMidnightAfterADayOff) {
  const DueDate landed = due(calendar_days(15), vn("2026-11-09 10:00"), DayEnd::midnight);
  EXPECT_EQ(shown(landed.at), "2026-11-26T00:00:00+07:00");
  EXPECT_EQ(landed.unrolled_on, on("2026-11-24"));
  EXPECT_EQ(landed.rolled_on, on("2026-11-25"));
  EXPECT_FALSE(landed.provisional);
}

TEST(Months, FromThe31stEndOnTheLastOfAShorterMonth) {
  const DueDate plain = due(months(1), vn("2023-01-31 09:00"));
  EXPECT_EQ(shown(plain.at), shown(vn("2023-02-28 17:00")));
  const DueDate leap = due(months(1), vn("2024-01-31 09:00"));
  EXPECT_EQ(shown(leap.at), shown(vn("2024-02-29 17:00")));
  const DueDate saturday = due(months(1), vn("2026-01-31 09:00"));
  EXPECT_EQ(saturday.unrolled_on, on("2026-02-28"));
  EXPECT_EQ(shown(saturday.at), shown(vn("2026-03-02 17:00")));
}
TEST(Months, FromALeapDayEndOnThe29thOrThe28th) {
  EXPECT_EQ(due(months(1), vn("2024-02-29 09:00")).unrolled_on, on("2024-03-29"));
  EXPECT_EQ(due(months(12), vn("2024-02-29 09:00")).unrolled_on, on("2025-02-28"));
  EXPECT_EQ(due(months(12), vn("2025-02-28 09:00")).unrolled_on, on("2026-02-28"));
}

TEST(ClockHours, RunThroughNightsAndHolidays) {
  EXPECT_EQ(due_at(clock_hours(2), "2026-08-10 23:30"), shown(vn("2026-08-11 01:30")));
  EXPECT_EQ(due_at(clock_hours(24), "2026-08-14 16:00"), shown(vn("2026-08-15 16:00")));
  EXPECT_EQ(due_at(clock_hours(48), "2026-11-23 08:00"), shown(vn("2026-11-25 08:00")));
}
TEST(ClockHours, NeedNoCalendarPastItsHorizon) {
  const DueDate landed = due(clock_hours(24), vn("2027-06-01 10:00"));
  EXPECT_EQ(shown(landed.at), shown(vn("2027-06-02 10:00")));
  EXPECT_EQ(landed.pending, DuePending::none);
}

TEST(Immediate, UntilTheCutOffIsThatDay) {
  EXPECT_EQ(due_at(kImmediate, "2026-11-23 15:00:00.000"), shown(vn("2026-11-23 17:00")));
}
TEST(Immediate, OneMillisecondLaterIsTheNextWorkingDay) {
  EXPECT_EQ(due_at(kImmediate, "2026-11-23 15:00:00.001"), shown(vn("2026-11-25 17:00")));
}
TEST(Immediate, OnADayOffIsTheNextWorkingDay) {
  EXPECT_EQ(due_at(kImmediate, "2026-11-24 08:00"), shown(vn("2026-11-25 17:00")));
  EXPECT_EQ(due_at(kImmediate, "2026-08-22 08:00"), shown(vn("2026-08-22 17:00")));
}
TEST(Immediate, BeforeTheOpeningIsThatDay) {
  EXPECT_EQ(due_at(kImmediate, "2026-11-23 00:00"), shown(vn("2026-11-23 17:00")));
}
TEST(Immediate, AfterAHalfDayHasClosedIsTheNextWorkingDay) {
  const CalendarSpec spec =
      test::spec_of(hours_b(), {{{2026, 8, 11}, {{7 * 60, 11 * 60 + 30}}}}, {2026, 12, 31});
  const auto calendar = Calendar::compile({&spec, 1});
  const auto at = [&](std::string_view start) {
    return shown(derive_due(kImmediate, vn(start), *calendar, DayEnd::office_close, kLimitRules).at);
  };
  EXPECT_EQ(at("2026-08-11 11:30"), shown(vn("2026-08-11 11:30")));
  EXPECT_EQ(at("2026-08-11 11:30:00.001"), shown(vn("2026-08-12 17:00")));
}

TEST(Unspecified, HasNoDueDateAndSaysWhy) {
  const DueDate none = due({0, LimitUnit::unspecified}, vn("2026-08-10 09:00"));
  EXPECT_FALSE(none.at);
  EXPECT_EQ(none.pending, DuePending::untimed);
}

TEST(Horizon, DateInJanuary2027IsProvisional) {
  const DueDate landed = due(by_day(20), vn("2026-12-23 09:00"));
  EXPECT_EQ(shown(landed.at), shown(vn("2027-01-21 17:00")));
  EXPECT_TRUE(landed.provisional);
  EXPECT_FALSE(due(by_day(6), vn("2026-12-23 09:00")).provisional);
  EXPECT_TRUE(due(working_hours(1), vn("2026-12-31 17:00")).provisional);
  EXPECT_FALSE(due(working_hours(1), vn("2026-12-31 16:00")).provisional);
}
TEST(Horizon, CitizensMidnightRestsOnTheDayThatItEnds) {
  const DueDate landed = due(by_day(6), vn("2026-12-23 09:00"), DayEnd::midnight);
  EXPECT_EQ(shown(landed.at), shown(vn("2027-01-01 00:00")));
  EXPECT_FALSE(landed.provisional);
}
TEST(Horizon, DateRolledIntoTheProvisionalPartIsProvisional) {
  const CalendarSpec base = test::public_sector_spec(hours_b());
  CalendarSpec spec = base;
  spec.exceptions[on("2026-12-31")] = {{}, {}, "off", "a test", false};
  const auto calendar = Calendar::compile({&spec, 1});
  const DueDate landed =
      derive_due(calendar_days(1), vn("2026-12-30 09:00"), *calendar, DayEnd::office_close, kLimitRules);
  EXPECT_EQ(landed.unrolled_on, on("2026-12-31"));
  EXPECT_EQ(landed.rolled_on, on("2027-01-04"));
  EXPECT_TRUE(landed.provisional);
}
TEST(Horizon, DatePastItIsPendingUntilTheYearIsAdded) {
  const Instant accepted = vn("2026-12-23 09:00");
  const DueDate pending = due(by_day(30), accepted);
  EXPECT_FALSE(pending.at);
  EXPECT_EQ(pending.pending, DuePending::calendar_horizon);

  CalendarSpec revised = test::public_sector_spec(hours_b());
  revised.official_until_on = on("2027-12-31");
  revised.provisional_until_on.reset();
  const auto calendar = Calendar::compile({&revised, 1});
  const DueDate derived = derive_due(by_day(30), accepted, *calendar, DayEnd::office_close, kLimitRules);
  EXPECT_EQ(shown(derived.at), shown(vn("2027-02-04 17:00")));
  EXPECT_FALSE(derived.provisional);
  EXPECT_EQ(derived.pending, DuePending::none);
}
TEST(Horizon, EveryUnitThatNeedsTheCalendarSaysSo) {
  for (const Limit& limit : {working_hours(8), by_day(1), by_hours(1), calendar_days(1), months(1),
                             kImmediate, Limit{1, LimitUnit::by_cutoff}}) {
    EXPECT_EQ(due(limit, vn("2027-06-01 10:00")).pending, DuePending::calendar_horizon);
    EXPECT_EQ(due(limit, vn("2018-06-01 10:00")).pending, DuePending::calendar_horizon);
  }
}
TEST(Horizon, LimitsBeyondAllReasonArePendingToo) {
  constexpr std::int64_t kHuge = INT64_MAX;
  for (const Limit& limit : {working_hours(kHuge), by_day(kHuge), by_hours(kHuge), calendar_days(kHuge),
                             months(kHuge), clock_hours(kHuge)}) {
    EXPECT_EQ(due(limit, vn("2026-08-10 10:00")).pending, DuePending::calendar_horizon);
  }
}

// DESIGN section 2: paper accepted at the cut-off goes that day, a millisecond later at the start of the
// next.
TEST(ByCutoff, EndsThatDayOrAnHourAfterTheNextOpening) {
  const auto shown_due = [](const char* start) {
    return shown(due({1, LimitUnit::by_cutoff}, vn(start)).at);
  };
  EXPECT_EQ(shown_due("2026-11-23 15:00"), shown(vn("2026-11-23 17:00")));
  EXPECT_EQ(shown_due("2026-11-23 15:00:00.001"), shown(vn("2026-11-25 08:00")));
  EXPECT_EQ(shown_due("2026-11-23 06:00"), shown(vn("2026-11-23 17:00")));
  EXPECT_EQ(shown_due("2026-11-22 09:00"), shown(vn("2026-11-23 08:00")));
  const auto calendar = test::public_sector(hours_b());
  CountingRules noon = kLimitRules;
  noon.forward_cutoff_ms = 12 * 3'600'000;
  const Limit two{2, LimitUnit::by_cutoff};
  EXPECT_EQ(shown(derive_due(two, vn("2026-11-23 12:00:00.001"), *calendar, DayEnd::office_close, noon).at),
            shown(vn("2026-11-25 09:00")));
}

class EveryYearOfLimits : public testing::TestWithParam<int> {};

TEST_P(EveryYearOfLimits, DerivesWhatAWalkFromDayToDayFinds) {
  const CalendarSpec spec = test::spec_of(hours_b(), test::ragged_days(), {2029, 12, 31});
  const auto calendar = Calendar::compile({&spec, 1});
  const NaiveCalendar walk(hours_b(), test::ragged_days(), {2029, 12, 31});
  std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()));
  const auto derive = [&](const Limit& limit, Instant start, DayEnd day_end) {
    return derive_due(limit, start, *calendar, day_end, kLimitRules).at->ms;
  };
  for (int i = 0; i < 500; ++i) {
    const Instant start = test::random_instant(random, GetParam());
    const int days = static_cast<int>(random() % 400) + 1;
    const int month_count = static_cast<int>(random() % 25) + 1;
    constexpr DayEnd kClose = DayEnd::office_close;
    ASSERT_EQ(derive(by_day(days), start, kClose), walk.working_days(start.ms, days)) << shown(start);
    ASSERT_EQ(derive(by_hours(days), start, kClose), walk.add(start.ms, days * 8 * kHourMs)) << shown(start);
    ASSERT_EQ(derive(calendar_days(days), start, kClose), walk.calendar_days(start.ms, days, false));
    ASSERT_EQ(derive(calendar_days(days), start, DayEnd::midnight), walk.calendar_days(start.ms, days, true));
    ASSERT_EQ(derive(months(month_count), start, kClose), walk.months(start.ms, month_count)) << shown(start);
    ASSERT_EQ(derive(kImmediate, start, kClose), walk.immediate(start.ms)) << shown(start);
    const int hours = static_cast<int>(random() % 12) + 1;
    ASSERT_EQ(derive({hours, LimitUnit::by_cutoff}, start, kClose), walk.by_cutoff(start.ms, hours))
        << shown(start);
  }
}

INSTANTIATE_TEST_SUITE_P(From2020, EveryYearOfLimits, testing::Range(2020, 2027));

}  // namespace
}  // namespace motcua::core
