#include "engine/core/calendar.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/calendars.h"

namespace motcua::core {
namespace {

using test::hours_a;
using test::hours_b;
using test::NaiveCalendar;
using test::on;
using test::shown;
using test::vn;

WorkingTime hours(int n) { return {n * kHourMs}; }

std::string add(const test::Stretches& day, std::string_view start, int n) {
  return shown(test::public_sector(day)->add(vn(start), hours(n)));
}

// The vectors of the issue; Monday is 10/08/2026 where it names none.
TEST(HoursA, AfterCloseCountFromNextMorning) {
  EXPECT_EQ(add(hours_a(), "2026-08-10 20:00", 1), shown(vn("2026-08-11 08:30")));
}
TEST(HoursA, EndAtTheCloseOfTheMorning) {
  EXPECT_EQ(add(hours_a(), "2026-08-10 20:00", 4), shown(vn("2026-08-11 11:30")));
}
TEST(HoursA, StartOfLunchCountsFromTheAfternoon) {
  EXPECT_EQ(add(hours_a(), "2026-08-10 11:30", 1), shown(vn("2026-08-10 14:00")));
}
TEST(HoursA, StartOfLunchRunsIntoTheNextMorning) {
  EXPECT_EQ(add(hours_a(), "2026-08-10 11:30", 5), shown(vn("2026-08-11 08:30")));
}
TEST(HoursA, StartOnAHolidayCountsFromTheNextWorkingDay) {
  EXPECT_EQ(add(hours_a(), "2024-04-30 09:00", 8), shown(vn("2024-05-02 17:00")));
}
TEST(HoursA, EveningToEveningIsOneWorkingDay) {
  const auto calendar = test::public_sector(hours_a());
  EXPECT_EQ(calendar->elapsed(vn("2026-08-10 18:14"), vn("2026-08-11 17:45")), (WorkingTime{480 * 60'000}));
}
TEST(HoursB, PlainSaturdayIsNotCounted) {
  EXPECT_EQ(add(hours_b(), "2026-08-15 10:00", 8), shown(vn("2026-08-17 17:00")));
}
TEST(HoursB, WorkedSaturdayIsCounted) {
  EXPECT_EQ(add(hours_b(), "2026-08-22 10:00", 8), shown(vn("2026-08-24 10:00")));
}
TEST(HoursB, StartOfLunchCountsFromTheAfternoon) {
  EXPECT_EQ(add(hours_b(), "2026-08-10 11:30", 1), shown(vn("2026-08-10 14:30")));
}
TEST(HoursB, AfternoonRunsIntoTheNextAfternoon) {
  EXPECT_EQ(add(hours_b(), "2026-08-10 16:00", 6), shown(vn("2026-08-11 14:00")));
}
TEST(HoursB, EightHoursBeforeAWorkedSaturdayEndOnIt) {
  EXPECT_EQ(add(hours_b(), "2026-08-21 16:00", 8), shown(vn("2026-08-22 16:00")));
}
TEST(HoursB, EightHoursSkipCultureDay) {
  EXPECT_EQ(add(hours_b(), "2026-11-23 16:00", 8), shown(vn("2026-11-25 16:00")));
}

TEST(Calendar, EndsOnTheCloseAndNotOnTheNextOpening) {
  EXPECT_EQ(add(hours_b(), "2026-08-10 16:00", 1), shown(vn("2026-08-10 17:00")));
  EXPECT_EQ(add(hours_b(), "2026-08-10 17:00", 0), shown(vn("2026-08-11 07:00")));
}

TEST(Calendar, AnswersTheFirstWorkingMomentForNoTime) {
  EXPECT_EQ(add(hours_b(), "2026-08-10 09:13:07.001", 0), shown(vn("2026-08-10 09:13:07.001")));
  EXPECT_EQ(add(hours_b(), "2026-08-10 11:30", 0), shown(vn("2026-08-10 13:30")));
  EXPECT_EQ(add(hours_b(), "2026-08-15 09:00", 0), shown(vn("2026-08-17 07:00")));
}

TEST(Calendar, CountsNothingBackwards) {
  const auto calendar = test::public_sector(hours_b());
  EXPECT_EQ(calendar->elapsed(vn("2026-08-11 10:00"), vn("2026-08-10 10:00")), WorkingTime{0});
  EXPECT_EQ(calendar->elapsed(vn("2026-08-11 10:00"), vn("2026-08-11 10:00")), WorkingTime{0});
}

TEST(Calendar, GuessesNothingPastItsHorizon) {
  const auto calendar = test::public_sector(hours_b());
  EXPECT_EQ(shown(calendar->add(vn("2027-01-29 16:00"), hours(1))), shown(vn("2027-01-29 17:00")));
  EXPECT_FALSE(calendar->add(vn("2027-01-29 16:00"), {kHourMs + 1}));
  EXPECT_FALSE(calendar->add(vn("2027-01-29 17:00"), hours(0)));
  EXPECT_FALSE(calendar->add(vn("2027-02-01 09:00"), hours(0)));
  EXPECT_FALSE(calendar->add(vn("2019-12-31 23:59:59.999"), hours(1)));
  EXPECT_FALSE(calendar->add(vn("2026-08-10 09:00"), {INT64_MAX}));
  EXPECT_TRUE(calendar->elapsed(vn("2020-01-01 00:00"), vn("2027-02-01 00:00")));
  EXPECT_FALSE(calendar->elapsed(vn("2020-01-01 00:00"), vn("2027-02-01 00:00:00.001")));
  EXPECT_FALSE(calendar->elapsed(vn("2019-12-31 23:59:59.999"), vn("2020-01-02 00:00")));
  EXPECT_FALSE(calendar->working_day_after(on("2027-01-29"), 1));
  EXPECT_FALSE(calendar->working_day_from(on("2027-01-30")));
  EXPECT_FALSE(calendar->working_days_between(on("2027-01-29"), on("2027-02-01")));
  EXPECT_FALSE(calendar->knows(on("2027-02-01")));
  EXPECT_TRUE(calendar->is_provisional(on("2027-01-01")));
  EXPECT_FALSE(calendar->is_provisional(on("2026-12-31")));
}

TEST(Calendar, CountsFromTheDayBeforeItsFirst) {
  const auto calendar = test::public_sector(hours_b());
  EXPECT_EQ(calendar->working_day_after(on("2019-12-31"), 1), on("2020-01-02"));
  EXPECT_EQ(calendar->working_day_from(on("2020-01-01")), on("2020-01-02"));
  EXPECT_FALSE(calendar->working_day_after(on("2019-12-30"), 1));
}

// Each year against the walk, on the shipped kind of week and on a ragged one.
class EveryYear : public testing::TestWithParam<int> {
 protected:
  static constexpr int kRounds = 1'500;

  void agrees_with(const Calendar& calendar, const NaiveCalendar& walk) {
    std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()));
    std::uniform_int_distribution<std::int64_t> any(0, 900 * 8 * kHourMs);
    for (int i = 0; i < kRounds; ++i) {
      const Instant start = test::random_instant(random, GetParam());
      // Most limits are short or whole hours; a whole number of them ends on the close of a session.
      const std::int64_t kind = static_cast<std::int64_t>(random() % 3);
      const std::int64_t length = kind == 0   ? any(random)
                                  : kind == 1 ? any(random) % (100 * kHourMs)
                                              : any(random) % 400 * (kHourMs / 2);
      const std::optional<Instant> end = calendar.add(start, {length});
      const std::optional<std::int64_t> walked = walk.add(start.ms, length);
      ASSERT_EQ(end.has_value(), walked.has_value()) << shown(start) << " + " << length;
      if (!end) continue;
      ASSERT_EQ(end->ms, *walked) << shown(start) << " + " << length;
      ASSERT_EQ(calendar.elapsed(start, *end), WorkingTime{length}) << shown(start) << " + " << length;
      const Instant other = test::random_instant(random, GetParam());
      ASSERT_EQ(calendar.elapsed(start, other)->ms, walk.elapsed(start.ms, other.ms)) << shown(start);
    }
  }
};

TEST_P(EveryYear, AddsLikeAWalkThroughThePublicSector) {
  agrees_with(*test::public_sector(hours_b()), NaiveCalendar::public_sector(hours_b()));
}

TEST_P(EveryYear, AddsLikeAWalkThroughRaggedDays) {
  const CalendarSpec spec = test::spec_of(hours_a(), test::ragged_days(), {2029, 12, 31});
  agrees_with(*Calendar::compile({&spec, 1}), NaiveCalendar(hours_a(), test::ragged_days(), {2029, 12, 31}));
}

TEST_P(EveryYear, WorksTheDaysThatTheLawSays) {
  const auto calendar = test::public_sector(hours_b());
  Date last_worked = on("2019-12-31");
  std::int64_t count = 0;
  const auto naive = NaiveCalendar::public_sector(hours_b());
  for (const test::NaiveDay& day : naive.days()) {
    const Date date = *make_date(day.on.year, day.on.month, day.on.day);
    const bool worked = !day.stretches.empty();
    if (day.on.year == GetParam()) {
      ASSERT_EQ(calendar->is_working_day(date), worked) << format_date(date);
      ASSERT_EQ(calendar->working_days_between(on("2019-12-31"), date), count + worked);
      ASSERT_EQ(calendar->working_day_after(last_worked, 1) == date, worked) << format_date(date);
      ASSERT_EQ(calendar->working_day_from(date) == date, worked) << format_date(date);
      if (worked) {
        ASSERT_EQ(calendar->working_day_after(on("2019-12-31"), count + 1), date);
        ASSERT_EQ(calendar->opening_of(date).ms, day.midnight_ms + 7 * kHourMs);
        ASSERT_EQ(calendar->close_of(date).ms, day.midnight_ms + 17 * kHourMs);
      }
    }
    if (!worked) continue;
    last_worked = date;
    ++count;
  }
}

INSTANTIATE_TEST_SUITE_P(From2020, EveryYear, testing::Range(2020, 2027));

TEST(Calendar, CountsADayOfOneMinute) {
  const std::map<test::Civil, test::Stretches> own = {{{2020, 1, 7}, {{600, 601}}}};
  const CalendarSpec spec = test::spec_of(hours_b(), own, {2020, 12, 31});
  const auto calendar = Calendar::compile({&spec, 1});
  const NaiveCalendar walk(hours_b(), own, {2020, 12, 31});
  for (std::int64_t length = 0; length < 40 * kHourMs; length += 17'000) {
    ASSERT_EQ(calendar->add(vn("2020-01-03 10:00"), {length})->ms,
              walk.add(vn("2020-01-03 10:00").ms, length));
  }
}

TEST(Calendar, NeverWorkedAnswersNothing) {
  const CalendarSpec spec = test::spec_of({}, {}, {2020, 12, 31});
  const auto calendar = Calendar::compile({&spec, 1});
  EXPECT_FALSE(calendar->add(vn("2020-06-01 10:00"), hours(0)));
  EXPECT_FALSE(calendar->add(vn("2020-06-01 10:00"), hours(1)));
  EXPECT_EQ(calendar->elapsed(vn("2020-06-01 10:00"), vn("2020-06-05 10:00")), WorkingTime{0});
  EXPECT_FALSE(calendar->working_day_from(on("2020-06-01")));
}

}  // namespace
}  // namespace motcua::core
