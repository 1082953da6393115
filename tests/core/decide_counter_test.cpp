#include <gtest/gtest.h>

#include "engine/core/decide.h"
#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::DossierCase;
using test::later;
using test::shown;
using test::vn;

const CommandBody kSuppliedAtCounter = ReceiveSupplement{{{Code("cccd"), PaperForm::copy, 1, false}}};

// Accepted and asked on Monday 09/11/2026: the citizen has to 25/11 24:00. 26/11 is a Thursday.
DossierCase asked() {
  DossierCase one;
  EXPECT_EQ(one.accepted_at_counter("2026-11-09 08:00"), "accepted");
  EXPECT_EQ(one.give("2026-11-09 10:00", RequestSupplement{{Code("cccd")}}), "accepted");
  return one;
}
const char* const kOver = "2026-11-26 00:00";

DossierCase stopped() {
  DossierCase one = asked();
  one.run_out(later(vn(kOver), 1));
  EXPECT_EQ(one.dossier.state, DossierState::stopped);
  return one;
}

// Without what tells that an act was entered late, and how often the dossier changed.
Dossier as_if_known(Dossier dossier) {
  dossier.version = 0;
  for (LegalClock& clock : dossier.clocks) clock.recorded_late = false;
  for (PaperRecord& paper : dossier.papers) paper.version = 0;
  return dossier;
}

TEST(StopCountered, LeavesTheDossierAsHadTheSupplementBeenKnown) {
  DossierCase known = asked();
  ASSERT_EQ(known.give("2026-11-25 15:00", kSuppliedAtCounter), "accepted");
  // Whether the system had come to the stop by itself, or does with the command, makes no difference.
  for (DossierCase countered : {stopped(), asked()}) {
    ASSERT_EQ(countered.give("2026-11-26 09:00", kSuppliedAtCounter, "2026-11-25 15:00"), "accepted");
    EXPECT_EQ(as_if_known(countered.dossier), as_if_known(known.dossier));
    EXPECT_EQ(countered.dossier.version, known.dossier.version + 2);
    EXPECT_EQ(countered.state(ClockKind::citizen_wait, "2026-12-01 08:00"), "met");
    EXPECT_TRUE(countered.clock(ClockKind::citizen_wait).recorded_late);
    EXPECT_EQ(countered.state(ClockKind::settlement, "2026-11-26 09:00"), "paused");
    EXPECT_EQ(countered.due(ClockKind::acceptance), known.due(ClockKind::acceptance));
    DossierCase both[] = {known, countered};
    for (DossierCase& one : both) {
      EXPECT_FALSE(runs_out_at(one.dossier));
      ASSERT_EQ(one.give("2026-11-27 08:00", AcceptSupplement{}), "accepted");
    }
    EXPECT_EQ(as_if_known(both[1].dossier), as_if_known(both[0].dossier));
  }
}

TEST(StopCountered, IsAnEventOfItsOwnBetweenTheStopAndTheSupplement) {
  DossierCase one = stopped();
  const std::size_t before = one.events.size();
  ASSERT_EQ(one.give("2026-11-26 09:00", kSuppliedAtCounter, "2026-11-25 15:00"), "accepted");
  ASSERT_EQ(one.events.size(), before + 2);
  const Event& stop = one.events[before - 1];
  const Event& counter = one.events[before];
  EXPECT_TRUE(std::holds_alternative<DossierStopped>(stop.body));
  EXPECT_EQ(std::get<DossierStopCountered>(counter.body).countered_version, stop.version);
  EXPECT_EQ(counter.cause, CauseKind::request);
  EXPECT_EQ(counter.caller.text, "counter-1");
  EXPECT_EQ(counter.occurred_at, vn("2026-11-25 15:00"));
  EXPECT_EQ(counter.recorded_at, vn("2026-11-26 09:00"));
  EXPECT_TRUE(std::holds_alternative<SupplementReceived>(one.events.back().body));
}

TEST(StopCountered, TakesWhatHappenedAtTheLastInstantAndNothingAfter) {
  for (const int ms : {-1, 0, 1}) {
    DossierCase one = stopped();
    EXPECT_EQ(one.give(vn("2026-11-26 08:00"), kSuppliedAtCounter, later(vn(kOver), ms)),
              ms > 0 ? "wrong_state" : "accepted");
    EXPECT_EQ(one.dossier.state, ms > 0 ? DossierState::stopped : DossierState::awaiting_supplement);
  }
  DossierCase undated = stopped();
  EXPECT_EQ(undated.give("2026-11-26 08:00", kSuppliedAtCounter), "wrong_state");
}

TEST(StopCountered, OnlyWithinTheLimitForBackDating) {
  const Instant last = vn("2026-11-27 17:00");  // the second working day after 25/11
  for (const int ms : {0, 1}) {
    DossierCase one = stopped();
    const Dossier before = one.dossier;
    EXPECT_EQ(one.give(later(last, ms), kSuppliedAtCounter, vn("2026-11-25 15:00")),
              ms > 0 ? "backdated_too_far" : "accepted");
    if (ms > 0) {
      EXPECT_EQ(one.dossier, before);
    }
  }
}

