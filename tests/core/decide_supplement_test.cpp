#include <gtest/gtest.h>

#include "engine/core/decide.h"
#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::case_in;
using test::DossierCase;
using test::later;
using test::shown;
using test::vn;

const CommandBody kAsk = RequestSupplement{{Code("cccd")}};
const CommandBody kSupply = ReceiveSupplement{{{Code("cccd"), PaperForm::copy, 1, false}}};

TEST(SupplementBeforeAcceptance, EndsTheCheckAndArmsItAnewWhenItComes) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 16:00", kAsk), "accepted");
  EXPECT_EQ(one.state(ClockKind::acceptance, "2026-08-20 08:00"), "met");
  EXPECT_EQ(one.due(ClockKind::settlement), "no clock");
  ASSERT_EQ(one.give("2026-08-20 16:00", kSupply), "accepted");
  EXPECT_EQ(one.clock(ClockKind::acceptance).term, 2u);
  EXPECT_EQ(one.due(ClockKind::acceptance), shown(vn("2026-08-21 16:00")));
  ASSERT_EQ(one.give("2026-08-21 08:00", AcceptSupplement{}), "accepted");
  EXPECT_EQ(one.dossier.state, DossierState::submitted);
  // Complete is not yet accepted: the eight hours go on to one of their three ends.
  EXPECT_EQ(one.state(ClockKind::acceptance, "2026-08-21 08:00"), "running");
  ASSERT_EQ(one.give("2026-08-21 16:00", AcceptDossier{}), "accepted");
  EXPECT_EQ(one.state(ClockKind::acceptance, "2026-08-21 16:00"), "met");
  EXPECT_EQ(one.dossier.code.text, "H32.19-260810-0001");  // the code does not change
}

TEST(SupplementAfterAcceptance, CountsTheTermAgainFromTheSupplementAndNotFromTheClick) {
  DossierCase one;
  ASSERT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-05 09:00", kAsk), "accepted");
  EXPECT_EQ(one.state(ClockKind::settlement, "2026-08-05 09:00"), "paused");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-10 17:00")));  // keeps the last date
  ASSERT_EQ(one.give("2026-08-10 23:00", kSupply), "accepted");
  EXPECT_EQ(one.state(ClockKind::acceptance, "2026-08-10 23:00"), "running");
  ASSERT_EQ(one.give("2026-08-11 10:00", AcceptSupplement{}), "accepted");
  EXPECT_EQ(one.state(ClockKind::acceptance, "2026-08-11 10:00"), "met");
  const LegalClock& term = one.clock(ClockKind::settlement);
  EXPECT_EQ(term.started_at, vn("2026-08-10 23:00"));
  EXPECT_EQ(term.term, 2u);
  EXPECT_EQ(term.rule.text, "SUPP_RESTART");
  EXPECT_EQ(shown(term.due.at), shown(vn("2026-08-17 17:00")));
  EXPECT_EQ(one.dossier.clock(ClockKind::settlement, 1)->course, LegalClock::Course::voided);
  EXPECT_EQ(one.dossier.clock(ClockKind::settlement, 1)->ended_at, vn("2026-08-05 09:00"));
  const SupplementRound& round = one.dossier.rounds.front();
  EXPECT_EQ(shown(round.promise_before), shown(vn("2026-08-10 17:00")));
  EXPECT_EQ(shown(round.promise_after), shown(vn("2026-08-17 17:00")));
}

TEST(SupplementAfterAcceptance, PausesAtTheDueAndMissesOneMillisecondAfter) {
  for (const int ms : {0, 1}) {
    DossierCase one;
    ASSERT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
    const Instant at = later(vn("2026-08-10 17:00"), ms);
    ASSERT_EQ(one.give(at, kAsk), "accepted");
    EXPECT_EQ(one.state(ClockKind::settlement, "2026-08-12 08:00"), ms == 0 ? "paused" : "missed");
    EXPECT_EQ(one.late("2026-08-12 08:00"), ms == 1);
  }
}

