#include "engine/core/explanation.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/support/calendars.h"

namespace motcua::core {
namespace {

using test::hours_b;
using test::NaiveCalendar;
using test::on;
using test::shown;
using test::vn;

constexpr CountingRules kExplainedRules;

const Calendar& shipped() {
  static const auto calendar = test::public_sector(hours_b());
  return *calendar;
}

Explanation explained(Limit limit, std::string_view start, DayEnd day_end = DayEnd::office_close) {
  return explain(limit, vn(start), shipped(), day_end, kExplainedRules);
}

// "+" counted, "-" not, with the reason and its date.
std::string outline(const std::vector<ExplainedSpan>& spans) {
  std::string text;
  for (const ExplainedSpan& span : spans) {
    text += std::string(span.counted ? "+" : "-") + std::string(word_of(span.why)) + ' ' +
            format_date(span.on).substr(8) + '\n';
  }
  return text;
}

constexpr Limit kHours8{8, LimitUnit::working_hour};

TEST(Explanation, OfWorkingHoursNamesSessionsNightsAndTheWorkedSaturday) {
  const Explanation why = explained(kHours8, "2026-08-21 16:00");
  EXPECT_EQ(shown(why.due.at), shown(vn("2026-08-22 16:00")));
  EXPECT_EQ(outline(why.spans),
            "+session 21\n-outside_session 21\n-outside_session 22\n+session 22\n-outside_session "
            "22\n+session 22\n");
  ASSERT_TRUE(why.spans[3].exception);
  EXPECT_EQ(why.spans[3].exception->name, "worked Saturday");
  EXPECT_FALSE(why.spans[0].exception);
}
TEST(Explanation, OfWorkingHoursNamesTheHolidayItSkips) {
  const Explanation why = explained({2, LimitUnit::working_hour}, "2026-11-23 16:00");
  EXPECT_EQ(outline(why.spans),
            "+session 23\n-outside_session 23\n-exception 24\n-outside_session 25\n+session 25\n");
  EXPECT_EQ(why.spans[2].exception->name, "holiday");
  EXPECT_EQ(why.spans[2].from, vn("2026-11-24 00:00"));
  EXPECT_EQ(why.spans[2].to, vn("2026-11-25 00:00"));
}
TEST(Explanation, OfAHandOverCountsThatDayOrTheFirstHourOfTheNext) {
  const Limit cutoff{1, LimitUnit::by_cutoff};
  const Explanation in_time = explained(cutoff, "2026-11-23 15:00");
  EXPECT_EQ(shown(in_time.due.at), shown(vn("2026-11-23 17:00")));
  EXPECT_EQ(outline(in_time.spans), "+working_day 23\n");
  const Explanation after = explained(cutoff, "2026-11-23 15:00:00.001");
  EXPECT_EQ(shown(after.due.at), shown(vn("2026-11-25 08:00")));
  EXPECT_EQ(outline(after.spans), "-after_cutoff 23\n-exception 24\n-outside_session 25\n+session 25\n");
  const Explanation on_sunday = explained(cutoff, "2026-11-22 09:00");
  EXPECT_EQ(outline(on_sunday.spans), "-weekly_off 22\n-outside_session 23\n+session 23\n");
}
TEST(Explanation, OfNoTimeAtAllIsOneMoment) {
  const Explanation why = explained({0, LimitUnit::hour}, "2026-11-24 09:00");
  EXPECT_EQ(why.due.at, vn("2026-11-24 09:00"));
  ASSERT_EQ(why.spans.size(), 1u);
  EXPECT_EQ(why.spans[0].from, why.spans[0].to);
}
TEST(Explanation, OfWorkingDaysLeavesOutTheEventAndTheWeekend) {
  const Explanation why = explained({2, LimitUnit::working_day}, "2026-08-13 09:00");
  EXPECT_EQ(outline(why.spans),
            "-event_day 13\n+working_day 14\n-weekly_off 15\n-weekly_off 16\n+working_day 17\n");
  EXPECT_EQ(why.due_day_sessions.size(), 2u);
  EXPECT_EQ(why.spans.back().to, vn("2026-08-17 17:00"));
}
TEST(Explanation, OfCalendarDaysSeparatesCountingFromRolling) {
  const Explanation why = explained({15, LimitUnit::calendar_day}, "2026-11-09 10:00", DayEnd::midnight);
  ASSERT_EQ(why.spans.size(), 17u);
  EXPECT_TRUE(why.spans[15].counted);
  EXPECT_EQ(why.spans[15].why, SpanReason::exception);
  EXPECT_EQ(why.spans[15].on, on("2026-11-24"));
  EXPECT_FALSE(why.spans[16].counted);
  EXPECT_EQ(why.spans[16].to, vn("2026-11-26 00:00"));
}
TEST(Explanation, OfWhatIsDueAtOnceSaysWhyNotToday) {
  const Limit at_once{0, LimitUnit::immediate};
  EXPECT_EQ(outline(explained(at_once, "2026-11-23 15:00").spans), "+working_day 23\n");
  EXPECT_EQ(outline(explained(at_once, "2026-11-23 15:00:00.001").spans),
            "-after_cutoff 23\n-exception 24\n+working_day 25\n");
  EXPECT_EQ(outline(explained(at_once, "2026-08-15 10:00").spans),
            "-weekly_off 15\n-weekly_off 16\n+working_day 17\n");
}
TEST(Explanation, OfWhatIsDueTheMomentItStartsIsThatMoment) {
  const CalendarSpec spec =
      test::spec_of(hours_b(), {{{2026, 8, 11}, {{7 * 60, 11 * 60 + 30}}}}, {2026, 12, 31});
  const auto calendar = Calendar::compile({&spec, 1});
  const Limit at_once{0, LimitUnit::immediate};
  const auto why = explain(at_once, vn("2026-08-11 11:30"), *calendar, DayEnd::office_close, kExplainedRules);
  EXPECT_EQ(outline(why.spans), "+working_day 11\n");
  EXPECT_EQ(why.spans[0].from, why.spans[0].to);
  const auto late =
      explain(at_once, vn("2026-08-11 11:30:00.001"), *calendar, DayEnd::office_close, kExplainedRules);
  EXPECT_EQ(outline(late.spans), "-after_close 11\n+working_day 12\n");
}
TEST(Explanation, OfClockHoursIsOneSpan) {
  const Explanation why = explained({48, LimitUnit::hour}, "2026-11-23 08:00");
  EXPECT_EQ(outline(why.spans), "+clock_time 23\n");
  EXPECT_EQ(why.spans[0].to, vn("2026-11-25 08:00"));
}
TEST(Explanation, WithoutADateHasNoSpansButSaysWhy) {
  EXPECT_EQ(explained({0, LimitUnit::unspecified}, "2026-08-10 09:00").due.pending, DuePending::untimed);
  const Explanation beyond = explained({30, LimitUnit::working_day}, "2026-12-23 09:00");
  EXPECT_EQ(beyond.due.pending, DuePending::calendar_horizon);
  EXPECT_TRUE(beyond.spans.empty());
}
TEST(Explanation, OfDaysBeforeTheCalendarKnowsThatItDoesNot) {
  const Explanation why = explained({20, LimitUnit::calendar_day}, "2019-12-28 09:00");
  ASSERT_TRUE(why.due.at);
  EXPECT_EQ(why.spans[1].why, SpanReason::not_known);
  EXPECT_EQ(why.spans[5].why, SpanReason::working_day);
}
TEST(ElapsedExplanation, CountsNothingBackwardsAndNothingUnknown) {
  EXPECT_TRUE(explain_elapsed(vn("2026-08-11 09:00"), vn("2026-08-10 09:00"), shipped())->spans.empty());
  EXPECT_FALSE(explain_elapsed(vn("2026-08-11 09:00"), vn("2028-08-10 09:00"), shipped()));
}

std::int64_t counted_ms(const std::vector<ExplainedSpan>& spans) {
  std::int64_t sum = 0;
  for (const ExplainedSpan& span : spans) sum += span.counted ? (span.to - span.from).ms : 0;
  return sum;
}

std::int64_t counted_spans(const std::vector<ExplainedSpan>& spans) {
  std::int64_t sum = 0;
  for (const ExplainedSpan& span : spans) sum += span.counted;
  return sum;
}

bool seamless(const std::vector<ExplainedSpan>& spans, Instant from, Instant to) {
  for (const ExplainedSpan& span : spans) {
    if (span.from != from || span.to <= span.from) return false;
    from = span.to;
  }
  return from == to;
}

// What the limit counts, by the spans alone.
bool adds_up(const Explanation& why) {
  switch (why.limit.unit) {
    case LimitUnit::working_hour:
    case LimitUnit::hour:
      return counted_ms(why.spans) == why.limit.value * 3'600'000 && why.spans.back().counted;
    case LimitUnit::working_day:
      if (why.limit.counting == DayCounting::by_hours) {
        return counted_ms(why.spans) == why.limit.value * 28'800'000 && why.spans.back().counted;
      }
      return counted_spans(why.spans) == why.limit.value && why.spans.back().counted;
    case LimitUnit::calendar_day:
      return counted_spans(why.spans) == why.limit.value;
    case LimitUnit::month:
      return why.spans[static_cast<std::size_t>(counted_spans(why.spans))].on == why.due.unrolled_on;
    case LimitUnit::immediate:
      return counted_spans(why.spans) == 1 && why.spans.back().counted;
    case LimitUnit::by_cutoff:
      if (why.due.rolled_on) return counted_spans(why.spans) == 1 && why.spans.size() == 1;
      return !why.spans.front().counted && why.spans.back().counted &&
             counted_ms(why.spans) == why.limit.value * 3'600'000;
    case LimitUnit::unspecified:
      return why.spans.empty();
  }
  return false;
}

class EveryYearExplained : public testing::TestWithParam<int> {};

TEST_P(EveryYearExplained, AddsUpToWhatDeriveDueAnswers) {
  const int rounds = std::getenv("MOTCUA_TEST_SHORT") ? 20 : 300;
  std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()));
  for (int i = 0; i < rounds; ++i) {
    const auto unit = LimitUnit(random() % 7 == 6 ? 7 : random() % 6);
    const auto counting = static_cast<DayCounting>(random() % 2);
    const Limit limit{static_cast<std::int64_t>(random() % 40) + 1, unit, counting};
    const Instant start = test::random_instant(random, GetParam());
    const auto day_end = static_cast<DayEnd>(random() % 2);
    const Explanation why = explain(limit, start, shipped(), day_end, kExplainedRules);
    ASSERT_EQ(why.due, derive_due(limit, start, shipped(), day_end, kExplainedRules));
    if (!why.due.at) continue;
    ASSERT_TRUE(seamless(why.spans, start, *why.due.at)) << shown(start) << outline(why.spans);
    ASSERT_TRUE(adds_up(why)) << shown(start) << outline(why.spans);
  }
}
TEST_P(EveryYearExplained, CountsTheTimeThatAWalkFromDayToDayFinds) {
  const auto own = test::ragged_days();
  const CalendarSpec spec = test::spec_of(hours_b(), own, {2029, 12, 31});
  const auto calendar = Calendar::compile({&spec, 1});
  const NaiveCalendar walk(hours_b(), own, {2029, 12, 31});
  std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()) + 1000);
  const int rounds = std::getenv("MOTCUA_TEST_SHORT") ? 5 : 60;
  for (int i = 0; i < rounds; ++i) {
    const Instant from = test::random_instant(random, GetParam());
    const Instant to = from + ClockTime{static_cast<std::int64_t>(random() % (60ULL * 86'400'000)) + 1};
    const auto why = explain_elapsed(from, to, *calendar);
    ASSERT_TRUE(why);
    ASSERT_TRUE(seamless(why->spans, from, to));
    ASSERT_EQ(counted_ms(why->spans), walk.elapsed(from.ms, to.ms));
    ASSERT_EQ(why->working.ms, counted_ms(why->spans));
  }
}

INSTANTIATE_TEST_SUITE_P(From2020, EveryYearExplained, testing::Range(2020, 2027));

}  // namespace
}  // namespace motcua::core
