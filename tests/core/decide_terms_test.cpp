#include <gtest/gtest.h>

#include <algorithm>

#include "engine/core/decide.h"
#include "engine/core/listing.h"
#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::calendar_days;
using test::DossierCase;
using test::later;
using test::shown;
using test::vn;
using test::working_days;

// Accepted on Monday 03/08 09:00: five working days, due Monday 10/08 17:00.
struct Accepted5Days : DossierCase {
  explicit Accepted5Days(std::string_view when = "2026-08-03 09:00") {
    EXPECT_EQ(accepted_at_counter(when), "accepted");
  }
  std::string suspend(std::string_view now, const char* ground = "TAX", std::string_view occurred = {}) {
    return give(now, SuspendDossier{Code(ground), {}}, occurred);
  }
  std::string resume(std::string_view now, std::string_view occurred = {}) {
    return give(now, ResumeDossier{}, occurred);
  }
  std::string reappoint(std::string_view now, std::string_view to) {
    return give(now, ReappointDossier{vn(to), {}});
  }
};

TEST(SuspendedTerm, WaitsAndGoesOnWithItsDateMoved) {
  Accepted5Days one;
  ASSERT_EQ(one.suspend("2026-08-05 09:00"), "accepted");
  EXPECT_EQ(one.state(ClockKind::settlement, "2026-08-06 09:00"), "paused");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-10 17:00")));  // keeps the last date
  EXPECT_TRUE(one.dossier.suspended());
  ASSERT_EQ(one.resume("2026-08-07 09:00"), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-12 17:00")));
  EXPECT_EQ(one.state(ClockKind::settlement, "2026-08-12 17:00"), "running");
  EXPECT_EQ(one.state(ClockKind::settlement, "2026-08-05 08:59"), "running");
  EXPECT_EQ(one.state(ClockKind::settlement, "2026-08-06 09:00"), "paused");
  const Stretch& first = one.clock(ClockKind::settlement).earlier.front();
  EXPECT_EQ(shown(first.due.at), shown(vn("2026-08-10 17:00")));
  EXPECT_EQ(first.ground.text, "TAX");
  EXPECT_FALSE(one.late("2026-08-12 17:00"));
  EXPECT_TRUE(one.late(later(vn("2026-08-12 17:00"), 1)));
}
TEST(SuspendedTerm, RunsOnByItselfAtTheEndOfWhatTheGroundAllows) {
  Accepted5Days one;
  ASSERT_EQ(one.give("2026-08-05 09:00", SuspendDossier{Code("TAX"), vn("2026-08-06 10:00")}), "accepted");
  one.run_out(later(vn("2026-08-06 10:00"), -1));
  EXPECT_TRUE(one.dossier.suspended());
  one.run_out(vn("2026-08-06 10:00"));
  EXPECT_FALSE(one.dossier.suspended());
  EXPECT_EQ(one.dossier.suspensions.front().resumed_at, vn("2026-08-06 10:00"));
  EXPECT_EQ(one.events.back().cause, CauseKind::clock);
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-11 17:00")));
}
TEST(SuspendedTerm, CountsOverlappingGroundsOnce) {
  Accepted5Days one;
  ASSERT_EQ(one.suspend("2026-08-04 09:00", "POSTED"), "accepted");
  ASSERT_EQ(one.suspend("2026-08-05 09:00", "TAX"), "accepted");
  EXPECT_EQ(one.give("2026-08-06 09:00", ResumeDossier{}), "ground_not_in_force");  // which of the two?
  ASSERT_EQ(one.give("2026-08-06 09:00", ResumeDossier{Code("POSTED")}), "accepted");
  EXPECT_TRUE(one.dossier.suspended());
  ASSERT_EQ(one.resume("2026-08-07 09:00"), "accepted");
  // The closes of 04, 05 and 06/08.
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-13 17:00")));
}
TEST(SuspendedTerm, NeedsAGroundThatTheProcedureAllowsAsOftenAndAsLongAsItDoes) {
  Accepted5Days one;
  EXPECT_EQ(one.suspend("2026-08-04 09:00", "HOLIDAY"), "ground_not_allowed");
  EXPECT_EQ(one.give("2026-08-04 09:00", SuspendDossier{Code("TAX"), vn("2026-08-18 17:00")}), "accepted");
  EXPECT_EQ(one.suspend("2026-08-04 10:00"), "already_suspended");
  EXPECT_EQ(one.give("2026-08-04 10:00", SettleDossier{}), "suspended");
  EXPECT_EQ(one.give("2026-08-04 10:00", ExtendTerm{Code("COMPLEX"), {}}), "suspended");
  ASSERT_EQ(one.resume("2026-08-04 10:00"), "accepted");
  EXPECT_EQ(one.resume("2026-08-04 11:00"), "wrong_state");
  EXPECT_EQ(one.give("2026-08-05 09:00", SuspendDossier{Code("TAX"), vn("2026-08-19 17:00:00.001")}),
            "suspension_too_long");
  ASSERT_EQ(one.suspend("2026-08-05 09:00"), "accepted");
  ASSERT_EQ(one.resume("2026-08-05 10:00"), "accepted");
  EXPECT_EQ(one.suspend("2026-08-06 09:00"), "ground_used_up");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-10 17:00")));  // nothing closed inside
}
TEST(SuspendedTerm, ThatWasLateStaysLateAndGrowsNoLater) {
  Accepted5Days one;
  ASSERT_EQ(one.suspend("2026-08-11 09:00"), "accepted");
  EXPECT_TRUE(one.late("2026-08-20 09:00"));
  EXPECT_EQ(one.late_seconds("2026-08-11 09:00"), 2 * 3600);
  EXPECT_EQ(one.late_seconds("2026-08-12 16:00"), 2 * 3600);
  ASSERT_EQ(one.resume("2026-08-13 09:00"), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-10 17:00")));
  EXPECT_EQ(one.late_seconds("2026-08-13 10:00"), 3 * 3600);
  ASSERT_EQ(one.give("2026-08-13 11:00", SettleDossier{}), "accepted");
  EXPECT_EQ(one.late_seconds("2026-08-20 10:00"), 4 * 3600);
}
TEST(SuspendedTerm, EnteredAfterTheDueTakesNoLatenessAway) {
  Accepted5Days one;
  ASSERT_EQ(one.suspend("2026-08-11 09:00", "TAX", "2026-08-10 16:00"), "accepted");
  EXPECT_TRUE(one.late("2026-08-20 09:00"));
  EXPECT_EQ(one.late_seconds("2026-08-20 09:00"), 2 * 3600);
}

// It is over by now, and was in force when the act happened.
TEST(SuspendedTerm, ThatEndedByItselfHindersWhatHappenedInside) {
  const auto ended = [] {
    Accepted5Days one;
    EXPECT_EQ(one.give("2026-08-05 09:00", SuspendDossier{Code("TAX"), vn("2026-08-06 10:00")}), "accepted");
    one.run_out(vn("2026-08-06 11:00"));
    return one;
  };
  const std::vector<CommandBody> hindered{SettleDossier{}, ExtendTerm{Code("COMPLEX"), {}},
                                          ReappointDossier{vn("2026-08-20 10:00"), {}},
                                          RequestSupplement{{Code("cccd")}}};
  for (const CommandBody& body : hindered) {
    SCOPED_TRACE(word_of(body));
    for (const char* inside : {"2026-08-05 09:00", "2026-08-06 09:00", "2026-08-06 09:59:59.999"}) {
      Accepted5Days one = ended();
      const Dossier before = one.dossier;
      EXPECT_EQ(one.give("2026-08-06 11:00", body, inside), "suspended_then") << inside;
      EXPECT_EQ(one.dossier, before);
    }
    Accepted5Days one = ended();
    EXPECT_EQ(one.give("2026-08-06 11:00", body, "2026-08-06 10:00"), "accepted");
  }
  // What may be done while it is in force may have been done then.
  Accepted5Days one = ended();
  EXPECT_EQ(one.give("2026-08-06 11:00", AssignStep{Code(), Code("H32.19.cv01")}, "2026-08-06 09:00"),
            "accepted");
}

// No date set back makes a late dossier punctual: late until the end was entered. An office's settlement was
// in time when it was, and says that it was entered late.
TEST(LateTerm, EndsWhenItsEndIsEnteredWhateverDayThatNames) {
  struct Ending {
    CommandBody body;
    bool late;
  };
  for (const Ending& ending : {Ending{WithdrawDossier{}, true}, Ending{StopDossier{Code("COURT")}, true},
                               Ending{SettleDossier{}, false}}) {
    SCOPED_TRACE(word_of(ending.body));
    Accepted5Days one;
    ASSERT_EQ(one.give("2026-08-11 08:00", ending.body, "2026-08-10 16:00"), "accepted");
    EXPECT_EQ(shown(one.dossier.ended_at), shown(vn("2026-08-10 16:00")));
    const LegalClock& clock = one.clock(ClockKind::settlement);
    EXPECT_EQ(one.late("2026-08-12 08:00"), ending.late);
    EXPECT_EQ(clock.recorded_late, !ending.late);
    EXPECT_EQ(shown(clock.ended_at), shown(vn(ending.late ? "2026-08-11 08:00" : "2026-08-10 16:00")));
    const auto counted = lateness_at(one.dossier, vn("2026-08-12 08:00"), *one.calendar).counted;
    EXPECT_EQ(counted.ms, ending.late ? kHourMs : 0);
    // It was on the list from its due until that was entered, and is so in every later look at it.
    const ListRows rows = list_rows(one.dossier);
    const auto standing =
        std::find_if(rows.standing.begin(), rows.standing.end(),
                     [](const StandingRow& row) { return row.kind == ClockKind::settlement; });
    ASSERT_EQ(standing != rows.standing.end(), ending.late);
    if (!ending.late) continue;
    EXPECT_EQ(standing->from, vn("2026-08-10 17:00"));
    EXPECT_EQ(standing->to, vn("2026-08-11 08:00"));
  }
  // Entered by the due it is no longer owed.
  Accepted5Days one;
  ASSERT_EQ(one.give("2026-08-10 17:00", WithdrawDossier{}, "2026-08-10 16:00"), "accepted");
  EXPECT_FALSE(one.late("2026-08-12 08:00"));
  EXPECT_EQ(one.clock(ClockKind::settlement).course, LegalClock::Course::voided);
}

TEST(ExtendedTerm, HasALaterDateAndKeepsTheOldOne) {
  Accepted5Days one;
  ASSERT_EQ(one.give("2026-08-07 09:00", ExtendTerm{Code("COMPLEX"), working_days(3)}), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-13 17:00")));
  const Extension& made = one.dossier.extensions.front();
  EXPECT_EQ(made.due_before, vn("2026-08-10 17:00"));
  EXPECT_EQ(made.due_after, vn("2026-08-13 17:00"));
  EXPECT_EQ(one.give("2026-08-07 10:00", ExtendTerm{Code("COMPLEX"), {}}), "ground_used_up");
}
TEST(ExtendedTerm, IsNoLongerThanTheGroundAllows) {
  Accepted5Days one;
  EXPECT_EQ(one.give("2026-08-07 09:00", ExtendTerm{Code("COMPLEX"), working_days(6)}), "extension_too_long");
  EXPECT_EQ(one.give("2026-08-07 09:00", ExtendTerm{Code("COMPLEX"), calendar_days(2)}), "wrong_unit");
  EXPECT_EQ(one.give("2026-08-07 09:00", ExtendTerm{Code("COMPLEX"), test::working_hours(1)}), "wrong_unit");
  const Limit by_hours{1, LimitUnit::working_day, DayCounting::by_hours};
  EXPECT_EQ(one.give("2026-08-07 09:00", ExtendTerm{Code("COMPLEX"), by_hours}), "wrong_unit");
  EXPECT_EQ(one.give("2026-08-07 09:00", ExtendTerm{Code("OTHER"), working_days(1)}), "ground_not_allowed");
  ASSERT_EQ(one.give("2026-08-07 09:00", ExtendTerm{Code("COMPLEX"), {}}), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-17 17:00")));
}
TEST(ExtendedTerm, ThatWasLateStaysLate) {
  Accepted5Days one;
  ASSERT_EQ(one.give("2026-08-11 09:00", ExtendTerm{Code("COMPLEX"), {}}, "2026-08-10 16:00"), "accepted");
  EXPECT_TRUE(one.late("2026-08-11 09:00"));
  EXPECT_EQ(one.late_seconds("2026-08-17 17:00"), 2 * 3600);
  EXPECT_EQ(one.late_seconds("2026-08-18 08:00"), 3 * 3600);
  // Whose the delay of the stretch was is said with it.
  ASSERT_EQ(one.clock(ClockKind::settlement).earlier.front().shares.size(), 1u);
  EXPECT_EQ(one.clock(ClockKind::settlement).earlier.front().shares.front().seconds, 2 * 3600);
}

TEST(Reappointment, InTimeMovesTheDueDate) {
  Accepted5Days one;
  ASSERT_EQ(one.reappoint("2026-08-09 23:59:59.999", "2026-08-20 10:00"), "accepted");
  EXPECT_TRUE(one.dossier.reappointment->in_time);
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-20 10:00")));
  EXPECT_EQ(one.dossier.promised_at(), vn("2026-08-20 10:00"));
  EXPECT_FALSE(one.late("2026-08-20 10:00"));
  EXPECT_TRUE(one.late(later(vn("2026-08-20 10:00"), 1)));
  EXPECT_EQ(one.reappoint("2026-08-10 09:00", "2026-08-21 10:00"), "already_reappointed");
}
TEST(Reappointment, OnTheDateItselfMovesThePromiseOnly) {
  Accepted5Days one;
  ASSERT_EQ(one.reappoint("2026-08-10 00:00", "2026-08-20 10:00"), "accepted");
  EXPECT_FALSE(one.dossier.reappointment->in_time);
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-10 17:00")));
  EXPECT_EQ(one.dossier.promised_at(), vn("2026-08-20 10:00"));
  EXPECT_TRUE(one.late(later(vn("2026-08-10 17:00"), 1)));
}
TEST(Reappointment, UnderTheOlderLayerNeverMovesTheDueDate) {
  Accepted5Days one("2025-06-16 09:00");
  ASSERT_EQ(one.reappoint("2025-06-17 09:00", "2025-06-30 10:00"), "accepted");
  EXPECT_TRUE(one.dossier.reappointment->in_time);
  EXPECT_FALSE(one.dossier.reappointment->moves_due);
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2025-06-23 17:00")));
}
TEST(Reappointment, IsLaterThanTheOldDateAndStillToCome) {
  Accepted5Days one;
  EXPECT_EQ(one.reappoint("2026-08-04 09:00", "2026-08-10 17:00"), "appointment_not_later");
  EXPECT_EQ(one.reappoint("2026-08-11 09:00", "2026-08-11 09:00"), "appointment_past");
  EXPECT_EQ(one.give("2026-08-04 09:00", ReappointDossier{vn("2026-08-20 09:00"), Code("nobody")}),
            "unknown_unit");
}
TEST(Reappointment, HappensOnceAlsoAfterARestart) {
  Accepted5Days one;
  ASSERT_EQ(one.reappoint("2026-08-04 09:00", "2026-08-20 10:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-05 09:00", RequestSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-08-06 09:00", ReceiveSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-08-06 10:00", AcceptSupplement{}), "accepted");
  EXPECT_EQ(one.dossier.promised_at(), vn("2026-08-13 17:00"));  // of the new term
  EXPECT_EQ(one.reappoint("2026-08-07 09:00", "2026-08-21 10:00"), "already_reappointed");
}

TEST(Reappointment, IsToAnOpenOfficeOfADayThatTheCalendarKnows) {
  Accepted5Days one;
  EXPECT_EQ(one.reappoint("2026-08-04 09:00", "2026-08-23 03:00"), "not_working_time");  // a Sunday
  EXPECT_EQ(one.reappoint("2026-08-04 09:00", "2026-08-20 12:00"), "not_working_time");
  EXPECT_EQ(one.reappoint("2026-08-04 09:00", "2026-08-20 17:00:00.001"), "not_working_time");
  EXPECT_EQ(one.reappoint("2026-08-04 09:00", "2099-01-01 09:00"), "calendar_horizon");
  EXPECT_EQ(one.last_rejection().faults.at(0).pointer, "#/promised_at");
  EXPECT_EQ(one.reappoint("2026-08-04 09:00", "2026-08-20 17:00"), "accepted");
}
// What was missed stays missed; the term that was extended since goes on from its own date.
TEST(Reappointment, InTimeMovesTheDateThatAnExtensionGaveToALateTerm) {
  Accepted5Days one;
  ASSERT_EQ(one.give("2026-08-11 09:00", ExtendTerm{Code("COMPLEX"), {}}), "accepted");
  ASSERT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-17 17:00")));
  ASSERT_EQ(one.reappoint("2026-08-12 09:00", "2026-08-20 10:00"), "accepted");
  EXPECT_TRUE(one.dossier.reappointment->moves_due);
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-20 10:00")));
  EXPECT_TRUE(one.late("2026-08-12 10:00"));
  EXPECT_EQ(one.late_seconds("2026-08-20 10:00"), 2 * 3600);
}
TEST(Reappointment, NeedsADateThatWasPromised) {
  DossierCase one;
  for (ChannelTerm& term : one.procedure.terms) term.statutory = Limit{};
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  DossierCase promised = one;
  ASSERT_EQ(one.give("2026-08-10 09:00", AcceptDossier{}), "accepted");
  EXPECT_EQ(one.give("2026-08-11 09:00", ReappointDossier{vn("2026-08-20 10:00"), {}}), "nothing_promised");
  ASSERT_EQ(promised.give("2026-08-10 09:00", AcceptDossier{vn("2026-08-19 10:00")}), "accepted");
  EXPECT_EQ(promised.give("2026-08-11 09:00", ReappointDossier{vn("2026-08-20 10:00"), {}}), "accepted");
}

std::string_view apology(const Accepted5Days& one, std::string_view at) {
  return word_of(apology_duty(one.dossier, vn(at), *one.calendar).state);
}
TEST(Apology, IsMissingFromTheDueOnAndStaysRepairedLate) {
  Accepted5Days one;
  EXPECT_EQ(apology(one, "2026-08-10 17:00"), "not_owed");
  EXPECT_EQ(apology(one, "2026-08-10 17:01"), "missing");
  EXPECT_EQ(shown(apology_duty(one.dossier, vn("2026-08-11 09:00"), *one.calendar).due_at),
            shown(later(vn("2026-08-10 00:00"), -1)));
  ASSERT_EQ(one.give("2026-08-12 09:00", Apologise{}), "accepted");
  EXPECT_EQ(apology(one, "2026-08-12 08:59"), "missing");
  EXPECT_EQ(apology(one, "2026-08-12 09:00"), "done_late");
  EXPECT_EQ(one.give("2026-08-13 09:00", Apologise{}), "already_apologised");
}
TEST(Apology, OfAReappointmentInTimeIsDone) {
  Accepted5Days one;
  ASSERT_EQ(one.reappoint("2026-08-09 12:00", "2026-08-12 10:00"), "accepted");
  EXPECT_EQ(apology(one, "2026-08-12 10:00"), "done_in_time");
}
// It apologised for the date that it moved, not for missing the next one too.
TEST(Apology, OfAReappointmentIsNoneForTheNewDate) {
  Accepted5Days one;
  ASSERT_EQ(one.give("2026-08-07 12:00", Apologise{}), "accepted");
  ASSERT_EQ(one.reappoint("2026-08-09 12:00", "2026-08-12 10:00"), "accepted");
  EXPECT_EQ(apology(one, "2026-08-12 10:01"), "missing");
  ASSERT_EQ(one.give("2026-08-13 09:00", Apologise{}), "accepted");
  EXPECT_EQ(apology(one, "2026-08-13 09:00"), "done_late");
  EXPECT_EQ(one.give("2026-08-14 09:00", Apologise{}), "already_apologised");
}
TEST(Apology, AfterAReappointmentIsInTimeUntilTheDayBeforeTheNewDate) {
  Accepted5Days one;
  ASSERT_EQ(one.reappoint("2026-08-09 12:00", "2026-08-12 10:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-11 23:59", Apologise{}), "accepted");
  EXPECT_EQ(apology(one, "2026-08-12 10:01"), "done_in_time");
}
TEST(Apology, OfAReappointmentThatMovedNothingCountsForTheDateThatWasMissed) {
  Accepted5Days one;
  ASSERT_EQ(one.reappoint("2026-08-11 09:00", "2026-08-12 10:00"), "accepted");
  EXPECT_EQ(apology(one, "2026-08-13 09:00"), "done_late");
}
// What was done for a term that was restarted repairs nothing of the next.
TEST(Apology, OfAnEarlierTermIsNoneForTheOneThatWasMissed) {
  const auto restart = [](Accepted5Days& one) {
    ASSERT_EQ(one.give("2026-08-05 09:00", RequestSupplement{}), "accepted");
    ASSERT_EQ(one.give("2026-08-06 09:00", ReceiveSupplement{}), "accepted");
    ASSERT_EQ(one.give("2026-08-06 10:00", AcceptSupplement{}), "accepted");
    ASSERT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-13 17:00")));
  };
  Accepted5Days again;
  ASSERT_EQ(again.reappoint("2026-08-04 09:00", "2026-08-20 10:00"), "accepted");
  EXPECT_FALSE(apology_done(again.dossier)) << "for the new date, which may be missed yet";
  restart(again);
  EXPECT_EQ(apology(again, "2026-08-13 17:00"), "not_owed");
  EXPECT_EQ(apology(again, "2026-08-14 08:00"), "missing");
  EXPECT_FALSE(apology_done(again.dossier));
  ASSERT_EQ(again.give("2026-08-14 09:00", Apologise{}), "accepted");
  EXPECT_EQ(apology(again, "2026-08-14 09:00"), "done_late");
  EXPECT_TRUE(apology_done(again.dossier));
  Accepted5Days sent;
  ASSERT_EQ(sent.give("2026-08-04 09:00", Apologise{}), "accepted");
  EXPECT_EQ(sent.give("2026-08-04 10:00", Apologise{}), "already_apologised");
  restart(sent);
  EXPECT_EQ(apology(sent, "2026-08-14 08:00"), "missing");
  EXPECT_EQ(sent.give("2026-08-14 09:00", Apologise{}), "accepted");
  EXPECT_EQ(sent.give("2026-08-14 10:00", Apologise{}), "already_apologised");
}
// The first term that was missed counts; done for a later one, it is repaired late.
TEST(Apology, OfALaterTermRepairsTheFirst) {
  Accepted5Days one;
  ASSERT_EQ(one.give("2026-08-11 09:00", RequestSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-08-12 09:00", ReceiveSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-08-12 10:00", AcceptSupplement{}), "accepted");
  EXPECT_EQ(apology(one, "2026-08-13 08:00"), "missing");
  ASSERT_EQ(one.reappoint("2026-08-13 09:00", "2026-08-27 10:00"), "accepted");
  EXPECT_EQ(apology(one, "2026-08-13 09:00"), "done_late");
}
TEST(Explanation, IsOwedByALateDossierForThreeWorkingDays) {
  Accepted5Days one;
  EXPECT_EQ(one.give("2026-08-10 17:00", ExplainLateness{}), "not_late");
  const auto duty = [&](std::string_view at) {
    return word_of(explanation_duty(one.dossier, vn(at), working_days(3), *one.calendar).state);
  };
  EXPECT_EQ(duty("2026-08-10 17:00"), "not_owed");
  EXPECT_EQ(duty("2026-08-13 17:00"), "owed");
  EXPECT_EQ(duty("2026-08-13 17:01"), "missing");
  ASSERT_EQ(one.give("2026-08-13 16:00", ExplainLateness{}), "accepted");
  EXPECT_EQ(duty("2026-08-14 09:00"), "done_in_time");
  EXPECT_EQ(one.give("2026-08-14 09:00", ExplainLateness{}), "already_explained");
}

TEST(OfficesStop, NeedsAGroundOfTheSectorsLaw) {
  Accepted5Days one;
  EXPECT_EQ(one.give("2026-08-04 09:00", StopDossier{Code("TIRED")}), "ground_not_allowed");
  ASSERT_EQ(one.give("2026-08-11 09:00", StopDossier{Code("COURT")}), "accepted");
  EXPECT_EQ(one.dossier.state, DossierState::stopped);
  EXPECT_TRUE(one.late("2026-08-12 09:00"));  // leaves lateness
  EXPECT_FALSE(one.dossier.counterable_stop);
}

// A date set by a calendar that knew less is derived again through everything that moved it.
TEST(SuspendedTerm, PastTheHorizonIsDerivedAgainFromItsStart) {
  Accepted5Days one("2026-12-23 09:00");
  one.procedure.suspensions.front().times = 3;
  ASSERT_EQ(one.suspend("2026-12-24 09:00"), "accepted");
  ASSERT_EQ(one.resume("2026-12-28 09:00"), "accepted");
  const DueDate before = one.clock(ClockKind::settlement).due;
  EXPECT_TRUE(before.provisional);
  ASSERT_EQ(one.give("2026-12-28 10:00", DeriveClocks{}), "accepted");
  EXPECT_EQ(one.clock(ClockKind::settlement).due, before);
}

}  // namespace
}  // namespace motcua::core
