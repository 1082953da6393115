#include "engine/core/dossier.h"

#include <gtest/gtest.h>

#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::DossierCase;
using test::later;
using test::shown;
using test::vn;

const Instant kStart = vn("2026-08-21 16:00");
const Instant kDue = vn("2026-08-22 16:00");

LegalClock clock(ClockKind kind, LegalClock::Course course = LegalClock::Course::open,
                 std::optional<Instant> ended_at = std::nullopt) {
  LegalClock made;
  made.kind = kind;
  made.started_at = kStart;
  made.due.at = kDue;
  made.course = course;
  made.ended_at = ended_at;
  return made;
}

std::string states_around(const LegalClock& one, Instant instant) {
  std::string states;
  for (const std::int64_t ms : {-1, 0, 1})
    states += std::string(word_of(one.state_at(later(instant, ms)))) + " ";
  return states;
}

TEST(ClockState, IsMissedOneMillisecondAfterTheDueAndNotBefore) {
  for (const ClockKind kind :
       {ClockKind::intake_alert, ClockKind::acceptance, ClockKind::settlement, ClockKind::citizen_wait}) {
    EXPECT_EQ(states_around(clock(kind), kDue), "running running missed ") << word_of(kind);
    EXPECT_FALSE(clock(kind).missed_at(kDue));
    EXPECT_TRUE(clock(kind).missed_at(later(kDue, 1)));
  }
}

TEST(ClockState, OfAnEndedClockDependsOnWhenItEnded) {
  using enum LegalClock::Course;
  struct Row {
    LegalClock::Course course;
    int end_ms;  // from the due
    std::string_view around_end;
    std::string_view around_due;
  };
  const Row rows[] = {
      {ended, -1000, "running met met ", "met met met "},
      {ended, 0, "running met met ", "running met met "},
      {ended, 1, "running missed missed ", "running running missed "},
      {paused, -1000, "running paused paused ", "paused paused paused "},
      {paused, 0, "running paused paused ", "running paused paused "},
      {voided, -1000, "running void void ", "void void void "},
      {voided, 0, "running void void ", "running void void "},
  };
  for (const Row& row : rows) {
    const Instant end = later(kDue, row.end_ms);
    const LegalClock one = clock(ClockKind::settlement, row.course, end);
    SCOPED_TRACE(std::string(word_of(row.course)) + " at due " + std::to_string(row.end_ms));
    EXPECT_EQ(states_around(one, end), row.around_end);
    EXPECT_EQ(states_around(one, kDue), row.around_due);
  }
}

TEST(ClockState, OfAnAppraisalLapsesAtItsDueAndIsNeverMissed) {
  EXPECT_EQ(states_around(clock(ClockKind::appraisal), kDue), "running running void ");
  EXPECT_FALSE(clock(ClockKind::appraisal).missed_at(later(kDue, 1'000'000)));
  const LegalClock lapsed = clock(ClockKind::appraisal, LegalClock::Course::voided, later(kDue, 5));
  EXPECT_EQ(states_around(lapsed, kDue), "running running void ");
  const LegalClock asked = clock(ClockKind::appraisal, LegalClock::Course::ended, kDue);
  EXPECT_EQ(states_around(asked, kDue), "running met met ");
}

TEST(ClockState, OfAClockWithoutADateStaysRunning) {
  LegalClock one = clock(ClockKind::settlement);
  one.due = DueDate{};
  one.due.pending = DuePending::untimed;
  EXPECT_EQ(states_around(one, vn("2036-01-01 00:00")), "running running running ");
  EXPECT_FALSE(one.missed_at(vn("2036-01-01 00:00")));
}

TEST(ClockState, IsNotMissedBeforeTheClockStarted) {
  LegalClock one = clock(ClockKind::settlement);
  one.due.at = later(kStart, -5);  // as of a term counted from an instant that was judged later
  EXPECT_FALSE(one.missed_at(later(kStart, -1)));
  EXPECT_TRUE(one.missed_at(kStart));
}

// Due on Monday 10/08/2026 17:00: five working days after Monday 03/08.
DossierCase accepted_on_3_august() {
  DossierCase one;
  EXPECT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-10 17:00")));
  return one;
}

TEST(Lateness, BeginsStrictlyAfterTheDueAndCountsWorkingTime) {
  const DossierCase one = accepted_on_3_august();
  EXPECT_FALSE(one.late("2026-08-10 17:00"));
  EXPECT_TRUE(one.late("2026-08-10 17:00:00.001"));
  EXPECT_EQ(one.late_seconds("2026-08-11 07:00"), 0);
  EXPECT_EQ(one.late_seconds("2026-08-11 08:00"), 3600);
  EXPECT_EQ(one.late_seconds("2026-08-12 09:00"), 8 * 3600 + 2 * 3600);
  EXPECT_EQ(lateness_at(one.dossier, vn("2026-08-12 09:00"), *one.calendar).since, vn("2026-08-10 17:00"));
}

