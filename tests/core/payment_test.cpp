#include <gtest/gtest.h>

#include "engine/core/fees.h"
#include "tests/support/dossier_case.h"

namespace motcua::core {
namespace {

using test::DossierCase;
using test::later;
using test::shown;
using test::vn;

const ConfirmPayment kPaid{Code("KB-1"), 33'000};

DossierCase asked_before_acceptance() {
  DossierCase one;
  EXPECT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(one.give("2026-08-10 10:00", RequestPayment{}), "accepted");
  return one;
}

// Accepted on Monday 10/08/2026 08:00, due on 17/08 17:00; a payment is asked on Tuesday.
DossierCase asked_after_acceptance(PaymentEffect effect, std::string_view at = "2026-08-11 08:00") {
  DossierCase one;
  one.procedure.payment->when = PaymentTime::after_acceptance;
  one.procedure.payment->effect = effect;
  one.procedure.payment->ground = LegalGround{Code("tai_chinh"), "", "a sector's law"};
  EXPECT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(one.give("2026-08-10 08:00", AcceptDossier{}), "accepted");
  EXPECT_EQ(one.give(at, RequestPayment{}), "accepted");
  return one;
}

std::string items(const std::vector<PaymentItem>& list) {
  std::string text;
  for (const PaymentItem& item : list) text += item.key.text + ' ' + std::to_string(item.amount_vnd) + ' ';
  return text;
}

TEST(Fees, AreThoseOfTheMostSpecificEntryOfEachKey) {
  Procedure procedure;
  const auto fee = [](const char* key, std::int64_t amount, const char* variant,
                      std::optional<Channel> channel) {
    return FeeDefinition{Code(key), key, FeeKind::fee, amount, Code(variant), channel};
  };
  procedure.fees = {fee("phi", 4, "nhanh", Channel::online),
                    fee("phi", 1, "", {}),
                    fee("phi", 2, "nhanh", {}),
                    fee("le_phi", 9, "", {}),
                    fee("phi", 3, "", Channel::online),
                    fee("le_phi", 0, "mien", {})};
  EXPECT_EQ(items(fees_of(procedure, Channel::direct, Code("thuong"))), "phi 1 le_phi 9 ");
  EXPECT_EQ(items(fees_of(procedure, Channel::direct, Code("nhanh"))), "phi 2 le_phi 9 ");
  EXPECT_EQ(items(fees_of(procedure, Channel::online, Code("thuong"))), "phi 3 le_phi 9 ");
  EXPECT_EQ(items(fees_of(procedure, Channel::online, Code("nhanh"))), "phi 4 le_phi 9 ");
  EXPECT_EQ(items(fees_of(procedure, Channel::direct, Code("mien"))), "phi 1 ") << "free is not asked for";
}

TEST(Fees, AreTheOneBesideTheLimitWhereThereIsNoSchedule) {
  DossierCase one;
  one.procedure.fees.clear();
  EXPECT_TRUE(fees_of(one.procedure, Channel::direct, Code("default")).empty());
  for (ChannelTerm& term : one.procedure.terms) term.fee_vnd = term.channel == Channel::direct ? 10'000 : 0;
  EXPECT_EQ(items(fees_of(one.procedure, Channel::direct, Code("default"))), "fee 10000 ");
  EXPECT_TRUE(fees_of(one.procedure, Channel::online, Code("default")).empty());
}

TEST(PaymentBeforeAcceptance, PausesTheAcceptanceAndStartsItAnew) {
  DossierCase one = asked_before_acceptance();
  EXPECT_EQ(one.dossier.state, DossierState::awaiting_payment);
  EXPECT_EQ(one.state(ClockKind::acceptance, "2026-08-12 08:00"), "paused");
  EXPECT_EQ(one.due(ClockKind::citizen_wait), shown(vn("2026-08-26 00:00")));
  EXPECT_EQ(one.give("2026-08-13 09:00", kPaid), "accepted");
  EXPECT_EQ(one.dossier.state, DossierState::submitted);
  EXPECT_EQ(one.clock(ClockKind::acceptance).term, 2u);
  EXPECT_EQ(one.clock(ClockKind::acceptance).rule, Code("PAYMENT_RESTART"));
  EXPECT_EQ(one.due(ClockKind::acceptance), shown(vn("2026-08-14 09:00")))
      << "eight working hours, all of them";
  EXPECT_EQ(one.state(ClockKind::citizen_wait, "2026-08-20 08:00"), "met");
  EXPECT_EQ(one.dossier.clock(ClockKind::acceptance, 1)->state_at(vn("2026-08-20 08:00")),
            ClockState::voided);
}

TEST(PaymentBeforeAcceptance, GoesOnWhereTheRuleSaysSo) {
  DossierCase one;
  one.rulebook.layers[1].payment_restarts = false;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  ASSERT_EQ(one.give("2026-08-10 10:00", RequestPayment{}), "accepted");
  ASSERT_EQ(one.give("2026-08-13 09:00", kPaid), "accepted");
  EXPECT_EQ(one.clock(ClockKind::acceptance).term, 1u);
  EXPECT_EQ(one.due(ClockKind::acceptance), shown(vn("2026-08-13 17:00")))
      << "six of the eight hours were left";
}

TEST(PaymentBeforeAcceptance, NeverTakesAMissedAcceptanceAway) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  // Entered on the 12th, as if asked before the due of the 11th 08:00.
  ASSERT_EQ(one.give("2026-08-12 10:00", RequestPayment{}, "2026-08-10 16:00"), "accepted");
  EXPECT_EQ(one.state(ClockKind::acceptance, "2026-08-12 10:00"), "missed");
  ASSERT_EQ(one.give("2026-08-12 11:00", kPaid), "accepted");
  EXPECT_EQ(one.dossier.clock(ClockKind::acceptance, 1)->state_at(vn("2026-08-12 11:00")),
            ClockState::missed);
}

TEST(PaymentBeforeAcceptance, IsNeverStoppedButMayBeRefused) {
  DossierCase one = asked_before_acceptance();
  one.run_out(vn("2026-09-30 08:00"));
  EXPECT_EQ(one.dossier.state, DossierState::awaiting_payment);
  EXPECT_EQ(one.give("2026-09-30 08:00", RefuseDossier{}), "accepted");
  EXPECT_EQ(one.state(ClockKind::acceptance, "2026-10-30 08:00"), "void");
  EXPECT_FALSE(one.clock(ClockKind::citizen_wait).running());
}

TEST(PaymentAfterAcceptance, StopsNoClockWithoutAGround) {
  DossierCase one = asked_after_acceptance(PaymentEffect::none);
  EXPECT_EQ(one.state(ClockKind::settlement, "2026-08-12 08:00"), "running");
  EXPECT_TRUE(one.late("2026-08-17 17:00:00.001"));
  EXPECT_EQ(one.give("2026-08-18 09:00", kPaid), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-17 17:00")));
  EXPECT_EQ(one.dossier.state, DossierState::accepted);
}

TEST(PaymentAfterAcceptance, MovesTheDueByTheClosesOfTheWait) {
  DossierCase one = asked_after_acceptance(PaymentEffect::suspend);
  EXPECT_EQ(one.state(ClockKind::settlement, "2026-08-20 08:00"), "paused");
  EXPECT_TRUE(one.dossier.suspended());
  EXPECT_EQ(one.give("2026-08-13 09:00", kPaid), "accepted");
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-19 17:00")))
      << "the closes of the 11th and 12th";
  EXPECT_EQ(one.clock(ClockKind::settlement).term, 1u);
  ASSERT_EQ(one.clock(ClockKind::settlement).earlier.size(), 1u);
  EXPECT_EQ(one.clock(ClockKind::settlement).earlier[0].ground, Code("tai_chinh"));
}

TEST(PaymentAfterAcceptance, NeverMakesALateDossierPunctual) {
  for (const auto effect : {PaymentEffect::suspend, PaymentEffect::restart}) {
    DossierCase one = asked_after_acceptance(effect, "2026-08-18 09:00");
    ASSERT_TRUE(one.late("2026-08-18 09:00"));
    const std::int64_t late_by = one.late_seconds("2026-08-18 09:00");
    EXPECT_EQ(one.late_seconds("2026-08-20 09:00"), late_by)
        << "it does not grow while the citizen is awaited";
    ASSERT_EQ(one.give("2026-08-20 09:00", kPaid), "accepted");
    EXPECT_TRUE(one.late("2026-08-20 09:00"));
    EXPECT_EQ(one.late_seconds("2026-08-20 09:00"), late_by);
  }
}

TEST(PaymentAfterAcceptance, CountsAnewWhereTheGroundSaysSo) {
  DossierCase one = asked_after_acceptance(PaymentEffect::restart);
  ASSERT_EQ(one.give("2026-08-13 09:00", kPaid), "accepted");
  EXPECT_EQ(one.clock(ClockKind::settlement).term, 2u);
  EXPECT_EQ(one.due(ClockKind::settlement), shown(vn("2026-08-20 17:00")));
}

TEST(PaymentAfterAcceptance, IsStoppedWhenTheTimeIsOver) {
  for (const int ms : {0, 1}) {
    DossierCase one = asked_after_acceptance(PaymentEffect::none);
    one.run_out(later(vn("2026-08-27 00:00"), ms));
    EXPECT_EQ(one.dossier.state, ms > 0 ? DossierState::stopped : DossierState::awaiting_payment);
  }
}

TEST(PaymentAfterAcceptance, CountersTheStopWhenItCameInTime) {
  for (const auto effect : {PaymentEffect::none, PaymentEffect::suspend, PaymentEffect::restart}) {
    DossierCase known = asked_after_acceptance(effect);
    ASSERT_EQ(known.give("2026-08-26 15:00", kPaid), "accepted");
    DossierCase countered = asked_after_acceptance(effect);
    countered.run_out(vn("2026-08-27 07:00"));
    ASSERT_EQ(countered.dossier.state, DossierState::stopped);
    ASSERT_EQ(countered.give("2026-08-27 08:00", kPaid, "2026-08-26 15:00"), "accepted");
    EXPECT_EQ(type_of(countered.events[countered.events.size() - 2].body), "dossier.stop_countered");
    for (DossierCase* each : {&known, &countered}) {
      each->dossier.version = 0;
      for (LegalClock& clock : each->dossier.clocks) clock.recorded_late = false;
    }
    EXPECT_EQ(countered.dossier, known.dossier);
  }
}

TEST(PaymentAfterAcceptance, IsNoSupplementToAStoppedDossier) {
  DossierCase one = asked_after_acceptance(PaymentEffect::none);
  one.run_out(vn("2026-08-27 07:00"));
  EXPECT_EQ(one.give("2026-08-27 08:00", ReceiveSupplement{}, "2026-08-26 15:00"), "wrong_state");
}

TEST(Payment, IsConfirmedOnceByItsReference) {
  DossierCase one = asked_before_acceptance();
  EXPECT_EQ(one.give("2026-08-11 09:00", ConfirmPayment{Code("KB-1"), 32'999}), "wrong_amount");
  ASSERT_EQ(one.give("2026-08-11 09:00", kPaid), "accepted");
  const Dossier after = one.dossier;
  EXPECT_EQ(one.give("2026-08-11 10:00", kPaid), "accepted");
  EXPECT_EQ(one.dossier, after) << "it was known already";
  EXPECT_EQ(one.give("2026-08-11 10:00", ConfirmPayment{Code("KB-1"), 1}), "reference_taken");
  EXPECT_EQ(one.give("2026-08-11 10:00", ConfirmPayment{Code("KB-2"), 33'000}), "wrong_state");
}

TEST(Payment, IsAskedInPartsAndEachFeeOnce) {
  DossierCase one;
  ASSERT_EQ(one.filed_online("2026-08-10 08:00"), "accepted");
  EXPECT_EQ(one.give("2026-08-10 09:00", RequestPayment{{Code("hoc_phi")}}), "unknown_fee");
  EXPECT_EQ(one.give("2026-08-10 09:00", RequestPayment{{Code("phi"), Code("phi")}}), "duplicate_item");
  ASSERT_EQ(one.give("2026-08-10 09:00", RequestPayment{{Code("le_phi")}}), "accepted");
  ASSERT_EQ(one.give("2026-08-10 10:00", ConfirmPayment{Code("KB-1"), 8'000}), "accepted");
  EXPECT_EQ(one.give("2026-08-10 11:00", RequestPayment{{Code("le_phi")}}), "unknown_fee") << "it is paid";
  ASSERT_EQ(one.give("2026-08-10 11:00", RequestPayment{}), "accepted");
  EXPECT_EQ(items(one.dossier.payments.back().items), "phi 25000 ");
  EXPECT_EQ(one.give("2026-08-10 14:00", ConfirmPayment{Code("KB-1"), 25'000}), "reference_taken")
      << "a reference of another request";
  ASSERT_EQ(one.give("2026-08-10 14:00", ConfirmPayment{Code("KB-2"), 25'000}), "accepted");
  EXPECT_EQ(one.give("2026-08-10 15:00", RequestPayment{}), "nothing_to_pay");
}

TEST(Payment, IsWaivedOnAGroundOfTheProcedureOnly) {
  DossierCase one = asked_before_acceptance();
  EXPECT_EQ(one.give("2026-08-11 09:00", WaivePayment{Code("nguoi_quen")}), "unknown_ground");
  ASSERT_EQ(one.give("2026-08-11 09:00", WaivePayment{Code("ho_ngheo")}), "accepted");
  EXPECT_EQ(one.dossier.state, DossierState::submitted);
  EXPECT_EQ(one.due(ClockKind::acceptance), shown(vn("2026-08-12 09:00")));
  EXPECT_EQ(one.give("2026-08-11 10:00", RequestPayment{}), "nothing_to_pay");
  for (const Action& action : actions(one.dossier, one.context(vn("2026-08-11 10:00")))) {
    if (action.command == "request-payment") {
      EXPECT_EQ(action.problem.value_or(Rejection{}).code, "nothing_to_pay");
    }
  }
  ASSERT_EQ(one.give("2026-08-11 10:00", WithdrawDossier{}), "accepted");
  EXPECT_EQ(one.give("2026-08-11 11:00", ConfirmRefund{Code("HT-1"), 33'000}), "no_refund_owed");
}

TEST(Payment, IsOwedBackWhenTheDossierIsWithdrawnOrRefused) {
  for (const CommandBody& end : {CommandBody(WithdrawDossier{}), CommandBody(RefuseDossier{})}) {
    DossierCase one = asked_before_acceptance();
    ASSERT_EQ(one.give("2026-08-11 09:00", kPaid), "accepted");
    ASSERT_EQ(one.give("2026-08-11 10:00", end), "accepted");
    EXPECT_EQ(type_of(one.events.back().body), "dossier.refund_owed");
    EXPECT_TRUE(one.dossier.payments.back().owes_refund());
    EXPECT_EQ(one.give("2026-08-12 09:00", ConfirmRefund{Code("HT-1"), 1'000}), "wrong_amount");
    ASSERT_EQ(one.give("2026-08-12 09:00", ConfirmRefund{Code("HT-1"), 33'000}), "accepted");
    const Dossier after = one.dossier;
    EXPECT_EQ(one.give("2026-08-12 10:00", ConfirmRefund{Code("HT-1"), 33'000}), "accepted");
    EXPECT_EQ(one.dossier, after);
    EXPECT_EQ(one.give("2026-08-12 10:00", ConfirmRefund{Code("HT-2"), 33'000}), "no_refund_owed");
  }
}

TEST(Payment, IsNotOwedBackWhereTheProcedureKeepsIt) {
  DossierCase one = asked_before_acceptance();
  one.procedure.payment->refundable = false;
  ASSERT_EQ(one.give("2026-08-11 09:00", kPaid), "accepted");
  ASSERT_EQ(one.give("2026-08-11 10:00", WithdrawDossier{}), "accepted");
  EXPECT_EQ(one.give("2026-08-11 11:00", ConfirmRefund{Code("HT-1"), 33'000}), "no_refund_owed");
}

// What was asked may be paid though the citizen has given up meanwhile: the money is there, and not ours.
TEST(Payment, ThatComesAfterTheEndIsEnteredAndOwedBack) {
  for (const bool refundable : {true, false}) {
    for (const CommandBody& over : {CommandBody(WithdrawDossier{}), CommandBody(RefuseDossier{})}) {
      DossierCase one = asked_before_acceptance();
      one.procedure.payment->refundable = refundable;
      ASSERT_EQ(one.give("2026-08-11 10:00", over), "accepted");
      const Dossier before = one.dossier;
      EXPECT_EQ(one.give("2026-08-12 09:00", ConfirmPayment{Code("KB-1"), 1'000}), "wrong_amount");
      ASSERT_EQ(one.give("2026-08-12 09:00", kPaid), "accepted");
      EXPECT_EQ(one.dossier.state, before.state);
      EXPECT_EQ(one.dossier.ended_at, before.ended_at);
      EXPECT_EQ(one.dossier.clocks, before.clocks);
      EXPECT_EQ(one.dossier.payments.back().paid_at, vn("2026-08-12 09:00"));
      EXPECT_TRUE(one.dossier.payments.back().owes_refund());
      EXPECT_EQ(one.give("2026-08-12 10:00", ConfirmPayment{Code("KB-2"), 33'000}), "wrong_state");
      ASSERT_EQ(one.give("2026-08-13 09:00", ConfirmRefund{Code("HT-1"), 33'000}), "accepted");
    }
  }
  DossierCase one = test::case_in(DossierState::withdrawn);
  EXPECT_EQ(one.give("2026-08-12 09:00", kPaid), "wrong_state") << "nothing was asked";
}

TEST(Payment, ThatComesAfterTheEndLeavesWhatWasPaidInTime) {
  DossierCase one = asked_before_acceptance();
  one.procedure.payment->refundable = false;
  one.dossier.payments.front().items.pop_back();  // the second fee is asked later
  ASSERT_EQ(one.give("2026-08-11 09:00", ConfirmPayment{Code("KB-1"), 25'000}), "accepted");
  ASSERT_EQ(one.give("2026-08-11 10:00", RequestPayment{}), "accepted");
  ASSERT_EQ(one.give("2026-08-11 11:00", WithdrawDossier{}), "accepted");
  ASSERT_EQ(one.give("2026-08-12 09:00", ConfirmPayment{Code("KB-2"), 8'000}), "accepted");
  EXPECT_FALSE(one.dossier.payments[0].owes_refund());
  EXPECT_TRUE(one.dossier.payments[1].owes_refund());
}

TEST(Payment, OfAStoppedDossierIsOwedBackToo) {
  DossierCase one = asked_after_acceptance(PaymentEffect::suspend);
  one.run_out(vn("2026-09-10 08:00"));
  ASSERT_EQ(one.dossier.state, DossierState::stopped);
  ASSERT_EQ(one.give("2026-09-10 09:00", kPaid), "accepted");
  EXPECT_EQ(one.dossier.state, DossierState::stopped);
  EXPECT_EQ(one.give("2026-09-10 10:00", ConfirmRefund{Code("HT-1"), 33'000}), "accepted");
}

}  // namespace
}  // namespace motcua::core
