#include <gtest/gtest.h>

#include <random>

#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::DossierCase;
using test::later;
using test::on;
using test::shown;
using test::vn;

CorrectDossier correct(std::uint32_t version, std::string_view to) { return {version, vn(to)}; }

// Filed on Monday 10/08/2026 08:00 (1), accepted on Tuesday 10:00 (2): due on Tuesday 18/08 17:00.
DossierCase accepted() {
  DossierCase one;
  EXPECT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(one.give("2026-08-11 10:00", AcceptDossier{}), "accepted");
  return one;
}

TEST(Correction, OfTheAcceptanceDerivesTheDueAnew) {
  DossierCase one = accepted();
  ASSERT_EQ(one.give("2026-08-12 09:00", correct(2, "2026-08-10 16:00")), "accepted");
  EXPECT_EQ(shown(one.dossier.accepted_at), shown(vn("2026-08-10 16:00")));
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-17 17:00")));
  const LegalClock& clock = one.clock(ClockKind::settlement);
  EXPECT_EQ(clock.started_at, vn("2026-08-10 16:00"));
  ASSERT_EQ(clock.earlier.size(), 1u);
  EXPECT_EQ(clock.earlier[0].end, StretchEnd::corrected);
  ASSERT_EQ(one.dossier.corrections.size(), 1u);
  const Correction& made = one.dossier.corrections[0];
  EXPECT_EQ(made.version, 2u);
  EXPECT_EQ(made.by, Code("H32.19.cv01"));
  EXPECT_EQ(shown(made.before), shown(vn("2026-08-11 10:00")));
  EXPECT_EQ(shown(made.due_before), shown(vn("2026-08-18 17:00")));
  EXPECT_EQ(shown(made.due_after), shown(vn("2026-08-17 17:00")));
  EXPECT_EQ(one.events[1].occurred_at, vn("2026-08-11 10:00")) << "nothing is erased";
}