TEST(StopCountered, NotByWhatCameBeforeTheRequest) {
  DossierCase one;
  one.procedure.citizen_wait = LimitOverride{test::clock_hours(2), "a sector's law"};
  ASSERT_EQ(one.accepted_at_counter("2026-11-09 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-11-09 10:00", RequestSupplement{{Code("cccd")}}), "accepted");
  DossierCase early = one;
  EXPECT_EQ(early.give("2026-11-09 14:00", kSuppliedAtCounter, "2026-11-09 09:59"), "before_last_event");
  EXPECT_EQ(early.dossier.state, DossierState::stopped);
  EXPECT_EQ(one.give("2026-11-09 14:00", kSuppliedAtCounter, "2026-11-09 10:00"), "accepted");
}

Event next_event(const DossierCase& one, EventBody body, CauseKind cause) {
  Event event;
  event.dossier = one.dossier.id;
  event.version = one.dossier.version + 1;
  event.occurred_at = event.recorded_at = vn("2026-11-26 07:30");
  event.cause = cause;
  event.body = std::move(body);
  return event;
}

TEST(StopCountered, NotOnceAPersonHasRecordedSomethingSince) {
  for (const CauseKind cause : {CauseKind::request, CauseKind::calendar}) {
    DossierCase one = stopped();
    one.dossier = evolve(one.dossier, next_event(one, DossierAdjusted{}, cause));
    const bool person = cause == CauseKind::request;
    EXPECT_EQ(one.give("2026-11-26 09:00", kSuppliedAtCounter, "2026-11-25 15:00"),
              person ? "wrong_state" : "accepted");
  }
}

TEST(StopCountered, OnlyWhenItWasTheSystemsOwn) {
  DossierCase one = asked();
  one.dossier = evolve(one.dossier, next_event(one, DossierStopped{Code("SECTOR")}, CauseKind::request));
  EXPECT_EQ(one.give("2026-11-25 15:00", kSuppliedAtCounter, "2026-11-25 15:00"), "wrong_state");
}

TEST(StopCountered, ByAWithdrawalThatCameInTime) {
  DossierCase known = asked();
  ASSERT_EQ(known.give("2026-11-25 15:00", WithdrawDossier{}), "accepted");
  DossierCase countered = stopped();
  ASSERT_EQ(countered.give("2026-11-26 09:00", WithdrawDossier{}, "2026-11-25 15:00"), "accepted");
  EXPECT_EQ(as_if_known(countered.dossier), as_if_known(known.dossier));
  EXPECT_EQ(countered.dossier.state, DossierState::withdrawn);
  EXPECT_EQ(countered.state(ClockKind::citizen_wait, "2026-12-01 08:00"), "void");
  // It was a person's act, and is not countered in turn.
  EXPECT_EQ(countered.give("2026-11-26 10:00", kSuppliedAtCounter, "2026-11-25 15:00"), "wrong_state");
}

TEST(StopCountered, ByNoOtherCommand) {
  for (const CommandBody& body : test::one_of_each()) {
    if (std::holds_alternative<ReceiveSupplement>(body) || std::holds_alternative<WithdrawDossier>(body))
      continue;
    // A supervisor corrects in any state, and does not move the dossier.
    if (std::holds_alternative<CorrectDossier>(body)) continue;
    DossierCase one = stopped();
    const std::string answer = one.give("2026-11-26 09:00", body, "2026-11-25 15:00");
    EXPECT_EQ(one.dossier.state, DossierState::stopped) << word_of(body);
    // What lateness obliges to, and what is erased, counters nothing.
    const bool counters_nothing =
        std::holds_alternative<Apologise>(body) || std::holds_alternative<ExplainLateness>(body) ||
        std::holds_alternative<EraseDossier>(body) || std::holds_alternative<RepeatErasure>(body);
    const bool no_refund = std::holds_alternative<ConfirmRefund>(body) && answer == "no_refund_owed";
    EXPECT_TRUE(counters_nothing || no_refund || answer == "wrong_state") << word_of(body) << ' ' << answer;
  }
}

TEST(StopCountered, LeavesAMissedTermMissed) {
  DossierCase one;
  ASSERT_EQ(one.accepted_at_counter("2026-11-02 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-11-10 10:00", RequestSupplement{{Code("cccd")}}), "accepted");
  const std::string late_by = std::to_string(one.late_seconds("2026-11-20 08:00"));
  one.run_out(vn("2026-11-26 00:00:00.001"));
  ASSERT_EQ(one.dossier.state, DossierState::stopped);
  ASSERT_EQ(one.give("2026-11-26 09:00", kSuppliedAtCounter, "2026-11-25 15:00"), "accepted");
  EXPECT_EQ(one.state(ClockKind::settlement, "2026-11-26 09:00"), "missed");
  EXPECT_EQ(std::to_string(one.late_seconds("2026-11-26 09:00")), late_by);
  EXPECT_TRUE(one.late("2026-11-26 09:00"));
}

TEST(StopCountered, GivesTheTextsOfTheActTheVersionOfItsOwnEvent) {
  DossierCase one = stopped();
  Command command{kSuppliedAtCounter, vn("2026-11-25 15:00"), Code("H32.19.cv01"), {TextRef{}}};
  command.texts.front().record = TextRecord::note;
  const std::uint32_t version = version_of_texts(one.dossier, command);
  const Decision decision = decide(one.dossier, command, one.context(vn("2026-11-26 09:00")));
  const Event& event = std::get<Accepted>(decision).events.back();
  EXPECT_EQ(event.version, version);
  EXPECT_EQ(std::get<SupplementReceived>(event.body).texts.front().version, version);
  command.occurred_at.reset();
  EXPECT_EQ(version_of_texts(one.dossier, command), one.dossier.version + 1);
}

}  // namespace
}  // namespace motcua::core
