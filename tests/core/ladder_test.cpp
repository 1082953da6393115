#include "engine/core/ladder.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/support/calendars.h"

// When the rungs of a ladder fire.
namespace motcua::core {
namespace {

using test::NaiveCalendar;
using test::vn;

const Limit kThreeDays{3, LimitUnit::working_day};

Rung rung_of(RungPlace place, std::int64_t value, LimitUnit unit, bool at_once = true) {
  Rung rung;
  rung.id = Code("r");
  rung.place = place;
  rung.distance = {value, unit};
  rung.at_once = at_once;
  return rung;
}

class LadderOfTheShippedHours : public ::testing::Test {
 protected:
  std::optional<Instant> at(const Rung& rung, std::string_view due) const {
    return rung_at(rung, vn(due), *calendar_, kThreeDays);
  }
  std::shared_ptr<const Calendar> calendar_ = test::public_sector(test::hours_b());
};

TEST_F(LadderOfTheShippedHours, CountsBackInWorkingTimeOverLunchNightAndHoliday) {
  EXPECT_EQ(at(rung_of(RungPlace::before, 4, LimitUnit::working_hour), "2026-08-11 17:00"),
            vn("2026-08-11 11:00"));
  EXPECT_EQ(at(rung_of(RungPlace::before, 4, LimitUnit::working_hour), "2026-08-11 08:00"),
            vn("2026-08-10 14:00"));
  // 24/11 is off.
  EXPECT_EQ(at(rung_of(RungPlace::before, 2, LimitUnit::working_hour), "2026-11-25 08:00"),
            vn("2026-11-23 16:00"));
  // Of the two moments with that much work before the due, the one at which somebody is there.
  EXPECT_EQ(at(rung_of(RungPlace::before, 1, LimitUnit::working_hour), "2026-08-11 08:00"),
            vn("2026-08-11 07:00"));
}

TEST_F(LadderOfTheShippedHours, GivesTheWholeWorkingDayFromItsOpening) {
  const Rung two_days = rung_of(RungPlace::before, 2, LimitUnit::working_day);
  EXPECT_EQ(at(two_days, "2026-08-12 17:00"), vn("2026-08-10 07:00"));
  EXPECT_EQ(at(two_days, "2026-08-11 09:00"), vn("2026-08-07 07:00"));
  // A due at 24:00 belongs to the day that it ends; 22/08 is a worked Saturday.
  EXPECT_EQ(at(rung_of(RungPlace::before, 1, LimitUnit::working_day), "2026-08-25 00:00"),
            vn("2026-08-22 07:00"));
  EXPECT_EQ(at(rung_of(RungPlace::after, 1, LimitUnit::working_day), "2026-11-23 17:00"),
            vn("2026-11-25 07:00"));
}

TEST_F(LadderOfTheShippedHours, IsDeliveredInWorkingTimeUnlessAtOnce) {
  EXPECT_EQ(at(rung_of(RungPlace::due, 0, LimitUnit::hour, true), "2026-08-11 17:00"),
            vn("2026-08-11 17:00"));
  EXPECT_EQ(at(rung_of(RungPlace::due, 0, LimitUnit::hour, false), "2026-08-11 17:00"),
            vn("2026-08-12 07:00"));
  EXPECT_EQ(at(rung_of(RungPlace::before, 3, LimitUnit::hour, false), "2026-08-11 02:00"),
            vn("2026-08-11 07:00"));
  EXPECT_EQ(at(rung_of(RungPlace::before, 3, LimitUnit::hour, true), "2026-08-11 02:00"),
            vn("2026-08-10 23:00"));
}

TEST_F(LadderOfTheShippedHours, HangsTheDutiesOfLatenessOnTheSettlement) {
  Rung apology = rung_of(RungPlace::before, 4, LimitUnit::working_hour);
  apology.clock = ClockKind::apology;
  // Due on Wednesday: the apology by Tuesday 24:00.
  EXPECT_EQ(at(apology, "2026-08-12 17:00"), vn("2026-08-11 11:00"));
  Rung explanation = rung_of(RungPlace::due, 0, LimitUnit::hour);
  explanation.clock = ClockKind::explanation;
  EXPECT_EQ(at(explanation, "2026-08-12 17:00"), vn("2026-08-17 17:00"));
}

TEST_F(LadderOfTheShippedHours, SaysNothingPastTheHorizon) {
  EXPECT_EQ(at(rung_of(RungPlace::after, 5, LimitUnit::working_day), "2027-01-28 17:00"), std::nullopt);
  EXPECT_EQ(at(rung_of(RungPlace::before, 1, LimitUnit::working_day), "2027-05-28 17:00"), std::nullopt);
}

// Counts in the list of the naive calendar's days.
class LadderBesideTheWalk : public ::testing::TestWithParam<int> {
 protected:
  std::size_t day_of(std::int64_t instant) const {
    std::size_t day = 0;
    while (day + 1 < walk_.days().size() && walk_.days()[day + 1].midnight_ms <= instant) ++day;
    return day;
  }
  bool somebody_works_at(std::int64_t instant) const {
    const test::NaiveDay& day = walk_.days()[day_of(instant)];
    const std::int64_t minute_ms = instant - day.midnight_ms;
    for (const test::Stretch& one : day.stretches) {
      if (one.opens * 60'000LL <= minute_ms && minute_ms < one.closes * 60'000LL) return true;
    }
    return false;
  }
  std::int64_t opening(std::size_t from, int step, std::int64_t count) const {
    std::size_t day = from;
    while (count > 0) {
      day = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(day) + step);
      if (!walk_.days()[day].stretches.empty()) --count;
    }
    return walk_.days()[day].midnight_ms + walk_.days()[day].stretches.front().opens * 60'000LL;
  }
  const NaiveCalendar walk_ = NaiveCalendar::public_sector(test::hours_b());
  const std::shared_ptr<const Calendar> calendar_ = test::public_sector(test::hours_b());
  std::mt19937_64 random_{static_cast<std::uint64_t>(GetParam())};
};

TEST_P(LadderBesideTheWalk, FindsEveryRungWhereTheWalkFindsIt) {
  for (int i = 0; i < 60; ++i) {
    const Instant due = test::random_instant(random_, GetParam());
    const std::int64_t hours = static_cast<std::int64_t>(random_() % 60) + 1;
    const auto before =
        rung_at(rung_of(RungPlace::before, hours, LimitUnit::working_hour), due, *calendar_, kThreeDays);
    ASSERT_TRUE(before);
    EXPECT_EQ(walk_.elapsed(before->ms, due.ms), hours * kHourMs) << test::shown(due);
    EXPECT_TRUE(somebody_works_at(before->ms)) << test::shown(before);
    const std::int64_t days = static_cast<std::int64_t>(random_() % 9) + 1;
    const std::size_t day = day_of(due.ms - 1);
    EXPECT_EQ(rung_at(rung_of(RungPlace::before, days, LimitUnit::working_day), due, *calendar_, kThreeDays),
              Instant{opening(day, -1, days)});
    EXPECT_EQ(rung_at(rung_of(RungPlace::after, days, LimitUnit::working_day), due, *calendar_, kThreeDays),
              Instant{opening(day, 1, days)});
  }
}

TEST_P(LadderBesideTheWalk, KnowsTheLastDueWhoseRungHasFired) {
  const LimitUnit units[] = {LimitUnit::working_hour, LimitUnit::working_day, LimitUnit::hour};
  const ClockKind clocks[] = {ClockKind::settlement, ClockKind::apology, ClockKind::explanation};
  for (int i = 0; i < 200; ++i) {
    Rung rung =
        rung_of(static_cast<RungPlace>(random_() % 3 + 1), static_cast<std::int64_t>(random_() % 20) + 1,
                units[random_() % 3], random_() % 2 == 0);
    rung.clock = clocks[random_() % 3];
    const Instant now = test::random_instant(random_, GetParam());
    const Instant last = last_due_fired(rung, now, *calendar_, kThreeDays);
    const auto fires = [&](Instant due) { return rung_at(rung, due, *calendar_, kThreeDays); };
    ASSERT_TRUE(fires(last));
    EXPECT_LE(*fires(last), now);
    EXPECT_GT(fires(last + ClockTime{1}).value_or(now + ClockTime{1}), now);
    // Never sooner for a later due.
    const Instant due = test::random_instant(random_, GetParam());
    const Instant later = due + ClockTime{static_cast<std::int64_t>(random_() % (9 * kDayMs))};
    if (fires(due) && fires(later)) {
      EXPECT_LE(*fires(due), *fires(later));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Years, LadderBesideTheWalk, ::testing::Range(2021, 2027));

}  // namespace
}  // namespace motcua::core
