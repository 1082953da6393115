#include <gtest/gtest.h>

#include "engine/core/attribution.h"
#include "tests/support/dossier_case.h"

// What the random lives found, each as short as it can be told.
namespace motcua::core {
namespace {

using test::DossierCase;
using test::shown;
using test::vn;

// Three steps of thirty working days each, in the order of the file; accepted on Monday 03/08, with its
// papers there.
struct SlowSteps : DossierCase {
  SlowSteps() {
    for (StepDefinition& step : procedure.steps) step.budget = test::working_days(30);
    procedure.payment->when = PaymentTime::after_acceptance;
  }
  void begin() {
    ASSERT_EQ(accepted_at_counter("2026-08-03 09:00"), "accepted");
    ASSERT_EQ(give("2026-08-03 09:00", ReceiveForwarded{}), "accepted");
  }
  // "verify open, sign paused"
  std::string steps() const {
    std::string text;
    for (const LegalClock& clock : dossier.clocks) {
      if (clock.kind != ClockKind::step) continue;
      text += (text.empty() ? "" : ", ") + clock.of.text + ' ' + std::string(word_of(clock.course));
    }
    return text;
  }
};

TEST(WaitingSteps, AreLeftAndEnteredWithoutRunningWhileASuspensionIsInForce) {
  SlowSteps one;
  one.begin();
  ASSERT_EQ(one.give("2026-08-04 09:00", SuspendDossier{Code("POSTED"), {}}), "accepted");
  EXPECT_EQ(one.steps(), "verify paused");
  ASSERT_EQ(one.give("2026-08-05 09:00", CompleteStep{}), "accepted");
  EXPECT_EQ(one.steps(), "verify ended, sign paused");
  ASSERT_EQ(one.give("2026-08-06 09:00", ResumeDossier{}), "accepted");
  EXPECT_EQ(one.steps(), "verify ended, sign open");
  EXPECT_EQ(one.clock(ClockKind::step).from(), vn("2026-08-06 09:00"));
}

TEST(WaitingSteps, BeginAnewWithATermThatAPaymentRestarts) {
  SlowSteps one;
  one.procedure.payment->effect = PaymentEffect::restart;
  one.begin();
  ASSERT_EQ(one.give("2026-08-04 09:00", RequestPayment{}), "accepted");
  ASSERT_EQ(one.give("2026-08-06 09:00", ConfirmPayment{Code("KB-1"), 58'000}), "accepted");
  EXPECT_EQ(one.steps(), "verify void, verify open");
  EXPECT_EQ(one.clock(ClockKind::step).started_at, vn("2026-08-06 09:00"));
}

TEST(WaitingSteps, RunOnAfterAStopIsCounteredWhereTheyRanBeforeIt) {
  SlowSteps one;
  one.begin();
  ASSERT_EQ(one.give("2026-08-04 09:00", RequestPayment{}), "accepted");  // nothing waits for it
  EXPECT_EQ(one.steps(), "verify open");
  const LegalClock before = one.clock(ClockKind::step);
  one.run_out(vn("2026-08-21 08:00"));
  ASSERT_EQ(one.dossier.state, DossierState::stopped);
  EXPECT_EQ(one.steps(), "verify void");
  ASSERT_EQ(one.give("2026-08-21 09:00", ConfirmPayment{Code("KB-1"), 58'000}, "2026-08-19 16:00"),
            "accepted");
  EXPECT_EQ(one.clock(ClockKind::step), before);
}

// The counter of another commune takes the dossier in on Monday 03/08, has its first step, and lets its
// papers lie until somebody comes for them.
struct ReceivedElsewhere : SlowSteps {
  ReceivedElsewhere() {
    elsewhere.code = Code("H32.20");
    procedure.steps.front().at_receiving = true;
    procedure.anywhere = true;
    SubmitDossier submit = submission(Channel::direct);
    submit.accept = true;
    submit.competent_agency = agency.code;
    submit.receiving_agency = elsewhere.code;
    done("2026-08-03 09:00", submit);
  }
  // By an officer of who has the step.
  void done(std::string_view now, CommandBody body) {
    Context told = context(vn(now));
    told.receiving = &elsewhere;
    told.target = &elsewhere;
    told.works_for = {elsewhere.code};
    const Decision decision = decide(dossier, {std::move(body), {}, Code("H32.19.cv01"), {}}, told);
    ASSERT_TRUE(std::holds_alternative<Accepted>(decision));
    for (const Event& event : std::get<Accepted>(decision).events) dossier = evolve(dossier, event);
  }
  Agency elsewhere = agency;
};

TEST(WaitingSteps, RunOnceWhenThePapersComeAfterSomebodyHadBegun) {
  ReceivedElsewhere one;
  one.done("2026-08-03 10:00", AssignStep{Code(), Code("H32.19.cv01")});
  EXPECT_EQ(one.steps(), "verify open");
  one.done("2026-08-03 11:00", ReceiveForwarded{});
  EXPECT_EQ(one.steps(), "verify ended, verify open");
}

TEST(WaitingSteps, OfWhoDecidesBeginWhenThePapersComeWhatTheCounterDidBefore) {
  ReceivedElsewhere one;
  one.done("2026-08-03 10:00", CompleteStep{});
  EXPECT_EQ(one.dossier.step.text, "sign");
  EXPECT_EQ(one.dossier.holder_agency, one.elsewhere.code);
  EXPECT_EQ(one.steps(), "") << "nobody there can work on what has not come";
  one.done("2026-08-05 11:00", ReceiveForwarded{});
  EXPECT_EQ(one.dossier.holder_agency, one.agency.code);
  EXPECT_EQ(one.steps(), "sign open");
  EXPECT_EQ(one.clock(ClockKind::step).started_at, vn("2026-08-05 11:00"));
  const auto held = holdings_of(one.dossier, vn("2026-08-05 12:00"), *one.calendar);
  ASSERT_EQ(held.size(), 2U);
  EXPECT_EQ(held[0].agency, one.elsewhere.code);
  EXPECT_EQ(held[0].to, vn("2026-08-05 11:00"));
}

TEST(OverlappingSuspensions, AreOverWithTheLastOfThemWhateverIsEnteredLater) {
  SlowSteps one;
  one.begin();
  ASSERT_EQ(one.give("2026-08-04 09:00", SuspendDossier{Code("POSTED"), {}}), "accepted");
  ASSERT_EQ(one.give("2026-08-04 10:00", SuspendDossier{Code("TAX"), vn("2026-08-06 10:00")}), "accepted");
  ASSERT_EQ(one.give("2026-08-06 11:00", ResumeDossier{}, "2026-08-05 16:00"), "accepted");
  EXPECT_EQ(one.clock(ClockKind::settlement).from(), vn("2026-08-06 10:00"));
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-12 17:00")));  // the closes of 04 and 05/08
}

TEST(LateTerm, IsHeldUntilItsEndWasEnteredWhateverDayTheEntryNames) {
  SlowSteps one;
  one.begin();
  // Due on Monday 10/08, 17:00.
  ASSERT_EQ(one.give("2026-08-12 09:00", RequestSupplement{}, "2026-08-10 16:00"), "accepted");
  EXPECT_EQ(one.clock(ClockKind::settlement).ended_at, vn("2026-08-12 09:00"));
  EXPECT_EQ(one.dossier.stints.back().from, vn("2026-08-12 09:00"));
  EXPECT_TRUE(one.dossier.stints.back().agency.empty());
}

TEST(LateTerm, LosesNothingOfWhatWasCountedByACorrection) {
  SlowSteps one;
  one.procedure.payment->effect = PaymentEffect::suspend;
  one.begin();
  ASSERT_EQ(one.give("2026-08-11 09:00", RequestPayment{}), "accepted");
  ASSERT_EQ(one.give("2026-08-12 09:00", ConfirmPayment{Code("KB-1"), 58'000}), "accepted");
  const std::uint32_t paid = one.dossier.version;
  const auto counted = one.late_seconds("2026-08-14 09:00");
  ASSERT_EQ(one.give("2026-08-14 09:00", CorrectDossier{paid, vn("2026-08-13 16:00")}), "accepted");
  EXPECT_EQ(one.late_seconds("2026-08-14 09:00"), counted);
  EXPECT_EQ(one.late_seconds("2026-08-14 10:00"), counted + 3600);
}

// A stretch that was late keeps the instant at which it began; the date counts from what is known now.
TEST(LateTerm, IsCorrectedAgainFromWhatTheFirstCorrectionSaid) {
  SlowSteps one;
  one.procedure.payment->when = PaymentTime::before_acceptance;
  one.rulebook.layers[1].payment_restarts = false;
  ASSERT_EQ(one.filed_online("2026-08-03 09:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-03 10:00", RequestPayment{}), "accepted");
  ASSERT_EQ(one.give("2026-08-06 09:00", ConfirmPayment{Code("KB-1"), 33'000}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 09:00", CorrectDossier{3, vn("2026-08-05 09:00")}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 10:00", CorrectDossier{3, vn("2026-08-04 09:00")}), "accepted");
  EXPECT_EQ(one.due(ClockKind::acceptance), shown(vn("2026-08-05 08:00")));
  EXPECT_EQ(one.state(ClockKind::acceptance, "2026-08-10 10:00"), "missed");
}

TEST(Clocks, NeverEndBeforeTheyRunOnWhenAnActIsEnteredAfterTimeResumedThem) {
  SlowSteps one;
  one.begin();
  ASSERT_EQ(one.give("2026-08-04 09:00", SuspendDossier{Code("TAX"), vn("2026-08-05 10:00")}), "accepted");
  ASSERT_EQ(one.give("2026-08-05 11:00", CompleteStep{}, "2026-08-05 09:00"), "accepted");
  const LegalClock& left = *one.dossier.clock(ClockKind::step, 1);
  EXPECT_EQ(left.from(), vn("2026-08-05 10:00"));
  EXPECT_EQ(left.ended_at, vn("2026-08-05 10:00"));
}

TEST(Extension, CountsFromTheDayToWhichHoursBeforeItLed) {
  SlowSteps one;
  one.procedure.extensions = {{Code("COMPLEX"), "", "", 2, test::working_days(3)},
                              {Code("OUTAGE"), "", "", 1, test::clock_hours(10)}};
  one.begin();
  // Monday 10/08 17:00, ten hours later on Tuesday, two working days after that.
  ASSERT_EQ(one.give("2026-08-04 09:00", ExtendTerm{Code("OUTAGE"), test::clock_hours(10)}), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-11 03:00")));
  ASSERT_EQ(one.give("2026-08-04 10:00", ExtendTerm{Code("COMPLEX"), test::working_days(2)}), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-13 17:00")));
}

}  // namespace
}  // namespace motcua::core
