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

// What runs and had begun at another instant, as a term or as a stretch, begins there, whether its date moved
// by that or not. A stretch that was late keeps what was counted of it.
void correct_terms(Dossier& dossier, Corrected what, Instant before, Instant after) {
  for (const ClockKind kind : {ClockKind::acceptance, ClockKind::settlement}) {
    LegalClock* clock = dossier.clock(kind);
    if (clock == nullptr || !clock->running() || !counts_from(kind, dossier, what, before)) continue;
    if (clock->started_at == before) {
      clock->started_at = after;
    } else if (clock->resumed_at == before) {
      clock->resumed_at = after;
      // Corrected as of that very instant, the stretch before is empty, and goes with it.
      if (!clock->earlier.empty() && clock->earlier.back().from == before &&
          clock->earlier.back().to == before) {
        clock->earlier.back().from = clock->earlier.back().to = after;
      }
    } else if (!clock->earlier.empty() && clock->earlier.back().from == before &&
               !clock->earlier.back().missed_at(clock->earlier.back().to)) {
      clock->earlier.back().from = after;
    }
  }
}

}  // namespace

bool counts_from(ClockKind kind, const Dossier& dossier, Corrected what, Instant happened) {
  if (what != Corrected::payment) return true;
  for (const PaymentRecord& record : dossier.payments) {
    if (record.paid_at != happened && record.waived_at != happened) continue;
    return (record.asked_in == DossierState::submitted) == (kind == ClockKind::acceptance);
  }
  return true;
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

void apply(Dossier& dossier, const Event& event, const RefundOwed&) {
  for (PaymentRecord& record : dossier.payments) {
    if (record.paid_at && !record.refund_owed_at) record.refund_owed_at = event.occurred_at;
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
  correct_terms(dossier, body.what, body.before, *body.after);
  switch (body.what) {
    case Corrected::acceptance:
      dossier.accepted_at = body.after;
      break;
    case Corrected::supplement:
      correct_supplement(dossier, body.before, *body.after);
      break;
    case Corrected::settlement:
      dossier.settled_at = body.after;
      break;
    case Corrected::payment:
      correct_payment(dossier, body.before, *body.after);
      break;
  }
}

}  // namespace motcua::core
