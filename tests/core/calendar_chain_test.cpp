#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "engine/core/calendar.h"
#include "tests/support/calendars.h"

namespace motcua::core {
namespace {

using test::on;

constexpr std::int32_t kHour = static_cast<std::int32_t>(kHourMs);

Week monday_to_friday(const std::vector<Session>& sessions) {
  Week week;
  std::fill(week.begin(), week.begin() + 5, sessions);
  return week;
}

std::vector<Session> listed(std::span<const Session> sessions) { return {sessions.begin(), sessions.end()}; }

CalendarSpec child_of_public_sector() {
  CalendarSpec child;
  child.id = "child";
  child.parent = "test";
  child.version = "v2";
  return child;
}

std::shared_ptr<const Calendar> compile_with(const CalendarSpec& child) {
  const CalendarSpec chain[] = {test::public_sector_spec(test::hours_b()), child};
  EXPECT_EQ(check_calendar(chain), std::vector<std::string>{});
  return Calendar::compile(chain);
}

TEST(CalendarChain, ChildInheritsWhatItLeavesOut) {
  const auto calendar = compile_with(child_of_public_sector());
  EXPECT_EQ(calendar->id(), "child");
  EXPECT_EQ(calendar->version(), "v1+v2");
  EXPECT_EQ(calendar->official_until_on(), on("2026-12-31"));
  EXPECT_EQ(calendar->provisional_until_on(), on("2027-01-31"));
  EXPECT_EQ(calendar->nominal_day(), WorkingTime{8 * kHourMs});
  EXPECT_FALSE(calendar->is_working_day(on("2026-11-24")));
  EXPECT_EQ(calendar->exception(on("2026-11-24"))->name, "holiday");
  EXPECT_EQ(calendar->exception(on("2026-11-25")), nullptr);
}

TEST(CalendarChain, WorkedSaturdayHasTheHoursOfTheChildsMonday) {
  CalendarSpec child = child_of_public_sector();
  child.weekly = monday_to_friday({{8 * kHour, 12 * kHour}, {13 * kHour, 17 * kHour}});
  const auto calendar = compile_with(child);
  const std::vector<Session> own = {{8 * kHour, 12 * kHour}, {13 * kHour, 17 * kHour}};
  EXPECT_EQ(listed(calendar->sessions(on("2026-08-22"))), own);
  EXPECT_EQ(calendar->exception(on("2026-08-22"))->sessions, own);
}

TEST(CalendarChain, ChildReplacesAnExceptionOfItsParent) {
  CalendarSpec child = child_of_public_sector();
  child.exceptions[on("2026-11-24")] = {{{7 * kHour, 11 * kHour}}, {}, "half day", "a decision", true};
  const auto calendar = compile_with(child);
  EXPECT_EQ(calendar->close_of(on("2026-11-24")), test::vn("2026-11-24 11:00"));
  EXPECT_EQ(calendar->exception(on("2026-11-24"))->name, "half day");
}

TEST(CalendarChain, CounterMayBeOpenWhileNoClockRuns) {
  CalendarSpec child = child_of_public_sector();
  child.counter_open = monday_to_friday({{7 * kHour, 17 * kHour}});
  (*child.counter_open)[5] = {{7 * kHour, 11 * kHour}};
  const auto calendar = compile_with(child);
  EXPECT_FALSE(calendar->is_working_day(on("2026-08-15")));
  EXPECT_EQ(listed(calendar->counter_open(on("2026-08-15"))),
            (std::vector<Session>{{7 * kHour, 11 * kHour}}));
  EXPECT_EQ(listed(calendar->counter_open(on("2026-08-22"))),
            (std::vector<Session>{{7 * kHour, 17 * kHour}}));
  EXPECT_TRUE(calendar->counter_open(on("2026-11-24")).empty());
}

TEST(CalendarChain, CounterIsOpenDuringSessionsWhenNothingElseIsSaid) {
  const auto calendar = compile_with(child_of_public_sector());
  EXPECT_EQ(listed(calendar->counter_open(on("2026-08-10"))), listed(calendar->sessions(on("2026-08-10"))));
}

TEST(CalendarChain, RevisionThatAddsAYearMovesTheHorizon) {
  CalendarSpec child = child_of_public_sector();
  child.official_until_on = on("2027-12-31");
  const auto calendar = compile_with(child);
  EXPECT_EQ(calendar->provisional_until_on(), on("2027-12-31"));
  EXPECT_FALSE(calendar->is_provisional(on("2027-01-04")));
  EXPECT_TRUE(calendar->is_working_day(on("2027-12-31")));
}

// One fault each; the words must say what is wrong.
void expect_fault(const std::function<void(CalendarSpec&)>& spoil, std::string_view words) {
  CalendarSpec chain[] = {test::public_sector_spec(test::hours_b())};
  spoil(chain[0]);
  const std::vector<std::string> faults = check_calendar(chain);
  const auto says = [&](const std::string& fault) { return fault.find(words) != std::string::npos; };
  EXPECT_TRUE(std::any_of(faults.begin(), faults.end(), says)) << words << ", " << faults.size() << " faults";
}

TEST(CalendarCheck, FindsNoFaultInTheTable) {
  const CalendarSpec chain[] = {test::public_sector_spec(test::hours_b())};
  EXPECT_EQ(check_calendar(chain), std::vector<std::string>{});
}

TEST(CalendarCheck, NamesWhatNobodyStated) {
  expect_fault([](auto& s) { s.weekly.reset(); }, "Expected a week");
  expect_fault([](auto& s) { s.first_on.reset(); }, "Expected a first day");
  expect_fault([](auto& s) { s.official_until_on.reset(); }, "Expected a last official day");
  expect_fault([](auto& s) { s.nominal_day.reset(); }, "Expected a nominal day");
  EXPECT_EQ(check_calendar({}).size(), 1U);
}

TEST(CalendarCheck, RefusesSessionsThatOverlapOrLeaveTheDay) {
  const auto monday = [](std::vector<Session> sessions) {
    return [sessions](CalendarSpec& s) { (*s.weekly)[0] = sessions; };
  };
  expect_fault(monday({{7 * kHour, 12 * kHour}, {11 * kHour, 17 * kHour}}), "in order and apart");
  expect_fault(monday({{13 * kHour, 17 * kHour}, {7 * kHour, 11 * kHour}}), "in order and apart");
  expect_fault(monday({{7 * kHour, 25 * kHour - 1}}), "between 00:00 and 24:00");
  expect_fault(monday({{7 * kHour, 7 * kHour}}), "at least a minute");
  expect_fault(monday({{7 * kHour, 6 * kHour}}), "at least a minute");
  std::vector<Session> many;
  for (int i = 0; i < 9; ++i) many.push_back({i * kHour, (i + 1) * kHour});
  expect_fault(monday(many), "at most 8 sessions");
}

TEST(CalendarCheck, RefusesAHorizonThatRunsBackwards) {
  expect_fault([](auto& s) { s.provisional_until_on = on("2026-12-30"); }, "provisional part");
  expect_fault([](auto& s) { s.official_until_on = s.provisional_until_on = on("2019-12-31"); },
               "after it begins");
  expect_fault([](auto& s) { s.provisional_until_on = on("2120-01-02"); }, "a hundred years");
}

TEST(CalendarCheck, RefusesAnExceptionThatNobodyCanTrustOrReach) {
  const auto holiday = [](const std::function<void(CalendarException&)>& spoil) {
    return [spoil](CalendarSpec& s) { spoil(s.exceptions[on("2026-11-24")]); };
  };
  expect_fault(holiday([](auto& e) { e.source.clear(); }), "Expected a source");
  expect_fault(holiday([](auto& e) { e.name.clear(); }), "Expected a name");
  expect_fault(holiday([](auto& e) { e.as_weekday = 7; }), "Expected a day of the week");
  expect_fault(holiday([](auto& e) { e.as_weekday = 6; }), "sunday has no session");
  expect_fault(
      [](auto& s) {
        s.exceptions[on("2027-02-01")] = {{}, {}, "late", "a test", true};
      },
      "known date");
  expect_fault(
      [](auto& s) {
        s.exceptions[on("2019-12-31")] = {{}, {}, "early", "a test", true};
      },
      "known date");
}

TEST(CalendarCheck, RefusesABrokenLineOfParents) {
  expect_fault([](auto& s) { s.parent = "nobody"; }, "Expected the parent");
  CalendarSpec child = child_of_public_sector();
  child.offset_minutes = 0;
  const CalendarSpec chain[] = {test::public_sector_spec(test::hours_b()), child};
  EXPECT_EQ(check_calendar(chain).size(), 1U);
}

}  // namespace
}  // namespace motcua::core
