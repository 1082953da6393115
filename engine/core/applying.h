#pragma once

#include "engine/core/event.h"

namespace motcua::core {

// Papers on their way stay with who gave them: what the citizen is asked for goes with them.
void keep_papers_back(Dossier& dossier, Instant at);

// Whether a term of that kind may count from the fact: a payment before the acceptance let the check go on, a
// later one the settlement; a supplement began the check and, found complete after the acceptance, the
// settlement too. Another fact may have happened at the same instant.
bool counts_from(ClockKind kind, const Dossier& dossier, Corrected what, Instant happened);

// Whether the term began with that fact, which happened then. A step or a hand-over that began at its very
// instant began with it; but the first step of papers that were on their way.
bool began_with(const Dossier& dossier, const LegalClock& clock, Corrected what, Instant happened);
// What waited in that stretch, which is over, waited for a payment.
bool waited_for_payment(const Dossier& dossier, const Stretch& over);
// Whether the term ran on with the payment that is known now to have come at `happened`.
bool went_on_with_payment(const Dossier& dossier, const LegalClock& clock, Instant happened);
// A payment that was told to have come at an instant came, by all its corrections, at this one.
Instant known_payment(const Dossier& dossier, Instant told);

// What an event of a consultation, of payment, of results or of a correction makes of a dossier, beside its
// clocks and the texts typed with it. Used by `evolve` only.
void apply(Dossier& dossier, const Event& event, const AgencyConsulted& body);
void apply(Dossier& dossier, const Event& event, const ConsultationAnswered& body);
void apply(Dossier& dossier, const Event& event, const PaymentRequested& body);
void apply(Dossier& dossier, const Event& event, const PaymentConfirmed& body);
void apply(Dossier& dossier, const Event& event, const PaymentWaived& body);
void apply(Dossier& dossier, const Event& event, const RefundOwed& body);
void apply(Dossier& dossier, const Event& event, const RefundConfirmed& body);
void apply(Dossier& dossier, const Event& event, const ResultAnnounced& body);
void apply(Dossier& dossier, const Event& event, const ResultReplaced& body);
void apply(Dossier& dossier, const Event& event, const ResultAnnulled& body);
void apply(Dossier& dossier, const Event& event, const DossierCorrected& body);

}  // namespace motcua::core
