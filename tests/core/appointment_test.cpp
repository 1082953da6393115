#include <gtest/gtest.h>

#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::DossierCase;
using test::vn;

// A dossier submitted online under a procedure without a stated limit.
DossierCase untimed_case() {
  DossierCase one;
  for (ChannelTerm& term : one.procedure.terms) term.statutory = Limit{};
  EXPECT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  return one;
}

TEST(Appointment, IsAPromiseThatMakesNothingTimed) {
  DossierCase one = untimed_case();
  ASSERT_EQ(one.give("2026-08-10 09:00", AcceptDossier{vn("2026-09-03 17:00")}), "accepted");
  EXPECT_EQ(one.dossier.appointment_at, vn("2026-09-03 17:00"));
  EXPECT_TRUE(one.dossier.untimed());
  EXPECT_EQ(one.due(ClockKind::settlement), test::shown(std::nullopt));
  EXPECT_FALSE(one.late("2027-01-01 08:00"));
  EXPECT_EQ(std::get<DossierAccepted>(one.events.back().body).appointment_at, vn("2026-09-03 17:00"));
}

TEST(Appointment, IsRefusedWhereTheProcedureStatesTheLimit) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(one.give("2026-08-10 09:00", AcceptDossier{vn("2026-09-03 17:00")}), "appointment_timed");
  EXPECT_EQ(one.last_rejection().kind, Rejection::Kind::invalid);
  EXPECT_EQ(one.last_rejection().faults.at(0).pointer, "#/appointment_at");
  EXPECT_EQ(one.dossier.state, DossierState::submitted);
  EXPECT_EQ(one.give("2026-08-10 09:00", AcceptDossier{}), "accepted");
}

TEST(Appointment, LiesAfterTheInstantAtWhichItIsGiven) {
  const Instant now = vn("2026-08-10 09:00");
  for (const std::int64_t ms : {-kDayMs, std::int64_t{-1}, std::int64_t{0}}) {
    DossierCase one = untimed_case();
    EXPECT_EQ(one.give(now, AcceptDossier{test::later(now, ms)}), "appointment_past") << ms;
  }
  DossierCase one = untimed_case();
  EXPECT_EQ(one.give(now, AcceptDossier{test::later(now, 1)}), "accepted");
}

TEST(Appointment, IsAtAnOpenOfficeOfADayThatTheCalendarKnows) {
  DossierCase one = untimed_case();
  EXPECT_EQ(one.give("2026-08-10 09:00", AcceptDossier{vn("2026-08-23 03:00")}), "not_working_time");
  EXPECT_EQ(one.give("2026-08-10 09:00", AcceptDossier{vn("2099-01-01 09:00")}), "calendar_horizon");
  EXPECT_EQ(one.last_rejection().faults.at(0).pointer, "#/appointment_at");
  EXPECT_EQ(one.give("2026-08-10 09:00", AcceptDossier{vn("2026-08-20 11:00")}), "accepted");
}

// What is entered late and happened earlier cannot promise an instant between the two.
TEST(Appointment, LiesAfterTheEntryOfABackDatedAcceptance) {
  DossierCase one = untimed_case();
  EXPECT_EQ(one.give("2026-08-10 10:00", AcceptDossier{vn("2026-08-10 09:30")}, "2026-08-10 09:00"),
            "appointment_past");
}

TEST(Appointment, StandsAsThePromiseAroundASupplement) {
  DossierCase one = untimed_case();
  ASSERT_EQ(one.give("2026-08-10 09:00", AcceptDossier{vn("2026-09-03 17:00")}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 10:00", RequestSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-08-11 10:00", ReceiveSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-08-11 11:00", AcceptSupplement{}), "accepted");
  EXPECT_EQ(one.dossier.rounds.at(0).promise_before, vn("2026-09-03 17:00"));
  EXPECT_EQ(one.dossier.rounds.at(0).promise_after, vn("2026-09-03 17:00"));
}

}  // namespace
}  // namespace motcua::core
