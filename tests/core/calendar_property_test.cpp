#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "engine/core/calendar.h"
#include "tests/support/calendars.h"

// What holds for every calendar and every instant, whatever the law says of a date.
namespace motcua::core {
namespace {

using test::NaiveCalendar;
using test::shown;

// Sanitizers make the walk slow; they look at fewer days then.
int rounds(int all) { return std::getenv("MOTCUA_TEST_SHORT") != nullptr ? all / 20 : all; }

// Up to four sessions of a day, at any minute; sometimes touching, often none.
test::Stretches random_day(std::mt19937_64& random) {
  const std::size_t edges = random() % 4 == 0 ? 0 : 2 * (random() % 4 + 1);
  std::vector<int> minutes;
  for (std::size_t i = 0; i < edges; ++i) minutes.push_back(static_cast<int>(random() % 1441));
  std::sort(minutes.begin(), minutes.end());
  test::Stretches day;
  for (std::size_t i = 0; i < edges; i += 2) {
    const int opens = !day.empty() && random() % 4 == 0 ? day.back().closes : minutes[i];
    if (opens < minutes[i + 1]) day.push_back({opens, minutes[i + 1]});
  }
  return day;
}

std::map<test::Civil, test::Stretches> random_days(std::mt19937_64& random, int year) {
  std::map<test::Civil, test::Stretches> own;
  for (int i = 0; i < 60; ++i) {
    const test::Civil on{year, static_cast<int>(random() % 12) + 1, static_cast<int>(random() % 28) + 1};
    own[on] = random_day(random);
  }
  return own;
}

class EachYear : public testing::TestWithParam<int> {
 protected:
  std::mt19937_64 random_{static_cast<std::uint64_t>(GetParam()) * 31};
  Instant any() { return test::random_instant(random_, GetParam()); }
};

TEST_P(EachYear, AddsAndElapsesLikeTheWalkAtEveryEdgeOfASession) {
  const auto calendar = test::public_sector(test::hours_b());
  const NaiveCalendar walk = NaiveCalendar::public_sector(test::hours_b());
  constexpr std::int64_t kSecond = 1000;
  constexpr std::int64_t kLengths[] = {0,          1, 3'600 * kSecond, 12'600 * kSecond, 16'200 * kSecond,
                                       8 * kHourMs};
  const std::size_t stride = std::getenv("MOTCUA_TEST_SHORT") != nullptr ? 30 : 1;
  std::size_t number = 0;
  for (const test::NaiveDay& day : walk.days()) {
    if (day.on.year != GetParam() || number++ % stride != 0) continue;
    for (const int minute : {0, 7 * 60, 11 * 60 + 30, 13 * 60 + 30, 17 * 60}) {
      for (const std::int64_t beside : {-1, 0, 1}) {
        const Instant start{day.midnight_ms + minute * 60 * kSecond + beside};
        for (const std::int64_t length : kLengths) {
          const std::optional<Instant> end = calendar->add(start, {length});
          const std::optional<std::int64_t> walked = walk.add(start.ms, length);
          ASSERT_EQ(end.has_value(), walked.has_value()) << shown(start) << " + " << length;
          if (!end) continue;
          ASSERT_EQ(end->ms, *walked) << shown(start) << " + " << length;
          ASSERT_EQ(calendar->elapsed(start, *end), WorkingTime{length}) << shown(start) << " + " << length;
        }
      }
    }
  }
}

TEST_P(EachYear, AddsLikeTheWalkThroughAnyWeek) {
  for (int i = 0; i < 4; ++i) {
    const test::Stretches hours = random_day(random_);
    const auto own = random_days(random_, GetParam());
    const test::Civil last{GetParam() + 1, 6, 30};
    const CalendarSpec spec = test::spec_of(hours, own, last);
    ASSERT_EQ(check_calendar({&spec, 1}), std::vector<std::string>{});
    const auto calendar = Calendar::compile({&spec, 1});
    const NaiveCalendar walk(hours, own, last);
    for (int j = 0; j < rounds(400); ++j) {
      const Instant start = any();
      const auto length =
          static_cast<std::int64_t>(random_() % (j % 2 == 0 ? 40 * kHourMs : 2'000 * kHourMs));
      const std::optional<Instant> end = calendar->add(start, {length});
      const std::optional<std::int64_t> walked = walk.add(start.ms, length);
      ASSERT_EQ(end.has_value(), walked.has_value()) << shown(start) << " + " << length;
      if (!end) continue;
      ASSERT_EQ(end->ms, *walked) << shown(start) << " + " << length;
      ASSERT_EQ(calendar->elapsed(start, *end), WorkingTime{length}) << shown(start) << " + " << length;
    }
  }
}

TEST_P(EachYear, AddingWhatElapsedReachesTheLastWorkBeforeTheEnd) {
  const auto calendar = test::public_sector(test::hours_b());
  for (int i = 0; i < rounds(20'000); ++i) {
    const Instant from = any();
    const Instant to = any();
    const WorkingTime worked = calendar->elapsed(from, to).value();
    if (worked.ms == 0) continue;
    const Instant reached = calendar->add(from, worked).value();
    ASSERT_LE(reached, to) << shown(from) << " to " << shown(to);
    ASSERT_EQ(calendar->elapsed(reached, to), WorkingTime{0}) << shown(from) << " to " << shown(to);
  }
}

TEST_P(EachYear, ElapsesTheSameInOnePieceOrTwo) {
  const auto calendar = test::public_sector(test::hours_b());
  for (int i = 0; i < rounds(20'000); ++i) {
    Instant at[] = {any(), any(), any()};
    std::sort(std::begin(at), std::end(at));
    ASSERT_EQ(*calendar->elapsed(at[0], at[1]) + *calendar->elapsed(at[1], at[2]),
              *calendar->elapsed(at[0], at[2]))
        << shown(at[0]) << shown(at[1]) << shown(at[2]);
  }
}

TEST_P(EachYear, AddsTheSameInOnePieceOrTwo) {
  const auto calendar = test::public_sector(test::hours_b());
  for (int i = 0; i < rounds(20'000); ++i) {
    const Instant start = any();
    const WorkingTime first{static_cast<std::int64_t>(random_() % (60 * kHourMs))};
    const WorkingTime second{static_cast<std::int64_t>(random_() % (60 * kHourMs)) + 1};
    const std::optional<Instant> whole = calendar->add(start, first + second);
    if (!whole) continue;
    ASSERT_EQ(calendar->add(calendar->add(start, first).value(), second), whole) << shown(start);
  }
}

INSTANTIATE_TEST_SUITE_P(From2020, EachYear, testing::Range(2020, 2027));

}  // namespace
}  // namespace motcua::core