TEST(Correction, MayBeCorrectedAgain) {
  DossierCase one = accepted();
  ASSERT_EQ(one.give("2026-08-12 09:00", correct(2, "2026-08-10 16:00")), "accepted");
  // On the same day: the date stays, and the term has begun there all the same.
  ASSERT_EQ(one.give("2026-08-12 09:30", correct(2, "2026-08-10 15:00")), "accepted");
  EXPECT_EQ(one.clock(ClockKind::settlement).earlier.size(), 1u);
  ASSERT_EQ(one.give("2026-08-12 10:00", correct(2, "2026-08-12 08:30")), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-19 17:00")));
  EXPECT_EQ(shown(one.dossier.corrections[2].before), shown(vn("2026-08-10 15:00")));
}

TEST(Correction, WithoutAnInstantStatesTheReasonOnly) {
  DossierCase one = accepted();
  const auto clocks = one.dossier.clocks;
  ASSERT_EQ(one.give("2026-08-12 09:00", CorrectDossier{2, std::nullopt}), "accepted");
  EXPECT_EQ(one.dossier.clocks, clocks);
  EXPECT_EQ(one.dossier.corrections.size(), 1u);
}

TEST(Correction, LiesBetweenTheNeighboursOfItsEvent) {
  DossierCase one = accepted();
  ASSERT_EQ(one.give("2026-08-12 08:00", AssignStep{Code(), Code("H32.19.cv01")}), "accepted");
  EXPECT_EQ(one.give("2026-08-12 09:00", correct(2, "2026-08-10 07:59:59.999")), "out_of_order");
  EXPECT_EQ(one.give("2026-08-12 09:00", correct(2, "2026-08-12 08:00:00.001")), "out_of_order");
  EXPECT_EQ(one.give("2026-08-12 09:00", correct(2, "2026-08-10 08:00")), "accepted");
  EXPECT_EQ(one.give("2026-08-12 09:00", correct(2, "2026-08-12 08:00")), "accepted");
  DossierCase last = accepted();
  EXPECT_EQ(last.give("2026-08-12 09:00", correct(2, "2026-08-12 09:00:00.001")), "future_instant");
  // Entered later, it knows no more than what had passed when it was made.
  EXPECT_EQ(last.give("2026-08-12 09:00", correct(2, "2026-08-12 08:30"), "2026-08-12 08:00"),
            "future_instant");
  EXPECT_EQ(last.give("2026-08-12 09:00", correct(2, "2026-08-12 09:00")), "accepted");
}

// What a linked dossier told stands between acts that happened before it.
TEST(Correction, LiesBetweenWhatHappenedBeforeAndAfterNotWhatWasWrittenThen) {
  const auto event = [](std::uint32_t version, std::string_view at, EventBody body) {
    Event made;
    made.version = version;
    made.occurred_at = vn(at);
    made.body = std::move(body);
    return made;
  };
  const std::vector<Event> events{
      event(1, "2026-08-10 08:00", DossierSubmitted{}),    event(2, "2026-08-10 12:00", AwaitingChanged{}),
      event(3, "2026-08-10 09:00", DossierAccepted{}),     event(4, "2026-08-10 15:00", AwaitingChanged{}),
      event(5, "2026-08-10 10:00", SupplementRequested{}), event(6, "2026-08-10 16:00", DossierCorrected{}),
      event(7, "2026-08-10 11:00", SupplementReceived{})};
  const Context::CorrectedEvent acceptance = corrected_event(events, 3);
  EXPECT_EQ(acceptance.before, &events[0]);
  EXPECT_EQ(acceptance.after, &events[4]);
  const Context::CorrectedEvent supplement = corrected_event(events, 7);
  EXPECT_EQ(supplement.before, &events[4]);
  EXPECT_EQ(supplement.after, nullptr);
  EXPECT_EQ(corrected_event(events, 8).event, nullptr);
}

TEST(Correction, IsOfAnAcceptanceASupplementASettlementOrAPaymentOnly) {
  DossierCase one = accepted();
  EXPECT_EQ(one.give("2026-08-12 09:00", correct(1, "2026-08-10 07:00")), "not_correctable");
  EXPECT_EQ(one.give("2026-08-12 09:00", correct(3, "2026-08-12 08:00")), "unknown_event");
  EXPECT_EQ(one.give("2026-08-12 09:00", correct(0, "2026-08-12 08:00")), "unknown_event");
}

TEST(Correction, IsASupervisorsOrOfWhoMayActForOne) {
  struct Try {
    const char* role;
    Date from, to;
    bool allowed;
  };
  const Date day = on("2026-08-12");
  for (const Try& each :
       {Try{"agency_head", day, day, true}, Try{"unit_head", day, day, true},
        Try{"one_stop_head", day, day, false}, Try{"handling_officer", day, day, false},
        Try{"agency_head", day + 1, day + 9, false}, Try{"agency_head", day - 9, day - 1, false}}) {
    DossierCase one = accepted();
    Officer& head = one.agency.officers.back();
    head.role = Code(each.role);
    head.deputies = {{Code("H32.19.cv01"), each.from, each.to}};
    EXPECT_EQ(one.give("2026-08-12 09:00", correct(2, "2026-08-10 16:00")),
              each.allowed ? "accepted" : "not_a_supervisor")
        << each.role;
  }
}

TEST(Correction, IsAlsoOfTheHeadOfAnAgencyAbove) {
  for (const char* role : {"agency_head", "unit_head"}) {
    DossierCase one = accepted();
    one.agency.officers.pop_back();
    Agency province;
    province.code = Code("H32");
    province.officers = {{Code("H32.ct01"), Code("lanh-dao"), Code(role)}};
    Context told = one.context(vn("2026-08-12 09:00"));
    told.above = {&province};
    told.corrected = corrected_event(one.events, 2);
    const Command command{correct(2, "2026-08-10 16:00"), std::nullopt, Code("H32.ct01"), {}};
    EXPECT_EQ(std::holds_alternative<Accepted>(decide(one.dossier, command, told)),
              std::string_view(role) == "agency_head");
  }
}

TEST(Correction, OfASupplementMovesTheTermThatItStarted) {
  DossierCase one = accepted();
  ASSERT_EQ(one.give("2026-08-11 11:00", RequestSupplement{{Code("cccd")}}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 09:00", ReceiveSupplement{}), "accepted");  // 4
  DossierCase unjudged = one;
  ASSERT_EQ(unjudged.give("2026-08-13 10:00", correct(4, "2026-08-12 15:00")), "accepted");
  ASSERT_EQ(unjudged.give("2026-08-13 11:00", AcceptSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 10:00", AcceptSupplement{}), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-20 17:00")));
  ASSERT_EQ(one.give("2026-08-13 11:00", correct(4, "2026-08-12 15:00")), "accepted");
  for (const DossierCase* each : {&one, &unjudged}) {
    EXPECT_EQ(each->due(ClockKind::settlement), shown(vn("2026-08-19 17:00")));
    EXPECT_EQ(shown(each->dossier.rounds[0].supplied_at), shown(vn("2026-08-12 15:00")));
  }
}

// Entered by the minute, the acceptance stands at the instant of the supplement: what it began does not move
// with it.
TEST(Correction, OfASupplementLeavesWhatAnAcceptanceOfTheSameInstantStarted) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-11 09:00", RequestSupplement{{Code("cccd")}}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 10:00", ReceiveSupplement{}), "accepted");  // 3
  ASSERT_EQ(one.give("2026-08-13 10:00", AcceptSupplement{}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 10:00", AcceptDossier{}), "accepted");
  const auto step = one.due(ClockKind::step);
  const auto settlement = one.due(ClockKind::settlement);
  ASSERT_EQ(one.give("2026-08-13 11:00", correct(3, "2026-08-12 09:00")), "accepted");
  EXPECT_EQ(one.due(ClockKind::step), step);
  EXPECT_EQ(one.due(ClockKind::settlement), settlement);
  EXPECT_EQ(shown(one.dossier.rounds[0].supplied_at), shown(vn("2026-08-12 09:00")));
}

// Asked again at the very instant of the first: which of the two the term counts from cannot be told by it.
TEST(Correction, IsNotOfASupplementAtWhoseInstantAnotherCame) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  for (int round = 0; round < 2; ++round) {
    ASSERT_EQ(one.give("2026-08-10 09:00", RequestSupplement{{Code("cccd")}}), "accepted");
    ASSERT_EQ(one.give("2026-08-10 09:00", ReceiveSupplement{}), "accepted");  // 3 and 5
  }
  ASSERT_EQ(one.give("2026-08-10 10:00", AcceptSupplement{}), "accepted");
  for (const std::uint32_t version : {3, 5}) {
    EXPECT_EQ(one.give("2026-08-10 11:00", correct(version, "2026-08-10 09:00")), "date_not_correctable");
    EXPECT_EQ(one.give("2026-08-10 11:00", CorrectDossier{version, std::nullopt}), "accepted");
  }
}