TEST(Lateness, StaysThroughASupplementAndGrowsAgainOnlyAfterTheNewDue) {
  DossierCase one = accepted_on_3_august();
  ASSERT_EQ(one.give("2026-08-12 09:00", RequestSupplement{}), "accepted");
  EXPECT_EQ(one.state(ClockKind::settlement, "2026-08-12 09:00"), "missed");
  constexpr std::int64_t kCounted = 10 * 3600;
  EXPECT_EQ(one.late_seconds("2026-08-18 17:00"), kCounted);  // the citizen's time is nobody's delay
  ASSERT_EQ(one.give("2026-08-19 10:00", ReceiveSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-08-19 11:00", AcceptSupplement{}), "accepted");
  EXPECT_EQ(one.clock(ClockKind::settlement).term, 2u);
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-25 17:00")));  // 20, 21, 22 (worked), 24, 25
  EXPECT_FALSE(one.late("2026-08-10 17:00"));
  for (const char* at : {"2026-08-11 08:00", "2026-08-13 08:00", "2026-08-19 10:30", "2026-08-24 08:00"}) {
    EXPECT_TRUE(one.late(at)) << at;
  }
  EXPECT_EQ(one.late_seconds("2026-08-25 17:00"), kCounted);
  EXPECT_EQ(one.late_seconds("2026-08-26 08:00"), kCounted + 3600);
  ASSERT_EQ(one.give("2026-08-26 09:00", SettleDossier{}), "accepted");
  EXPECT_EQ(one.late_seconds("2026-12-01 08:00"), kCounted + 7200);
}

TEST(Lateness, IsKeptByWithdrawalAndByTheSystemsStop) {
  DossierCase withdrawn = accepted_on_3_august();
  ASSERT_EQ(withdrawn.give("2026-08-11 09:00", WithdrawDossier{}), "accepted");
  EXPECT_EQ(withdrawn.state(ClockKind::settlement, "2026-08-11 09:00"), "missed");
  EXPECT_TRUE(withdrawn.late("2026-10-01 08:00"));
  EXPECT_EQ(withdrawn.late_seconds("2026-10-01 08:00"), 7200);
  DossierCase stopped = accepted_on_3_august();
  ASSERT_EQ(stopped.give("2026-08-11 09:00", RequestSupplement{}), "accepted");
  stopped.run_out(vn("2026-09-01 08:00"));
  ASSERT_EQ(stopped.dossier.state, DossierState::stopped);
  EXPECT_EQ(stopped.late_seconds("2026-10-01 08:00"), 7200);
}

TEST(Lateness, IsNotOfADossierThatWasPausedInTimeAndThenStopped) {
  DossierCase one = accepted_on_3_august();
  ASSERT_EQ(one.give("2026-08-10 17:00", RequestSupplement{}), "accepted");
  EXPECT_EQ(one.state(ClockKind::settlement, "2026-08-20 08:00"), "paused");
  EXPECT_FALSE(one.late("2026-08-20 08:00"));
  one.run_out(vn("2026-09-01 08:00"));
  EXPECT_EQ(one.state(ClockKind::settlement, "2026-09-01 08:00"), "void");
  EXPECT_FALSE(one.late("2026-12-01 08:00"));
  EXPECT_EQ(one.late_seconds("2026-12-01 08:00"), 0);
}

// Each event that ends a late term carries the delay as it was counted then.
TEST(Lateness, OfATermThatEndedIsNotMovedByALaterCalendar) {
  CalendarSpec spec = test::public_sector_spec(test::hours_b());
  CalendarException off;
  off.name = "announced later";
  off.source = "a test";
  spec.exceptions[test::on("2026-08-11")] = off;
  const auto later_calendar = Calendar::compile({&spec, 1});
  const CommandBody ends[] = {RequestSupplement{}, SettleDossier{}, WithdrawDossier{}};
  for (const CommandBody& end : ends) {
    DossierCase one = accepted_on_3_august();
    ASSERT_EQ(one.give("2026-08-12 09:00", end), "accepted");
    EXPECT_EQ(one.clock(ClockKind::settlement).delay, WorkingTime{10 * kHourMs}) << word_of(end);
    EXPECT_EQ(one.clock(ClockKind::settlement).course, LegalClock::Course::ended) << word_of(end);
    one.calendar = later_calendar;
    EXPECT_EQ(one.late_seconds("2026-09-30 08:00"), 10 * 3600) << word_of(end);
  }
  DossierCase running = accepted_on_3_august();
  running.calendar = later_calendar;
  EXPECT_EQ(running.late_seconds("2026-08-12 09:00"), 2 * 3600);
}

TEST(Lateness, IsNeverOfAnUntimedDossier) {
  DossierCase one;
  for (ChannelTerm& term : one.procedure.terms) term.statutory = Limit{};
  ASSERT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
  EXPECT_TRUE(one.dossier.untimed());
  EXPECT_FALSE(one.late("2026-12-01 08:00"));
  EXPECT_EQ(one.state(ClockKind::settlement, "2026-12-01 08:00"), "running");
  ASSERT_EQ(one.give("2026-12-01 08:00", SettleDossier{}), "accepted");
  EXPECT_FALSE(one.late("2026-12-02 08:00"));
}

TEST(Lateness, PastTheHorizonCountsWhatTheCalendarKnows) {
  DossierCase one;
  ASSERT_EQ(one.accepted_at_counter("2027-01-20 09:00"), "accepted");  // due Wednesday 27/01/2027 17:00
  EXPECT_EQ(one.late_seconds("2027-01-29 17:00"), 2 * 8 * 3600);
  EXPECT_EQ(one.late_seconds("2027-06-01 08:00"), 2 * 8 * 3600);
}

}  // namespace
}  // namespace motcua::core
