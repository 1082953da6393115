#include "engine/core/decide.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::case_in;
using test::DossierCase;
using test::later;
using test::on;
using test::shown;
using test::vn;

TEST(Acceptance, IsDueEightWorkingHoursAfterReceipt) {
  struct Row {
    const char* filed;
    const char* due;
  };
  for (const Row& row : {Row{"2026-08-21 16:00", "2026-08-22 16:00"},     // a worked Saturday
                         Row{"2026-11-23 16:00", "2026-11-25 16:00"},     // 24/11 is off
                         Row{"2026-08-15 10:00", "2026-08-17 17:00"}}) {  // a plain Saturday
    DossierCase one;
    ASSERT_EQ(one.filed_online(row.filed), "accepted");
    EXPECT_EQ(one.due(ClockKind::acceptance), shown(vn(row.due)));
    EXPECT_EQ(one.clock(ClockKind::acceptance).rule.text, "ACCEPT_8H");
  }
}

TEST(Acceptance, IsMetByEachOfItsThreeEndsAtTheDueAndMissedOneMillisecondAfter) {
  const CommandBody ends[] = {AcceptDossier{}, RefuseDossier{}, RequestSupplement{{Code("cccd")}}};
  for (const CommandBody& end : ends) {
    for (const int ms : {-1, 0, 1}) {
      DossierCase one;
      ASSERT_EQ(one.filed_online("2026-08-21 16:00"), "accepted");
      const Instant at = later(vn("2026-08-22 16:00"), ms);
      ASSERT_EQ(one.give(at, end), "accepted");
      EXPECT_EQ(one.state(ClockKind::acceptance, later(at, 1)), ms > 0 ? "missed" : "met") << word_of(end);
    }
  }
}

