#include "engine/core/take_over.h"

#include <gtest/gtest.h>

#include "engine/core/checklist.h"
#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::DossierCase;
using test::vn;

// A row of the old system that awaits a payment, accepted on Monday 10/08/2026 or not yet.
OldDossier awaiting_payment(const DossierCase& one, bool accepted) {
  OldDossier old;
  old.state = DossierState::awaiting_payment;
  old.code = Code("H32.19-260810-0001");
  old.procedure = one.procedure.code;
  old.channel = Channel::online;
  old.receiving_agency = one.agency.code;
  old.received_at = vn("2026-08-10 08:00");
  old.papers = {{Code("to_khai"), PaperForm::copy, 1, false}};
  if (accepted) old.accepted_at = vn("2026-08-10 10:00");
  if (accepted) old.promised_at = vn("2026-08-17 17:00");
  return old;
}

// Takes the row over, and what follows in the same write; or the code of its first fault.
std::string taken_over(DossierCase& one, const OldDossier& old, std::string_view now) {
  auto result = take_over(old, one.context(vn(now)));
  if (const auto* faults = std::get_if<Faults>(&result)) return faults->front().code;
  auto& taken = std::get<TakenOver>(result);
  one.dossier = evolve(Dossier{}, taken.event);
  for (const Event& event : taken.after) one.dossier = evolve(std::move(one.dossier), event);
  return "imported";
}

