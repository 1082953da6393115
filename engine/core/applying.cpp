#include "engine/core/applying.h"

#include <algorithm>

namespace motcua::core {
namespace {

// The payment that came at `before` came at `after`.
void correct_payment(Dossier& dossier, Instant before, Instant after) {
  for (PaymentRecord& record : dossier.payments) {
    if (record.paid_at == before) record.paid_at = after;
  }
}

void correct_supplement(Dossier& dossier, Instant before, Instant after) {
  for (SupplementRound& round : dossier.rounds) {
    if (round.supplied_at == before) round.supplied_at = after;
  }
}

// The stretch that began with the payment begins with it still: not one that was late, which keeps what was
// counted of it.
void correct_stretches(Dossier& dossier, LegalClock& clock, Instant before, Instant after) {
  for (std::size_t i = 0; i < clock.earlier.size(); ++i) {
    const Stretch& waited = clock.earlier[i];
    if (!waited_for_payment(dossier, waited)) continue;
    const bool last = i + 1 == clock.earlier.size();
    if ((last ? clock.from() : clock.earlier[i + 1].from) != before) continue;
    const Instant moved = std::max(after, waited.to);
    if (last) {
      clock.resumed_at = moved;
      continue;
    }
    Stretch& began = clock.earlier[i + 1];
    if (began.missed_at(began.to)) continue;
    began.from = moved;
    // Corrected as of that very instant it is empty, and goes with it.
    if (began.to >= moved) continue;
    began.to = moved;
    Instant& next = i + 2 == clock.earlier.size() ? *clock.resumed_at : clock.earlier[i + 2].from;
    next = std::max(next, moved);
  }
}

// What runs or waits and had begun at another instant, as a term or as a stretch, begins there, whether its
// date moved by that or not. Of a clock beside the main ones the event says so.
void correct_terms(Dossier& dossier, const Event& event, Corrected what, Instant before, Instant after) {
  for (LegalClock& clock : dossier.clocks) {
    if (!clock.running() && clock.course != LegalClock::Course::paused) continue;
    const bool main = clock.kind == ClockKind::acceptance || clock.kind == ClockKind::settlement;
    const bool told = std::any_of(event.clocks.begin(), event.clocks.end(), [&](const ClockChange& change) {
      return change.kind == clock.kind && change.term == clock.term;
    });
    if (!main && !told) continue;
    if (began_with(dossier, clock, what, before)) {
      clock.started_at = after;
    } else if (what == Corrected::payment && counts_from(clock.kind, dossier, what, before)) {
      correct_stretches(dossier, clock, before, after);
    }
  }
}

// A later one ends its term later, which the event then says.
void correct_settlement(Dossier& dossier, const Event& event, Instant after) {
  dossier.settled_at = after;
  const bool ends = std::any_of(event.clocks.begin(), event.clocks.end(), [](const ClockChange& change) {
    return change.kind == ClockKind::settlement && change.action == ClockAction::end;
  });
  if (ends) dossier.ended_at = after;
}

}  // namespace

bool counts_from(ClockKind kind, const Dossier& dossier, Corrected what, Instant happened) {
  if (what == Corrected::supplement) {
    for (const SupplementRound& round : dossier.rounds) {
      if (round.supplied_at != happened) continue;
      const bool restarts =
          round.accepted_at && dossier.accepted_at && round.asked_at >= *dossier.accepted_at;
      return kind == ClockKind::acceptance || restarts;
    }
  }
  if (what != Corrected::payment) return true;
  for (const PaymentRecord& record : dossier.payments) {
    if (record.paid_at != happened && record.waived_at != happened) continue;
    return (record.asked_in == DossierState::submitted) == (kind == ClockKind::acceptance);
  }
  return true;
}

bool began_with(const Dossier& dossier, const LegalClock& clock, Corrected what, Instant happened) {
  if (what == Corrected::settlement || clock.started_at != happened) return false;
  const bool by_acceptance = what == Corrected::acceptance;
  switch (clock.kind) {
    case ClockKind::settlement:
      if (by_acceptance) return clock.term == 1;
      return clock.term > 1 && counts_from(clock.kind, dossier, what, happened);
    case ClockKind::acceptance:
      if (what == Corrected::supplement) return true;
      return !by_acceptance && clock.term > 1 && counts_from(clock.kind, dossier, what, happened);
    case ClockKind::appraisal:
      return by_acceptance;
    case ClockKind::forward:
      return by_acceptance ? clock.term == 1 : what == Corrected::payment;
    case ClockKind::step: {
      const LegalClock* forward = dossier.clock(ClockKind::forward, 1);
      const bool on_paper = forward != nullptr && dossier.channel != Channel::online;
      return by_acceptance ? !on_paper : counts_from(clock.kind, dossier, what, happened);
    }
    case ClockKind::intake_alert:
    case ClockKind::citizen_wait:
    case ClockKind::consultation:
    case ClockKind::apology:
    case ClockKind::explanation:
      return false;
  }
  return false;
}

bool waited_for_payment(const Dossier& dossier, const Stretch& over) {
  return over.end == StretchEnd::suspended &&
         std::none_of(dossier.suspensions.begin(), dossier.suspensions.end(),
                      [&](const Suspension& one) { return one.ground == over.ground; });
}

Instant known_payment(const Dossier& dossier, Instant told) {
  for (const Correction& one : dossier.corrections) {
    if (one.what == Corrected::payment && one.after && one.before == told) told = *one.after;
  }
  return told;
}

bool went_on_with_payment(const Dossier& dossier, const LegalClock& clock, Instant happened) {
  if (!counts_from(clock.kind, dossier, Corrected::payment, happened)) return false;
  for (std::size_t i = 0; i < clock.earlier.size(); ++i) {
    const bool last = i + 1 == clock.earlier.size();
    const Instant from = last ? clock.from() : clock.earlier[i + 1].from;
    if (waited_for_payment(dossier, clock.earlier[i]) && known_payment(dossier, from) == happened)
      return true;
  }
  return false;
}

void keep_papers_back(Dossier& dossier, Instant at) {
  if (!dossier.handovers.empty() && dossier.handovers.back().in_transit()) {
    dossier.handovers.back().recalled_at = at;
  }
}

void apply(Dossier& dossier, const Event& event, const AgencyConsulted& body) {
  dossier.consultations.push_back(
      {body.consultation, body.agency, body.asked_by, event.occurred_at, {}, {}, body.linked, {}});
}

void apply(Dossier& dossier, const Event& event, const ConsultationAnswered& body) {
  Consultation& asked = dossier.consultations[body.number - 1];
  if (!asked.answered_at) asked.answered_at = event.occurred_at;
  asked.outcome = body.outcome;
  asked.ended_as = body.ended_as;
}

void apply(Dossier& dossier, const Event& event, const PaymentRequested& body) {
  PaymentRecord record;
  record.version = event.version;
  record.asked_at = event.occurred_at;
  record.asked_by = body.asked_by;
  record.asked_in = dossier.state;
  record.items = body.items;
  dossier.payments.push_back(std::move(record));
  dossier.state = DossierState::awaiting_payment;
  keep_papers_back(dossier, event.occurred_at);
}

void apply(Dossier& dossier, const Event& event, const PaymentConfirmed& body) {
  dossier.payments.back().reference = body.reference;
  dossier.payments.back().paid_at = event.occurred_at;
  dossier.state = body.state;
}

void apply(Dossier& dossier, const Event& event, const PaymentWaived& body) {
  dossier.payments.back().waiver = body.ground;
  dossier.payments.back().waived_at = event.occurred_at;
  dossier.state = body.state;
}

// What was paid last, as far as the amount goes: what came when the dossier was over is owed back alone.
void apply(Dossier& dossier, const Event& event, const RefundOwed& body) {
  std::int64_t left = body.amount_vnd;
  for (auto record = dossier.payments.rbegin(); record != dossier.payments.rend() && left > 0; ++record) {
    if (!record->paid_at || record->refund_owed_at) continue;
    record->refund_owed_at = event.occurred_at;
    left -= record->amount_vnd();
  }
}

void apply(Dossier& dossier, const Event& event, const RefundConfirmed& body) {
  for (PaymentRecord& record : dossier.payments) {
    if (!record.owes_refund()) continue;
    record.refund_reference = body.reference;
    record.refunded_at = event.occurred_at;
  }
}

void apply(Dossier& dossier, const Event& event, const ResultAnnounced& body) {
  dossier.result_notice = ResultNotice{event.occurred_at, body.early};
}

void apply(Dossier& dossier, const Event& event, const ResultReplaced& body) {
  dossier.result_changes.push_back({body.replaced, body.result.code, event.occurred_at, event.version});
  dossier.results.push_back(body.result);
}

void apply(Dossier& dossier, const Event& event, const ResultAnnulled& body) {
  dossier.result_changes.push_back({body.annulled, Code(), event.occurred_at, event.version});
}

void apply(Dossier& dossier, const Event& event, const DossierCorrected& body) {
  dossier.corrections.push_back({body.corrected_version, event.occurred_at, event.on_behalf_of, body.what,
                                 body.before, body.after, body.due_before, body.due_after});
  if (!body.after) return;
  correct_terms(dossier, event, body.what, body.before, *body.after);
  switch (body.what) {
    case Corrected::acceptance:
      dossier.accepted_at = body.after;
      break;
    case Corrected::supplement:
      correct_supplement(dossier, body.before, *body.after);
      break;
    case Corrected::settlement:
      correct_settlement(dossier, event, *body.after);
      break;
    case Corrected::payment:
      correct_payment(dossier, body.before, *body.after);
      break;
  }
}

}  // namespace motcua::core