// What waits is derived anew at once, and goes on waiting; the wait then moves the new date.
TEST(Correction, OfAnAcceptanceReachesATermThatWaits) {
  DossierCase one = accepted();
  ASSERT_EQ(one.give("2026-08-12 11:00", SuspendDossier{Code("TAX"), {}}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 09:00", correct(2, "2026-08-10 16:00")), "accepted");
  const LegalClock waits = one.clock(ClockKind::settlement);
  EXPECT_EQ(waits.course, LegalClock::Course::paused);
  EXPECT_EQ(shown(waits.ended_at), shown(vn("2026-08-12 11:00")));
  EXPECT_EQ(waits.started_at, vn("2026-08-10 16:00"));
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-17 17:00")));
  EXPECT_EQ(shown(one.dossier.corrections[0].due_after), shown(vn("2026-08-17 17:00")));
  ASSERT_EQ(one.give("2026-08-14 09:00", ResumeDossier{}), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-19 17:00"))) << "two closes later";
  EXPECT_FALSE(one.clock(ClockKind::settlement).recorded_late);
}

TEST(Correction, LeavesWhatWasLateWhenItBeganToWaitLate) {
  DossierCase one = accepted();
  ASSERT_EQ(one.give("2026-08-19 08:00", SuspendDossier{Code("TAX"), {}}), "accepted");
  ASSERT_TRUE(one.late("2026-08-19 08:00"));
  ASSERT_EQ(one.give("2026-08-19 09:00", correct(2, "2026-08-14 16:00")), "accepted");
  EXPECT_EQ(one.clock(ClockKind::settlement).course, LegalClock::Course::paused);
  EXPECT_TRUE(one.late("2026-08-19 09:00"));
  EXPECT_EQ(lateness_at(one.dossier, vn("2026-08-20 09:00"), *one.calendar).counted.ms, kHourMs);
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-21 17:00")));
}

// The extension is what the ground gave, on top of the date as it ought to have been.
TEST(Correction, OfAnAcceptanceExtendsTheNewDateAgain) {
  DossierCase one = accepted();
  one.procedure.extensions[0].length = Limit{2, LimitUnit::working_day};
  ASSERT_EQ(one.give("2026-08-12 08:00", ExtendTerm{Code("COMPLEX"), {}}), "accepted");
  ASSERT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-20 17:00")));
  ASSERT_EQ(one.give("2026-08-12 09:00", correct(2, "2026-08-10 16:00")), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-19 17:00")));
}

// What was promised anew was promised, whenever the term began.
TEST(Correction, OfAnAcceptanceLeavesAReappointment) {
  DossierCase one = accepted();
  ASSERT_EQ(one.give("2026-08-12 08:00", ReappointDossier{vn("2026-08-25 10:00"), {}}), "accepted");
  ASSERT_EQ(one.give("2026-08-12 09:00", correct(2, "2026-08-10 16:00")), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-25 10:00")));
  EXPECT_EQ(one.clock(ClockKind::settlement).started_at, vn("2026-08-10 16:00"));
}

TEST(Correction, OfAnAcceptanceMovesTheAppraisalAndTheFirstStep) {
  for (const bool on_paper : {false, true}) {
    DossierCase one;
    one.procedure.steps.front().budget = Limit{8, LimitUnit::working_hour};
    ASSERT_EQ(on_paper ? one.accepted_at_counter("2026-08-11 10:00") : one.filed_online("2026-08-10 08:00"),
              "accepted");
    const CommandBody next = on_paper ? CommandBody(ReceiveForwarded{}) : CommandBody(AcceptDossier{});
    ASSERT_EQ(one.give("2026-08-11 10:00", next), "accepted");
    const std::string step = one.due(ClockKind::step);
    ASSERT_EQ(step, shown(vn("2026-08-12 10:00")));
    ASSERT_EQ(one.due(ClockKind::appraisal), shown(vn("2026-08-14 17:00")));
    const std::string to = on_paper ? "2026-08-11 10:00" : "2026-08-10 16:00";
    const Instant now = vn("2026-08-11 15:00");
    ASSERT_EQ(one.give(now, correct(2, to)), "accepted");
    EXPECT_EQ(one.due(ClockKind::appraisal), shown(vn(on_paper ? "2026-08-14 17:00" : "2026-08-13 17:00")));
    // On paper the step began when the papers had come.
    EXPECT_EQ(one.due(ClockKind::step), on_paper ? step : shown(vn("2026-08-11 16:00")));
    EXPECT_EQ(one.clock(ClockKind::step).started_at, vn(to));
  }
}

// The same of a step that a supplement began anew.
TEST(Correction, OfASupplementMovesTheStepsThatItBeganAnew) {
  DossierCase one;
  one.procedure.steps.front().budget = Limit{8, LimitUnit::working_hour};
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-11 10:00", AcceptDossier{}), "accepted");
  ASSERT_EQ(one.give("2026-08-11 11:00", RequestSupplement{{Code("cccd")}}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 09:00", ReceiveSupplement{}), "accepted");  // 4
  ASSERT_EQ(one.give("2026-08-13 10:00", AcceptSupplement{}), "accepted");
  ASSERT_EQ(one.due(ClockKind::step), shown(vn("2026-08-14 09:00")));
  ASSERT_EQ(one.give("2026-08-13 11:00", correct(4, "2026-08-12 15:00")), "accepted");
  EXPECT_EQ(one.due(ClockKind::step), shown(vn("2026-08-13 15:00")));
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-19 17:00")));
}

// Settled on Tuesday 18/08 within its term.
DossierCase settled() {
  DossierCase one = accepted();
  EXPECT_EQ(one.give("2026-08-18 16:00", SettleDossier{}), "accepted");  // 3
  return one;
}

TEST(Correction, OfASettlementToALaterInstantJudgesByIt) {
  DossierCase one = settled();
  ASSERT_FALSE(one.late("2026-08-19 09:00"));
  ASSERT_EQ(one.give("2026-08-19 11:00", correct(3, "2026-08-18 17:00")), "accepted");
  EXPECT_FALSE(one.late("2026-08-19 11:00")) << "its last instant";
  ASSERT_EQ(one.give("2026-08-19 11:00", correct(3, "2026-08-19 10:00")), "accepted");
  EXPECT_TRUE(one.late("2026-08-19 11:00"));
  EXPECT_EQ(lateness_at(one.dossier, vn("2026-08-19 11:00"), *one.calendar).counted.ms, 3 * kHourMs);
  EXPECT_EQ(shown(one.dossier.settled_at), shown(vn("2026-08-19 10:00")));
  EXPECT_EQ(shown(one.dossier.ended_at), shown(vn("2026-08-19 10:00")));
  const LegalClock& clock = one.clock(ClockKind::settlement);
  EXPECT_EQ(clock.state_at(vn("2026-08-19 11:00")), ClockState::missed);
  ASSERT_EQ(clock.shares.size(), 1u) << "whoever held it at its end";
  EXPECT_EQ(clock.shares[0].seconds, 3 * 3600);
  // The way back is not open: no correction takes lateness away.
  ASSERT_EQ(one.give("2026-08-19 12:00", correct(3, "2026-08-18 16:00")), "accepted");
  EXPECT_TRUE(one.late("2026-08-19 12:00"));
  EXPECT_EQ(shown(one.dossier.settled_at), shown(vn("2026-08-18 16:00")));
  EXPECT_EQ(shown(one.dossier.ended_at), shown(vn("2026-08-19 10:00")));
}

TEST(Correction, OfASettlementToAnEarlierInstantIsShownAndMovesNoClock) {
  DossierCase one = accepted();
  ASSERT_EQ(one.give("2026-08-19 08:00", SettleDossier{}), "accepted");
  ASSERT_TRUE(one.late("2026-08-19 09:00"));
  const auto clocks = one.dossier.clocks;
  ASSERT_EQ(one.give("2026-08-19 09:00", correct(3, "2026-08-18 16:00")), "accepted");
  EXPECT_EQ(shown(one.dossier.settled_at), shown(vn("2026-08-18 16:00")));
  EXPECT_EQ(one.dossier.clocks, clocks);
  EXPECT_TRUE(one.late("2026-08-19 09:00")) << "what was missed stays missed";
}

TEST(Correction, OfAPaymentCountsTheWaitAnew) {
  DossierCase one;
  one.procedure.payment->when = PaymentTime::after_acceptance;
  one.procedure.payment->effect = PaymentEffect::suspend;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 08:00", AcceptDossier{}), "accepted");
  ASSERT_EQ(one.give("2026-08-11 08:00", RequestPayment{}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 09:00", ConfirmPayment{Code("KB-1"), 33'000}), "accepted");  // 4
  ASSERT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-19 17:00")));
  ASSERT_EQ(one.give("2026-08-13 10:00", correct(4, "2026-08-12 09:00")), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-18 17:00"))) << "one close, not two";
  // A second correction counts from what the first one said.
  ASSERT_EQ(one.give("2026-08-13 10:30", correct(4, "2026-08-12 17:30")), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-19 17:00"))) << "two closes";
  ASSERT_EQ(one.give("2026-08-13 11:00", correct(4, "2026-08-12 10:00")), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-18 17:00")));
  ASSERT_EQ(one.give("2026-08-13 11:00", correct(2, "2026-08-11 07:30")), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-19 17:00"))) << "the wait still counts";
}

TEST(Correction, OfAPaymentBeforeAcceptanceMovesTheAcceptance) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 10:00", RequestPayment{}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 09:00", ConfirmPayment{Code("KB-1"), 33'000}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 10:00", correct(3, "2026-08-12 15:00")), "accepted");
  EXPECT_EQ(one.due(ClockKind::acceptance), shown(vn("2026-08-13 15:00")));
}

// Entered by the minute, the payment and the acceptance that it let go on fall on one instant.
TEST(Correction, OfAPaymentLeavesTheTermThatAnAcceptanceOfTheSameInstantStarted) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 10:00", RequestPayment{}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 09:00", ConfirmPayment{Code("KB-1"), 33'000}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 09:00", AcceptDossier{}), "accepted");
  const std::string due = one.due(ClockKind::settlement);
  ASSERT_EQ(one.give("2026-08-13 10:00", correct(3, "2026-08-12 15:00")), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), due);
  EXPECT_EQ(one.clock(ClockKind::settlement).started_at, vn("2026-08-13 09:00"));
}

// Whatever is corrected, at whatever time: late stays late, and the lateness counted so far stays counted.
TEST(Correction, NeverMakesALateDossierPunctual) {
  std::mt19937_64 random(5);
  int late = 0;
  for (int life = 0; life < 400; ++life) {
    DossierCase one = accepted();
    Instant now = later(vn("2026-08-11 10:00"), static_cast<std::int64_t>(random() % (12 * kDayMs)));
    for (int step = 0; step < 4; ++step) {
      const bool was_late = one.late(now);
      const auto counted = lateness_at(one.dossier, now, *one.calendar).counted;
      const auto version = static_cast<std::uint32_t>(1 + random() % (one.dossier.version + 1));
      const Instant to = later(vn("2026-08-10 08:00"), static_cast<std::int64_t>(random() % (14 * kDayMs)));
      const bool taken = one.give(now, CorrectDossier{version, to}) == "accepted";
      if (!taken && random() % 3 == 0) one.give(now, SettleDossier{});
      EXPECT_TRUE(!was_late || one.late(now));
      EXPECT_GE(lateness_at(one.dossier, now, *one.calendar).counted.ms, counted.ms);
      late += was_late && taken ? 1 : 0;
      now = later(now, static_cast<std::int64_t>(random() % (3 * kDayMs)));
    }
  }
  EXPECT_GT(late, 20) << "nothing late was corrected: the lives try nothing";
}

}  // namespace
}  // namespace motcua::core