TEST(TakeOver, AsksWhatADossierAwaitsToBePaid) {
  DossierCase one;
  one.procedure.payment->when = PaymentTime::after_acceptance;
  one.procedure.payment->effect = PaymentEffect::suspend;
  one.procedure.payment->ground = LegalGround{Code("tai_chinh"), "", "a sector's law"};
  ASSERT_EQ(taken_over(one, awaiting_payment(one, true), "2026-08-12 08:00"), "imported");
  EXPECT_EQ(one.dossier.state, DossierState::awaiting_payment);
  EXPECT_EQ(one.dossier.imported_at, vn("2026-08-12 08:00"));
  ASSERT_NE(one.dossier.open_payment(), nullptr);
  EXPECT_EQ(one.dossier.open_payment()->amount_vnd(), 33'000);
  EXPECT_EQ(one.state(ClockKind::settlement, "2026-08-20 08:00"), "paused");
  EXPECT_EQ(one.state(ClockKind::citizen_wait, "2026-08-20 08:00"), "running");
  DossierCase waived = one;
  ASSERT_EQ(waived.give("2026-08-13 08:00", WaivePayment{Code("ho_ngheo")}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 08:00", ConfirmPayment{Code("KB-1"), 33'000}), "accepted");
  EXPECT_EQ(one.dossier.state, DossierState::processing);
  EXPECT_EQ(one.state(ClockKind::settlement, "2026-08-13 08:00"), "running");
}

// A wait moves the date that was promised, also when what it was moved by is known better later.
TEST(TakeOver, KeepsThePromiseWhenADateIsDerivedAgain) {
  DossierCase one;
  one.procedure.payment->when = PaymentTime::after_acceptance;
  one.procedure.payment->effect = PaymentEffect::suspend;
  one.procedure.payment->ground = LegalGround{Code("tai_chinh"), "", "a sector's law"};
  OldDossier old = awaiting_payment(one, true);
  old.received_at = vn("2026-12-21 08:00");
  old.accepted_at = vn("2026-12-21 10:00");
  old.promised_at = vn("2026-12-30 17:00");  // by our own rules it would be 28/12
  ASSERT_EQ(taken_over(one, old, "2026-12-22 08:00"), "imported");
  ASSERT_EQ(one.give("2026-12-24 08:00", ConfirmPayment{Code("KB-1"), 33'000}), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), test::shown(vn("2027-01-04 17:00")));
  EXPECT_TRUE(one.clock(ClockKind::settlement).due.provisional);
  CalendarSpec spec = test::public_sector_spec(test::hours_b());
  spec.version = "v2";
  spec.official_until_on = spec.provisional_until_on = test::on("2027-12-31");
  one.calendar = Calendar::compile({&spec, 1});
  ASSERT_EQ(one.give("2026-12-25 08:00", DeriveClocks{}), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), test::shown(vn("2027-01-04 17:00")));
  EXPECT_FALSE(one.clock(ClockKind::settlement).due.provisional);
}

TEST(TakeOver, OfAPaymentBeforeAcceptanceLeadsBackToIntake) {
  DossierCase one;
  ASSERT_EQ(taken_over(one, awaiting_payment(one, false), "2026-08-12 08:00"), "imported");
  ASSERT_EQ(one.give("2026-08-13 08:00", ConfirmPayment{Code("KB-1"), 33'000}), "accepted");
  EXPECT_EQ(one.dossier.state, DossierState::submitted);
}

TEST(TakeOver, RefusesAPaymentThatTheProcedureDoesNotKnow) {
  DossierCase one;
  EXPECT_EQ(taken_over(one, awaiting_payment(one, true), "2026-08-12 08:00"), "payment_not_now");
  one.procedure.fees.clear();
  EXPECT_EQ(taken_over(one, awaiting_payment(one, false), "2026-08-12 08:00"), "nothing_to_pay");
}

// Nothing was asked here: as such rows were taken over before.
TEST(Payment, CannotBeConfirmedWhereNoneWasAsked) {
  DossierCase one;
  auto result = take_over(awaiting_payment(one, false), one.context(vn("2026-08-12 08:00")));
  Event event = std::get<TakenOver>(result).event;
  std::get<DossierImported>(event.body).state = DossierState::awaiting_payment;
  one.dossier = evolve(Dossier{}, event);
  EXPECT_EQ(one.give("2026-08-13 08:00", ConfirmPayment{Code("KB-1"), 33'000}), "wrong_state");
  EXPECT_EQ(one.give("2026-08-13 08:00", WaivePayment{Code("ho_ngheo")}), "wrong_state");
}

// A row that was settled in time, with these results.
OldDossier settled(const DossierCase& one, std::vector<ResultGiven> results) {
  OldDossier old = awaiting_payment(one, true);
  old.state = DossierState::settled;
  old.settled_at = vn("2026-08-14 09:00");
  old.results = std::move(results);
  return old;
}

TEST(TakeOver, NamesTheNextResultBesideThoseOfTheOldSystem) {
  DossierCase one;
  const Code second("H32.19-260810-0001-KQ2");
  ASSERT_EQ(
      taken_over(one, settled(one, {{second, Outcome::granted, ResultForm::paper, {}}}), "2026-08-17 08:00"),
      "imported");
  ASSERT_EQ(one.give("2026-08-17 09:00", ReplaceResult{second, {}, {}, {}}), "accepted");
  ASSERT_EQ(one.dossier.results.size(), 2U);
  EXPECT_EQ(one.dossier.results.back().code.text, "H32.19-260810-0001-KQ3");
  EXPECT_EQ(one.give("2026-08-17 10:00", ReturnResult{}), "accepted");
}

TEST(TakeOver, HandsOutAResultOfWhichTheOldSystemHadNoCode) {
  DossierCase one;
  ASSERT_EQ(taken_over(one, settled(one, {}), "2026-08-17 08:00"), "imported");
  EXPECT_EQ(one.give("2026-08-17 09:00", AnnulResult{Code("H32.19-260810-0001-KQ1")}), "no_result_stands");
  EXPECT_EQ(one.give("2026-08-17 09:00", AnnounceResult{}), "accepted");
  EXPECT_EQ(one.give("2026-08-17 10:00", ReturnResult{}), "accepted");
}

TEST(TakeOver, AtALaterStepMayBeGivenBackToTheFirst) {
  DossierCase one;
  one.procedure.condition_language = 1;
  OldDossier old = awaiting_payment(one, true);
  old.state = DossierState::processing;
  old.step = Code("sign");
  ASSERT_EQ(taken_over(one, old, "2026-08-12 08:00"), "imported");
  EXPECT_EQ(one.give("2026-08-12 09:00", ReturnStep{Code(), Code("return")}), "not_returnable");
  EXPECT_EQ(one.give("2026-08-12 09:00", ReturnStep{Code(), Code("verify")}), "accepted");
  EXPECT_EQ(one.dossier.step.text, "verify");
  EXPECT_EQ(one.give("2026-08-12 10:00", ReturnStep{Code(), Code("verify")}), "wrong_state");
}

TEST(TakeOver, RefusesAResultTwice) {
  DossierCase one;
  const ResultGiven result{Code("H32.19-260810-0001-KQ1"), Outcome::granted, ResultForm::paper, {}};
  EXPECT_EQ(taken_over(one, settled(one, {result, result}), "2026-08-17 08:00"), "duplicate_item");
}

TEST(Checklist, TakesAPaperInTheFormsThatTheProcedureNames) {
  DossierCase one;
  one.procedure.papers.front().forms = {PaperForm::original};
  SubmitDossier submit = one.submission(Channel::online);
  submit.papers.front().form = PaperForm::copy;
  ASSERT_EQ(one.give("2026-08-10 08:00", submit), "accepted") << "a counter takes in what is brought";
  const auto item = [&] { return checklist_of(one.dossier, one.procedure).front(); };
  EXPECT_TRUE(item().wrong_form);
  EXPECT_TRUE(item().missing());
  ASSERT_NE(item().received, nullptr);
  ASSERT_EQ(one.give("2026-08-10 09:00", AcceptDossier{}), "accepted");
  EXPECT_EQ(one.give("2026-08-10 10:00", SettleDossier{}), "paper_missing");
  EXPECT_NE(one.last_rejection().faults.at(0).detail.find("form"), std::string::npos);
  ASSERT_EQ(one.give("2026-08-10 10:00", RequestSupplement{{Code("to_khai")}}), "accepted");
  const PaperHanded right{Code("to_khai"), PaperForm::original, 1, false};
  const PaperHanded wrong{Code("to_khai"), PaperForm::electronic, 1, false};
  ASSERT_EQ(one.give("2026-08-11 10:00", ReceiveSupplement{{right, wrong}}), "accepted");
  EXPECT_FALSE(item().missing()) << "a later one in another form takes nothing away";
  EXPECT_EQ(item().received->form, PaperForm::electronic);
  ASSERT_EQ(one.give("2026-08-11 11:00", AcceptSupplement{}), "accepted");
  EXPECT_EQ(one.give("2026-08-11 12:00", SettleDossier{}), "accepted");
}

TEST(Checklist, LeavesWhatAnOldSystemHadTaken) {
  DossierCase one;
  one.procedure.papers.front().forms = {PaperForm::original};
  ASSERT_EQ(taken_over(one, awaiting_payment(one, false), "2026-08-12 08:00"), "imported");
  EXPECT_FALSE(checklist_of(one.dossier, one.procedure).front().missing());
}

}  // namespace
}  // namespace motcua::core
