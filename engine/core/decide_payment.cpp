#include <algorithm>
#include <cassert>
#include <string>

#include "engine/core/decider.h"
#include "engine/core/fees.h"

namespace motcua::core {
namespace {

PaymentEffect effect_of(const Procedure& procedure) {
  return procedure.payment ? procedure.payment->effect : PaymentEffect::none;
}

Code ground_of(const Procedure& procedure) {
  if (!procedure.payment || !procedure.payment->ground) return Code();
  return procedure.payment->ground->ground;
}

// What a command says of a payment or of a refund.
struct Said {
  Code reference;
  std::int64_t amount_vnd = 0;
  bool refund = false;
};
std::optional<Said> said_by(const CommandBody& body) {
  if (const auto* payment = std::get_if<ConfirmPayment>(&body)) {
    return Said{payment->reference, payment->amount_vnd, false};
  }
  if (const auto* refund = std::get_if<ConfirmRefund>(&body)) {
    return Said{refund->reference, refund->amount_vnd, true};
  }
  return std::nullopt;
}

// The sum known under a reference; nothing when it is new to the dossier.
std::optional<std::int64_t> known_amount(const Dossier& dossier, const Said& said) {
  std::optional<std::int64_t> sum;
  for (const PaymentRecord& record : dossier.payments) {
    const Code& known = said.refund ? record.refund_reference : record.reference;
    if (!known.empty() && known == said.reference) sum = sum.value_or(0) + record.amount_vnd();
  }
  return sum;
}

std::int64_t refund_owed(const Dossier& dossier) {
  std::int64_t sum = 0;
  for (const PaymentRecord& record : dossier.payments) sum += record.owes_refund() ? record.amount_vnd() : 0;
  return sum;
}

Rejection wrong_amount(std::int64_t wanted, std::int64_t given) {
  return invalid("#/amount_vnd", "wrong_amount",
                 expected(std::to_string(wanted) + " đồng", "it is " + std::to_string(given)));
}

}  // namespace

std::optional<Decision> Decider::check_known_payment() const {
  const auto said = said_by(command_.body);
  if (!said) return std::nullopt;
  const auto known = known_amount(dossier_, *said);
  if (!known) return std::nullopt;
  if (*known == said->amount_vnd) return Accepted{};
  return conflict("reference_taken", expected("a reference of its own for each payment",
                                              "this one was of " + std::to_string(*known) + " đồng"));
}

void Decider::on(const RequestPayment& request) {
  const std::vector<PaymentItem> left = fees_left(*context_.procedure, dossier_);
  const auto of_key = [&](const Code& key) {
    return std::find_if(left.begin(), left.end(), [&](const PaymentItem& item) { return item.key == key; });
  };
  PaymentRequested body;
  Faults faults;
  for (std::size_t i = 0; i < request.items.size(); ++i) {
    const Code& key = request.items[i];
    const bool again =
        std::find(request.items.begin(), request.items.begin() + static_cast<std::ptrdiff_t>(i), key) !=
        request.items.begin() + static_cast<std::ptrdiff_t>(i);
    const auto found = of_key(key);
    if (again || found == left.end()) {
      faults.push_back({"#/items/" + std::to_string(i), again ? "duplicate_item" : "unknown_fee",
                        again ? expected("each fee once", "this is repeated")
                              : expected("a fee of the schedule that is still to be paid", "this is none")});
    } else {
      body.items.push_back(*found);
    }
  }
  if (!faults.empty()) return reject(invalid(std::move(faults)));
  if (request.items.empty()) body.items = left;
  body.asked_by = command_.on_behalf_of;
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  clocks.pause_for_payment(ClockKind::acceptance, at_, Code());
  if (effect_of(*context_.procedure) != PaymentEffect::none) {
    clocks.suspend_settlement(at_, ground_of(*context_.procedure));
  }
  clocks.give_up_forward(at_);
  clocks.start_citizen_wait(at_);
  add(std::move(body), clocks.take());
}

void Decider::end_payment_wait(Clockwork& clocks, const PaymentRecord& record) {
  clocks.end(ClockKind::citizen_wait, at_);
  if (record.asked_in == DossierState::submitted) {
    if (context_.rules->payment_restarts) {
      clocks.restart_acceptance(at_);
    } else {
      clocks.resume(ClockKind::acceptance, at_, Code());
    }
    return;
  }
  const bool handed_over_anew = clocks.start_given_up_forward(at_);
  switch (effect_of(*context_.procedure)) {
    case PaymentEffect::none:
      break;
    case PaymentEffect::suspend:
      clocks.resume_settlement(at_, ground_of(*context_.procedure));
      break;
    case PaymentEffect::restart:
      clocks.void_paused(ClockKind::settlement, at_);
      clocks.start_settlement(at_, context_.rules->settlement);
      // A step begins when the papers have come.
      if (handed_over_anew || dossier_.in_transit()) {
        clocks.give_up_steps(at_);
      } else {
        clocks.restart_steps(at_);
      }
      break;
  }
}

void Decider::on(const ConfirmPayment& payment) {
  const PaymentRecord* record = dossier_.open_payment();
  assert(record != nullptr);
  if (payment.amount_vnd != record->amount_vnd()) {
    return reject(wrong_amount(record->amount_vnd(), payment.amount_vnd));
  }
  if (context_.reference_elsewhere) {
    return reject(conflict("reference_taken",
                           expected("a reference of its own for each payment",
                                    payment.reference.text + " is that of another dossier received here")));
  }
  if (!dossier_.is_open()) {
    // What was asked for had lapsed with the dossier: it is entered, and owed back at once.
    add(PaymentConfirmed{payment.reference, payment.amount_vnd, dossier_.state}, {});
    return add(RefundOwed{payment.amount_vnd}, {});
  }
  Clockwork clocks(dossier_, context_);
  end_payment_wait(clocks, *record);
  add(PaymentConfirmed{payment.reference, payment.amount_vnd, record->asked_in}, clocks.take());
}

void Decider::on(const WaivePayment& waiver) {
  const PaymentRecord* record = dossier_.open_payment();
  assert(record != nullptr);
  const auto& payment = context_.procedure->payment;
  const bool known = payment && std::any_of(payment->waivers.begin(), payment->waivers.end(),
                                            [&](const LegalGround& g) { return g.ground == waiver.ground; });
  if (!known) {
    return reject(invalid("#/ground", "unknown_ground",
                          expected("a ground on which the procedure waives", "it names none of this key")));
  }
  PaymentWaived body;
  body.ground = waiver.ground;
  body.state = record->asked_in;
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  end_payment_wait(clocks, *record);
  add(std::move(body), clocks.take());
}

void Decider::owe_refund() {
  if (!context_.procedure->payment || !context_.procedure->payment->refundable) return;
  std::int64_t paid = 0;
  for (const PaymentRecord& record : dossier_.payments) {
    if (record.paid_at && !record.refund_owed_at) paid += record.amount_vnd();
  }
  if (paid > 0) add(RefundOwed{paid}, {});
}

void Decider::on(const ConfirmRefund& refund) {
  const std::int64_t owed = refund_owed(dossier_);
  if (refund.amount_vnd != owed) return reject(wrong_amount(owed, refund.amount_vnd));
  add(RefundConfirmed{refund.reference, refund.amount_vnd}, {});
}

}  // namespace motcua::core