TEST(Acceptance, IsOwedOnEveryChannelUnlessAcceptedInTheSameCall) {
  for (const Channel channel : {Channel::direct, Channel::online, Channel::post}) {
    DossierCase one;
    ASSERT_EQ(one.give("2026-08-10 08:00", one.submission(channel)), "accepted");
    EXPECT_EQ(one.state(ClockKind::acceptance, "2026-08-10 08:00"), "running") << word_of(channel);
  }
  DossierCase at_once;
  ASSERT_EQ(at_once.accepted_at_counter("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(at_once.due(ClockKind::acceptance), "no clock");
  EXPECT_EQ(at_once.events.size(), 2u);
}

TEST(Acceptance, IsNotOwedBeforeTheRuleCameIntoForce) {
  for (const auto& [filed, owed] :
       {std::pair("2020-05-21 16:00", false), std::pair("2020-05-22 08:00", true)}) {
    DossierCase one;
    for (Rules& rules : one.rulebook.layers) rules.acceptance.from = on("2020-05-22");
    ASSERT_EQ(one.filed_online(filed), "accepted");
    EXPECT_EQ(one.dossier.clock(ClockKind::acceptance) != nullptr, owed) << filed;
    ASSERT_EQ(one.give("2020-05-25 08:00", RequestSupplement{}), "accepted");
    ASSERT_EQ(one.give("2020-05-25 09:00", ReceiveSupplement{}), "accepted");
    EXPECT_EQ(one.dossier.clock(ClockKind::acceptance) != nullptr, owed) << filed;
  }
}

TEST(Acceptance, IsOwedOnTheChannelsThatTheRuleNames) {
  for (const Channel channel : {Channel::direct, Channel::online, Channel::post}) {
    DossierCase one;
    for (Rules& rules : one.rulebook.layers) {
      rules.acceptance_on[static_cast<int>(Channel::direct)] = false;
      rules.acceptance_on[static_cast<int>(Channel::post)] = false;
    }
    ASSERT_EQ(one.give("2026-08-10 08:00", one.submission(channel)), "accepted");
    ASSERT_EQ(one.give("2026-08-10 09:00", RequestSupplement{}), "accepted");
    ASSERT_EQ(one.give("2026-08-10 10:00", ReceiveSupplement{}), "accepted");
    const auto terms = std::count_if(one.dossier.clocks.begin(), one.dossier.clocks.end(),
                                     [](const LegalClock& c) { return c.kind == ClockKind::acceptance; });
    EXPECT_EQ(terms, channel == Channel::online ? 2 : 0) << word_of(channel);
  }
}

TEST(Acceptance, FollowsTheSectorsOwnLimit) {
  DossierCase one;
  one.procedure.acceptance = LimitOverride{test::working_days(3), "a sector's law"};
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(one.due(ClockKind::acceptance), shown(vn("2026-08-13 17:00")));
}

TEST(IntakeAlert, IsTheSystemsOwnWrittenWithTheSubmissionUnderL2) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-08-21 16:00"), "accepted");
  EXPECT_EQ(one.due(ClockKind::intake_alert), shown(vn("2026-08-21 18:00")));  // clock hours
  EXPECT_EQ(one.state(ClockKind::intake_alert, "2026-08-21 16:00"), "met");
  EXPECT_EQ(one.clock(ClockKind::intake_alert).rule.text, "INTAKE_ALERT_2H");
}

TEST(IntakeAlert, IsOfOnlineDossiersOnly) {
  for (const Channel channel : {Channel::direct, Channel::post}) {
    DossierCase one;
    ASSERT_EQ(one.give("2026-08-21 16:00", one.submission(channel)), "accepted");
    EXPECT_EQ(one.due(ClockKind::intake_alert), "no clock");
  }
}

TEST(IntakeAlert, IsLateWhenTheEngineLearntOfTheReceiptTooLate) {
  for (const int ms : {0, 1}) {
    DossierCase one;
    ASSERT_EQ(
        one.give(later(vn("2026-08-21 18:00"), ms), one.submission(Channel::online), vn("2026-08-21 16:00")),
        "accepted");
    EXPECT_EQ(one.state(ClockKind::intake_alert, later(vn("2026-08-21 18:00"), 1)),
              ms == 0 ? "met" : "missed");
  }
}

TEST(Layers, ADossierReceivedOn30June2025KeepsL1) {
  struct Row {
    const char* now;
    const char* received;
    const char* layer;
  };
  for (const Row& row : {Row{"2025-06-30 23:59:59.999", "", "L1"}, Row{"2025-07-01 00:00", "", "L2"},
                         Row{"2025-07-01 09:00", "2025-06-30 16:00", "L1"},
                         Row{"2025-07-01 09:00", "2025-07-01 00:00", "L2"}}) {
    DossierCase one;
    ASSERT_EQ(one.give(row.now, one.submission(Channel::online), row.received), "accepted");
    EXPECT_EQ(one.dossier.layer.text, row.layer);
    EXPECT_EQ(one.dossier.clock(ClockKind::intake_alert) != nullptr, row.layer == std::string("L2"));
    ASSERT_EQ(one.give("2025-07-02 09:00", AcceptDossier{}), "accepted");
    ASSERT_EQ(one.give("2025-07-02 10:00", RequestSupplement{}), "accepted");
    EXPECT_EQ(one.dossier.layer.text, row.layer);
  }
}

TEST(Layers, NoneBeforeTheFirstIsAFaultOfTheReceipt) {
  DossierCase one;
  one.rulebook.layers.erase(one.rulebook.layers.begin());
  EXPECT_EQ(one.filed_online("2025-06-30 16:00"), "out_of_range");
}

TEST(Appraisal, EndsWithARequestUntilItsDueAndLapsesAfter) {
  for (const int ms : {0, 1}) {
    DossierCase one;
    ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
    EXPECT_EQ(one.due(ClockKind::appraisal), shown(vn("2026-08-13 17:00")));
    const Instant at = later(vn("2026-08-13 17:00"), ms);
    ASSERT_EQ(one.give(at, RequestSupplement{}), "accepted");
    EXPECT_EQ(one.state(ClockKind::appraisal, later(at, 1)), ms == 0 ? "met" : "void");
  }
}

TEST(Appraisal, IsCutAtTheSettlementDue) {
  DossierCase one;
  for (ChannelTerm& term : one.procedure.terms) term.statutory = test::working_days(2);
  ASSERT_EQ(one.accepted_at_counter("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(one.due(ClockKind::appraisal), shown(vn("2026-08-12 17:00")));
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-12 17:00")));
}

TEST(Settlement, StartsAtAcceptanceWithTheProvincesShorterPromise) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), "no clock");
  one.procedure.terms[1].committed = test::working_days(4);
  ASSERT_EQ(one.give("2026-08-11 08:00", AcceptDossier{}), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-17 17:00")));
  EXPECT_EQ(one.clock(ClockKind::settlement).rule.text, "CLOCK_START");
}

// 20 days of the law end on Monday 02/03/2026, 14 working days over Tết on Friday 06/03.
TEST(Settlement, IsNeverPromisedForAfterTheLaw) {
  DossierCase one;
  ChannelTerm& term = one.procedure.terms[0];
  term.statutory = test::calendar_days(20);
  term.committed = test::working_days(14);
  DossierCase other = one;
  ASSERT_EQ(one.accepted_at_counter("2026-02-09 08:00"), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-03-02 17:00")));
  EXPECT_EQ(one.clock(ClockKind::settlement).limit, term.statutory);
  // Without a holiday the promise is the shorter one.
  ASSERT_EQ(other.accepted_at_counter("2026-03-09 08:00"), "accepted");
  EXPECT_EQ(other.due(ClockKind::settlement), shown(vn("2026-03-27 17:00")));
}

TEST(Settlement, SettledAtTheDueIsOnTimeAndOneMillisecondLaterIsLate) {
  for (const Outcome outcome : {Outcome::granted, Outcome::denied, Outcome::not_eligible}) {
    for (const int ms : {0, 1}) {
      DossierCase one;
      ASSERT_EQ(one.accepted_at_counter("2026-08-03 09:00"), "accepted");
      const Instant at = later(vn("2026-08-10 17:00"), ms);
      ASSERT_EQ(one.give(at, SettleDossier{outcome, ResultForm::electronic, Code()}), "accepted");
      EXPECT_EQ(one.late(later(at, 1)), ms == 1);
      EXPECT_EQ(one.state(ClockKind::appraisal, at), "void");
      EXPECT_EQ(one.dossier.results.front().outcome, outcome);
    }
  }
}

TEST(Settlement, NamesAResultOfTheProcedureOrNone) {
  DossierCase one = case_in(DossierState::processing);
  EXPECT_EQ(
      one.give("2026-08-11 08:00", SettleDossier{Outcome::granted, ResultForm::paper, Code("KQ.G01.1")}),
      "unknown_result");
  EXPECT_EQ(one.last_rejection().faults.front().pointer, "#/result_kind");
  EXPECT_EQ(
      one.give("2026-08-11 08:00", SettleDossier{Outcome::granted, ResultForm::paper, Code("KQ.G01.000064")}),
      "accepted");
}

TEST(Withdrawal, BeforeTheDueVoidsEveryClock) {
  for (const DossierState state : {DossierState::submitted, DossierState::accepted, DossierState::processing,
                                   DossierState::awaiting_supplement}) {
    DossierCase one = case_in(state);
    ASSERT_EQ(one.give("2026-08-10 16:00", WithdrawDossier{}), "accepted");
    for (const LegalClock& clock : one.dossier.clocks) {
      EXPECT_FALSE(clock.running());
      EXPECT_NE(clock.state_at(vn("2026-08-10 16:00")), ClockState::missed);
    }
    EXPECT_FALSE(one.late("2027-01-01 08:00"));
    EXPECT_EQ(one.dossier.ended_at, vn("2026-08-10 16:00"));
  }
}

TEST(Adjustment, IsOfOnlineDossiersAndMovesNoClock) {
  DossierCase one = case_in(DossierState::processing);
  const auto clocks = one.dossier.clocks;
  AdjustDossier adjust;
  adjust.delivery = Delivery::post;
  adjust.facts.push_back({Code("persons"), std::int64_t{3}});
  ASSERT_EQ(one.give("2026-08-11 08:00", adjust), "accepted");
  EXPECT_EQ(one.dossier.clocks, clocks);
  EXPECT_EQ(one.dossier.delivery, Delivery::post);
  adjust.facts.front().key = Code("reason");  // personal: never in an event
  EXPECT_EQ(one.give("2026-08-11 09:00", adjust), "unknown_fact");
  DossierCase paper;
  ASSERT_EQ(paper.accepted_at_counter("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(paper.give("2026-08-10 09:00", AdjustDossier{}), "not_online");
}

TEST(Assignment, GoesToAnOfficerOfTheAgency) {
  DossierCase one = case_in(DossierState::accepted);
  EXPECT_EQ(one.give("2026-08-10 11:00", AssignStep{Code(), Code("H32.19.none")}), "unknown_officer");
  ASSERT_EQ(one.give("2026-08-10 11:00", AssignStep{Code(), Code("H32.19.cv01")}), "accepted");
  EXPECT_EQ(one.dossier.holder_officer.text, "H32.19.cv01");
  EXPECT_EQ(one.dossier.holder_unit.text, "tu-phap");
}

}  // namespace
}  // namespace motcua::core