TEST(Supplement, MayBeAskedAgainWhileOneLiesUnjudgedAndEachRoundIsKept) {
  DossierCase one = case_in(DossierState::processing);
  ASSERT_EQ(one.give("2026-08-11 08:00", kAsk), "accepted");
  ASSERT_EQ(one.give("2026-08-12 08:00", kSupply), "accepted");
  ASSERT_EQ(one.give("2026-08-12 16:00", RequestSupplement{{Code("to_khai")}}), "accepted");
  EXPECT_EQ(one.state(ClockKind::acceptance, "2026-08-12 16:00"), "met");
  EXPECT_EQ(one.clock(ClockKind::citizen_wait).term, 2u);
  EXPECT_EQ(one.due(ClockKind::citizen_wait), shown(vn("2026-08-28 00:00")));
  ASSERT_EQ(one.give("2026-08-13 08:00", ReceiveSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 09:00", AcceptSupplement{}), "accepted");
  EXPECT_EQ(one.dossier.state, DossierState::processing);
  ASSERT_EQ(one.dossier.rounds.size(), 2u);
  EXPECT_EQ(one.dossier.rounds[0].supplied_at, vn("2026-08-12 08:00"));
  EXPECT_FALSE(one.dossier.rounds[0].accepted_at);
  EXPECT_EQ(one.dossier.rounds[1].missing, std::vector{Code("to_khai")});
  EXPECT_EQ(one.clock(ClockKind::settlement).started_at, vn("2026-08-13 08:00"));
}

TEST(Supplement, NamesPapersOfTheProcedure) {
  DossierCase one = case_in(DossierState::accepted);
  EXPECT_EQ(one.give("2026-08-11 08:00", RequestSupplement{{Code("cccd"), Code("giay_la")}}),
            "unknown_paper");
  EXPECT_EQ(one.last_rejection().faults.front().pointer, "#/missing/1");
  ASSERT_EQ(one.give("2026-08-11 08:00", kAsk), "accepted");
  EXPECT_EQ(one.give("2026-08-11 09:00", ReceiveSupplement{{{Code("giay_la"), PaperForm::copy, 1, false}}}),
            "unknown_paper");
}

TEST(CitizenWait, IsFifteenDaysToMidnightMovedOffADayOff) {
  DossierCase one;
  ASSERT_EQ(one.accepted_at_counter("2026-11-09 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-11-09 10:00", kAsk), "accepted");
  EXPECT_EQ(one.due(ClockKind::citizen_wait), shown(vn("2026-11-26 00:00")));  // 25/11 24:00
  EXPECT_EQ(one.clock(ClockKind::citizen_wait).due.unrolled_on, test::on("2026-11-24"));
  EXPECT_EQ(one.clock(ClockKind::citizen_wait).due.rolled_on, test::on("2026-11-25"));
}

TEST(CitizenWait, FollowsTheSectorsOwnLimit) {
  DossierCase one;
  one.procedure.citizen_wait = LimitOverride{test::calendar_days(30), "a sector's law"};
  ASSERT_EQ(one.accepted_at_counter("2026-08-03 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-03 10:00", kAsk), "accepted");
  EXPECT_EQ(one.due(ClockKind::citizen_wait), shown(vn("2026-09-04 00:00")));  // 2/9 is off, to Thursday 3/9
}

TEST(CitizenWait, RunOutAfterAcceptanceStopsTheDossierStrictlyAfterItsDue) {
  DossierCase one;
  ASSERT_EQ(one.accepted_at_counter("2026-11-09 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-11-09 10:00", kAsk), "accepted");
  const Instant due = vn("2026-11-26 00:00");
  EXPECT_EQ(runs_out_at(one.dossier), due);
  for (const int ms : {-1, 0}) {
    EXPECT_TRUE(decide_run_out(one.dossier, one.context(later(due, ms))).empty());
  }
  // However late the engine looks, it happened at the first instant after the due.
  for (const std::int64_t ms : {std::int64_t{1}, 3 * kDayMs}) {
    DossierCase stopped = one;
    stopped.run_out(later(due, ms));
    EXPECT_EQ(stopped.dossier.state, DossierState::stopped);
    EXPECT_EQ(stopped.dossier.ended_at, later(due, 1));
    const Event& event = stopped.events.back();
    EXPECT_EQ(event.recorded_at, later(due, ms));
    EXPECT_EQ(event.cause, CauseKind::clock);
    EXPECT_EQ(event.caller.text, "system");
    EXPECT_EQ(std::get<DossierStopped>(event.body).rule.text, "SUPP_CLOSE_15D");
    EXPECT_EQ(stopped.state(ClockKind::citizen_wait, later(due, 1)), "missed");
    EXPECT_EQ(stopped.state(ClockKind::settlement, later(due, 1)), "void");
    EXPECT_FALSE(runs_out_at(stopped.dossier));
    EXPECT_TRUE(decide_run_out(stopped.dossier, stopped.context(later(due, ms + 1))).empty());
  }
}

TEST(CitizenWait, IsMetBySupplyingAtItsLastInstant) {
  DossierCase in_time = case_in(DossierState::awaiting_supplement);  // asked on 10/08: to 25/08 24:00
  ASSERT_EQ(in_time.give(vn("2026-08-26 00:00"), kSupply), "accepted");
  EXPECT_EQ(in_time.state(ClockKind::citizen_wait, "2026-08-26 00:00"), "met");
  in_time.run_out(vn("2026-12-01 08:00"));
  EXPECT_EQ(in_time.dossier.state, DossierState::awaiting_supplement);
  DossierCase too_late = case_in(DossierState::awaiting_supplement);
  EXPECT_EQ(too_late.give(later(vn("2026-08-26 00:00"), 1), kSupply), "wrong_state");
  EXPECT_EQ(too_late.dossier.state, DossierState::stopped);
}

TEST(CitizenWait, RunOutBeforeAcceptanceStopsNobodyButMayBeRefused) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:00", kAsk), "accepted");
  EXPECT_FALSE(runs_out_at(one.dossier));
  one.run_out(vn("2026-09-30 08:00"));
  EXPECT_EQ(one.dossier.state, DossierState::awaiting_supplement);
  EXPECT_EQ(one.state(ClockKind::citizen_wait, "2026-09-30 08:00"), "missed");
  DossierCase supplied = one;
  EXPECT_EQ(supplied.give("2026-09-30 08:00", kSupply), "accepted");
  EXPECT_EQ(one.give("2026-09-30 08:00", RefuseDossier{}), "accepted");
  EXPECT_EQ(one.dossier.state, DossierState::refused);
  EXPECT_EQ(one.state(ClockKind::citizen_wait, "2026-09-30 08:00"), "missed");
}

}  // namespace
}  // namespace motcua::core
