#include "engine/core/moved_due.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "engine/core/terms.h"
#include "tests/support/calendars.h"

namespace motcua::core {
namespace {

using test::hours_b;
using test::NaiveCalendar;
using test::NaiveDay;
using test::shown;
using test::vn;

const Calendar& calendar() {
  static const auto shared = test::public_sector(hours_b());
  return *shared;
}
DueDate due_of(Limit limit, Instant start) {
  return derive_due(limit, start, calendar(), DayEnd::office_close, {});
}
std::string moved(Limit limit, std::string_view start, std::string_view from, std::string_view to) {
  const DueDate due = due_of(limit, vn(start));
  return shown(moved_due(due, limit, DayEnd::office_close, vn(from), vn(to), calendar()).at);
}

constexpr Limit kFiveDays{5, LimitUnit::working_day, DayCounting::by_day};
constexpr Limit kTenCalendarDays{10, LimitUnit::calendar_day, DayCounting::by_day};

// Monday 10/08/2026: five days end on Monday 17/08.
TEST(MovedDue, CountsTheClosesThatLieInsideTheWait) {
  EXPECT_EQ(moved(kFiveDays, "2026-08-10 09:00", "2026-08-11 08:00", "2026-08-11 17:00"),
            shown(vn("2026-08-17 17:00")))
      << "the close of the day it ended on is outside";
  EXPECT_EQ(moved(kFiveDays, "2026-08-10 09:00", "2026-08-11 08:00", "2026-08-11 17:00:00.001"),
            shown(vn("2026-08-18 17:00")));
  EXPECT_EQ(moved(kFiveDays, "2026-08-10 09:00", "2026-08-11 17:00", "2026-08-12 08:00"),
            shown(vn("2026-08-18 17:00")))
      << "the close at which it began is inside";
}

// Day 10 is Thursday 20/08/2026.
TEST(MovedDue, AddsTheMidnightsToTheUnrolledDay) {
  EXPECT_EQ(moved(kTenCalendarDays, "2026-08-10 09:00", "2026-08-11 08:00", "2026-08-14 08:00"),
            shown(vn("2026-08-24 17:00")))
      << "Sunday 23/08 rolls to Monday";
  EXPECT_EQ(moved(kTenCalendarDays, "2026-08-10 09:00", "2026-08-11 08:00", "2026-08-12 00:00"),
            shown(vn("2026-08-20 17:00")))
      << "the midnight at which it ended is outside";
  EXPECT_EQ(moved(kTenCalendarDays, "2026-08-10 09:00", "2026-08-11 08:00", "2026-08-12 00:00:00.001"),
            shown(vn("2026-08-21 17:00")));
}

TEST(MovedDue, KeepsWhatHasNoDate) {
  const DueDate none = due_of({0, LimitUnit::unspecified}, vn("2026-08-10 09:00"));
  EXPECT_EQ(moved_due(none, {0, LimitUnit::unspecified}, DayEnd::office_close, vn("2026-08-10 10:00"),
                      vn("2026-08-20 10:00"), calendar()),
            none);
}

TEST(MovedDue, SaysWhenItPassesTheHorizon) {
  const DueDate due = due_of(kFiveDays, vn("2027-01-20 09:00"));
  ASSERT_TRUE(due.at);
  const DueDate moved = moved_due(due, kFiveDays, DayEnd::office_close, vn("2027-01-21 08:00"),
                                  vn("2027-01-29 18:00"), calendar());
  EXPECT_FALSE(moved.at);
  EXPECT_EQ(moved.pending, DuePending::calendar_horizon);
}

class Oracle {
 public:
  const NaiveCalendar naive = NaiveCalendar::public_sector(hours_b());

  static std::int64_t close_of(const NaiveDay& day) {
    return day.midnight_ms + day.stretches.back().closes * std::int64_t{60'000};
  }
  // Walks the days one by one.
  std::optional<std::int64_t> by_closes(std::int64_t due, std::int64_t from, std::int64_t to) const {
    int left = 0;
    for (const NaiveDay& day : naive.days()) {
      if (!day.stretches.empty() && close_of(day) >= from && close_of(day) < to) ++left;
    }
    if (left == 0) return due;
    for (const NaiveDay& day : naive.days()) {
      if (!day.stretches.empty() && close_of(day) > due && --left == 0) return close_of(day);
    }
    return std::nullopt;
  }
  std::optional<std::int64_t> by_midnights(std::int64_t start, int count, std::int64_t from,
                                           std::int64_t to) const {
    for (const NaiveDay& day : naive.days()) count += day.midnight_ms >= from && day.midnight_ms < to ? 1 : 0;
    return naive.calendar_days(start, count, false);
  }
  std::optional<std::int64_t> by_working_time(std::int64_t due, std::int64_t from, std::int64_t to) const {
    const auto waited = naive.elapsed(from, to);
    return waited ? naive.add(due, *waited) : std::nullopt;
  }
};

TEST(MovedDue, IsWhereTheNaiveCalendarPutsIt) {
  static const Oracle oracle;
  std::mt19937_64 random(11);
  const int rounds = std::getenv("MOTCUA_TEST_SHORT") != nullptr ? 150 : 1500;
  for (int i = 0; i < rounds; ++i) {
    const Instant start = test::random_instant(random, 2024 + static_cast<int>(random() % 2));
    const Instant from = start + ClockTime{static_cast<std::int64_t>(random() % (9 * kDayMs))};
    const std::int64_t step = random() % 2 == 0 ? 1 : 30 * 60'000;
    const Instant to = from + ClockTime{static_cast<std::int64_t>(random() % (20 * kDayMs)) / step * step};
    const auto n = static_cast<std::int64_t>(1 + random() % 12);
    const auto expect = [&](Limit limit, std::optional<std::int64_t> wanted) {
      const DueDate due = due_of(limit, start);
      const DueDate found = moved_due(due, limit, DayEnd::office_close, from, to, calendar());
      ASSERT_TRUE(wanted && found.at);
      EXPECT_EQ(shown(found.at), shown(Instant{*wanted}))
          << word_of(limit.unit) << ' ' << n << " from " << shown(start) << ", waited " << shown(from)
          << " to " << shown(to);
    };
    const auto due_ms = [&](Limit limit) { return due_of(limit, start).at->ms; };
    const Limit days{n, LimitUnit::working_day, DayCounting::by_day};
    const Limit hours{n, LimitUnit::working_hour};
    const Limit calendar_days{n, LimitUnit::calendar_day};
    const Limit clock{n, LimitUnit::hour};
    expect(days, oracle.by_closes(due_ms(days), from.ms, to.ms));
    expect(hours, oracle.by_working_time(due_ms(hours), from.ms, to.ms));
    expect(calendar_days, oracle.by_midnights(start.ms, static_cast<int>(n), from.ms, to.ms));
    expect(clock, due_ms(clock) + (to.ms - from.ms));
  }
}

}  // namespace
}  // namespace motcua::core
