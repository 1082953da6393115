#include "engine/core/shift.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "tests/support/calendars.h"

namespace motcua::core {
namespace {

using test::hours_b;
using test::shown;
using test::vn;

constexpr CountingRules kShiftRules;

const Calendar& office() {
  static const auto calendar = test::public_sector(hours_b());
  return *calendar;
}

DueDate derived(Limit limit, Instant start) {
  return derive_due(limit, start, office(), DayEnd::office_close, kShiftRules);
}
std::string shifted(Limit limit, std::string_view start, std::string_view from, std::string_view to) {
  return shown(
      shift_due(derived(limit, vn(start)), limit, vn(from), vn(to), office(), DayEnd::office_close).at);
}
std::string extended(Limit limit, std::string_view start, Limit by) {
  return shown(extend_due(derived(limit, vn(start)), by, office(), DayEnd::office_close).at);
}

constexpr Limit kFiveDays{5, LimitUnit::working_day, DayCounting::by_day};

TEST(Suspension, MovesWorkingDaysByTheClosesInsideIt) {
  // Due Monday 10/08 17:00.
  EXPECT_EQ(shifted(kFiveDays, "2026-08-03 09:00", "2026-08-05 09:00", "2026-08-05 16:59:59.999"),
            shown(vn("2026-08-10 17:00")));
  // At the close itself the day has not closed inside; one millisecond later it has.
  EXPECT_EQ(shifted(kFiveDays, "2026-08-03 09:00", "2026-08-05 09:00", "2026-08-05 17:00"),
            shown(vn("2026-08-10 17:00")));
  EXPECT_EQ(shifted(kFiveDays, "2026-08-03 09:00", "2026-08-05 09:00", "2026-08-05 17:00:00.001"),
            shown(vn("2026-08-11 17:00")));
  // Begun at a close, it holds that close.
  EXPECT_EQ(shifted(kFiveDays, "2026-08-03 09:00", "2026-08-05 17:00", "2026-08-06 08:00"),
            shown(vn("2026-08-11 17:00")));
  EXPECT_EQ(shifted(kFiveDays, "2026-08-03 09:00", "2026-08-05 17:00:00.001", "2026-08-06 08:00"),
            shown(vn("2026-08-10 17:00")));
  // Over a weekend nothing closes.
  EXPECT_EQ(shifted(kFiveDays, "2026-08-03 09:00", "2026-08-08 09:00", "2026-08-09 18:00"),
            shown(vn("2026-08-10 17:00")));
}
// A counter that is open until 24:00: a day has not closed inside what ends at its close, though that is the
// next day's midnight, and has inside what begins there.
TEST(Suspension, CountsACloseAtMidnightForTheDayThatItEnds) {
  const auto late = test::public_sector({{7 * 60, 24 * 60}});
  const auto shifted_there = [&](std::string_view from, std::string_view to) {
    const DueDate due =
        derive_due(kFiveDays, vn("2026-08-03 09:00"), *late, DayEnd::office_close, kShiftRules);
    EXPECT_EQ(shown(due.at), shown(vn("2026-08-11 00:00")));
    return shown(shift_due(due, kFiveDays, vn(from), vn(to), *late, DayEnd::office_close).at);
  };
  EXPECT_EQ(shifted_there("2026-08-05 09:00", "2026-08-06 00:00"), shown(vn("2026-08-11 00:00")));
  EXPECT_EQ(shifted_there("2026-08-05 09:00", "2026-08-06 00:00:00.001"), shown(vn("2026-08-12 00:00")));
  EXPECT_EQ(shifted_there("2026-08-06 00:00", "2026-08-06 08:00"), shown(vn("2026-08-12 00:00")));
  EXPECT_EQ(shifted_there("2026-08-06 00:00:00.001", "2026-08-06 08:00"), shown(vn("2026-08-11 00:00")));
}

TEST(Suspension, MovesWorkingTimeByWhatWasWorkedInIt) {
  const Limit hours{8, LimitUnit::working_hour};
  // Due Tuesday 04/08 09:00; two hours of it lie over lunch and do not count.
  EXPECT_EQ(shifted(hours, "2026-08-03 09:00", "2026-08-03 11:00", "2026-08-03 14:00"),
            shown(vn("2026-08-04 10:00")));
  const Limit by_hours{2, LimitUnit::working_day, DayCounting::by_hours};
  EXPECT_EQ(shifted(by_hours, "2026-08-03 14:00", "2026-08-04 09:00", "2026-08-05 09:00"),
            shown(vn("2026-08-06 14:00")));
}
TEST(Suspension, MovesClockHoursByClockTime) {
  EXPECT_EQ(shifted({24, LimitUnit::hour}, "2026-08-07 16:00", "2026-08-07 17:00", "2026-08-10 17:00"),
            shown(vn("2026-08-11 16:00")));
}
TEST(Suspension, AddsMidnightsToTheUnrolledDayAndRollsOnce) {
  const Limit days{15, LimitUnit::calendar_day};
  // Day 15 after 31/07 is Saturday 15/08, rolled to Monday 17/08; one midnight later it is Sunday: the same
  // Monday.
  EXPECT_EQ(shifted(days, "2026-07-31 09:00", "2026-08-03 23:00", "2026-08-04 01:00"),
            shown(vn("2026-08-17 17:00")));
  EXPECT_EQ(shifted(days, "2026-07-31 09:00", "2026-08-03 23:00", "2026-08-06 01:00"),
            shown(vn("2026-08-18 17:00")));
  // A midnight at the beginning counts, one at the end does not.
  EXPECT_EQ(shifted(days, "2026-08-01 09:00", "2026-08-04 00:00", "2026-08-06 00:00"),
            shown(vn("2026-08-18 17:00")));
}
TEST(Suspension, LeavesWhatHasNoDateWithoutOne) {
  DueDate untimed;
  untimed.pending = DuePending::untimed;
  EXPECT_EQ(
      shift_due(untimed, {}, vn("2026-08-03 09:00"), vn("2026-08-04 09:00"), office(), DayEnd::office_close),
      untimed);
  // Past the horizon the date waits for the calendar.
  const DueDate due = shift_due(derived(kFiveDays, vn("2026-12-20 09:00")), kFiveDays, vn("2026-12-21 09:00"),
                                vn("2027-03-01 09:00"), office(), DayEnd::office_close);
  EXPECT_EQ(due.pending, DuePending::calendar_horizon);
}

TEST(Extension, CountsFromTheUnrolledDay) {
  // 15 days after 31/07: Saturday 15/08, rolled to Monday. Ten more end on Tuesday 25/08, not on Thursday.
  EXPECT_EQ(extended({15, LimitUnit::calendar_day}, "2026-07-31 09:00", {10, LimitUnit::calendar_day}),
            shown(vn("2026-08-25 17:00")));
  EXPECT_EQ(extended({1, LimitUnit::month}, "2026-07-15 09:00", {1, LimitUnit::month}),
            shown(vn("2026-09-15 17:00")));
  EXPECT_EQ(extended(kFiveDays, "2026-08-03 09:00", {3, LimitUnit::working_day, DayCounting::by_day}),
            shown(vn("2026-08-13 17:00")));
  EXPECT_EQ(extended({8, LimitUnit::working_hour}, "2026-08-03 09:00", {8, LimitUnit::working_hour}),
            shown(vn("2026-08-05 09:00")));
}

// The oracle counts instant by instant in steps of a minute; what is asked lies on whole minutes.
constexpr std::int64_t kMinute = 60'000;
bool worked(Instant at) {
  const Date day = local_date(at, kVietnamOffsetMinutes);
  const std::int64_t moment = (at - midnight(day, kVietnamOffsetMinutes)).ms;
  for (const Session& session : office().sessions(day)) {
    if (session.opens_ms <= moment && moment < session.closes_ms) return true;
  }
  return false;
}

TEST(Suspension, AgreesWithAWalkMinuteByMinute) {
  std::mt19937_64 random(11);
  const int rounds = std::getenv("MOTCUA_TEST_SHORT") != nullptr ? 20 : 300;
  const Instant base = vn("2025-12-01 00:00");
  for (int i = 0; i < rounds; ++i) {
    const Instant start = base + ClockTime{static_cast<std::int64_t>(random() % (200 * 1440)) * kMinute};
    const Instant from = start + ClockTime{static_cast<std::int64_t>(random() % 3000) * kMinute};
    const Instant to = from + ClockTime{static_cast<std::int64_t>(random() % 20'000) * kMinute};
    std::int64_t minutes = 0, closes = 0, nights = 0;
    for (Instant at = from; at < to; at = at + ClockTime{kMinute}) {
      minutes += worked(at);
      const bool closing = !worked(at) && worked(at - ClockTime{kMinute});
      const Date day = local_date(at, kVietnamOffsetMinutes);
      closes += closing && office().is_working_day(day) && office().close_of(day) == at;
      nights += midnight(day, kVietnamOffsetMinutes) == at;
    }
    // What a limit longer by as much would give, counted from the same start.
    const auto same = [&](Limit limit, std::int64_t more) {
      const DueDate moved = shift_due(derived(limit, start), limit, from, to, office(), DayEnd::office_close);
      limit.value += more;
      EXPECT_EQ(shown(moved.at), shown(derived(limit, start).at))
          << word_of(limit.unit) << ' ' << shown(start) << ' ' << shown(from) << ' ' << shown(to);
    };
    same({30, LimitUnit::working_day, DayCounting::by_day}, closes);
    same({40, LimitUnit::calendar_day}, nights);
    const Limit hours{200, LimitUnit::working_hour};
    const DueDate moved = shift_due(derived(hours, start), hours, from, to, office(), DayEnd::office_close);
    EXPECT_EQ(moved.at, office().add(start, {200 * kHourMs + minutes * kMinute}));
  }
}

}  // namespace
}  // namespace motcua::core
