#include <algorithm>
#include <cassert>
#include <string>

#include "engine/core/decider.h"

namespace motcua::core {

void Decider::on(const SubmitDossier& submit) {
  DossierSubmitted body;
  body.code = submit.code;
  if (body.code.empty() && context_.rules->code_at_submission[static_cast<int>(submit.channel)]) {
    body.code = issue_code();
  }
  body.procedure = submit.procedure;
  body.variant = submitted_variant(submit);
  body.layer = context_.rules->layer;
  body.channel = submit.channel;
  body.receiving_agency = context_.receiving->code;
  body.competent_agency = context_.competent->code;
  body.owner_kind = submit.owner_kind;
  body.delivery = submit.delivery;
  body.source = submit.source;
  body.external_ref = submit.external_ref;
  body.papers = submit.papers;
  body.facts = submit.facts;
  body.texts = texts();
  body.linked_from = submit.linked_from;
  body.linked_agencies = submit.linked_agencies;
  Clockwork clocks(dossier_, context_);
  if (!submit.accept) clocks.start_acceptance(at_, submit.channel, at_);
  if (submit.channel == Channel::online) clocks.start_intake_alert(at_);
  add(std::move(body), clocks.take());
  if (submit.accept) on(AcceptDossier{submit.appointment_at});
}

std::optional<Rejection> Decider::check_appointment(Instant appointment_at) const {
  const ChannelTerm* term = context_.procedure->term(dossier_.channel, dossier_.variant);
  assert(term != nullptr);
  if (term->promised().unit != LimitUnit::unspecified) {
    return invalid("#/appointment_at", "appointment_timed",
                   expected("no appointment, as the procedure states the limit", "one is given"));
  }
  if (appointment_at <= context_.now) {
    return invalid("#/appointment_at", "appointment_past",
                   expected("an appointment that is still to come", "it lies in the past"));
  }
  return check_promise(appointment_at, "#/appointment_at");
}

void Decider::on(const AcceptDossier& accept) {
  DossierAccepted body;
  if (accept.appointment_at) {
    if (auto problem = check_appointment(*accept.appointment_at)) return reject(std::move(*problem));
    body.appointment_at = accept.appointment_at;
  }
  // What a submission brought is told by its own event.
  if (!submits()) body.texts = texts();
  if (dossier_.code.empty()) body.code = issue_code();
  const StepDefinition& first = context_.procedure->steps.front();
  body.step = first.key;
  body.holder_agency = agency_of(first);
  Clockwork clocks(dossier_, context_);
  clocks.end(ClockKind::acceptance, at_);
  clocks.start_settlement(at_, context_.rules->settlement);
  clocks.start_appraisal(at_);
  // What is on its way is with the agency that received it, and its first step begins when it has come.
  if (clocks.start_forward(at_)) {
    body.holder_agency = dossier_.receiving_agency;
  } else {
    clocks.enter_step(first, body.holder_agency, at_);
  }
  add(std::move(body), clocks.take());
}

void Decider::on(const RefuseDossier&) {
  DossierRefused body;
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  clocks.end(ClockKind::acceptance, at_);
  clocks.void_paused(ClockKind::acceptance, at_);
  clocks.close_but(ClockKind::acceptance, at_);
  add(std::move(body), clocks.take());
  owe_refund();
}

void Decider::on(const RequestSupplement& request) {
  Faults faults;
  for (std::size_t i = 0; i < request.missing.size(); ++i) {
    check_paper(*context_.procedure, request.missing[i], "#/missing/" + std::to_string(i), faults);
  }
  if (!faults.empty()) return reject(invalid(std::move(faults)));
  SupplementRequested body;
  body.asked_by = command_.on_behalf_of;
  body.missing = request.missing;
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  clocks.end(ClockKind::acceptance, at_);
  clocks.end(ClockKind::appraisal, at_);
  clocks.pause_settlement(at_);
  clocks.pause_steps(at_);
  clocks.give_up_forward(at_);
  clocks.start_citizen_wait(at_);
  add(std::move(body), clocks.take());
}

void Decider::on(const ReceiveSupplement& supplement) {
  Faults faults;
  check_papers(*context_.procedure, supplement.papers, faults);
  if (!faults.empty()) return reject(invalid(std::move(faults)));
  SupplementReceived body;
  body.papers = supplement.papers;
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  clocks.end(ClockKind::citizen_wait, at_);
  clocks.start_acceptance(at_, dossier_.channel, dossier_.received_at);
  add(std::move(body), clocks.take());
}

void Decider::on(const AcceptSupplement&) {
  const SupplementRound& round = dossier_.rounds.back();
  SupplementAccepted body;
  body.state = round.asked_in;
  Clockwork clocks(dossier_, context_);
  // Before acceptance the check goes on until the dossier is accepted, refused or returned again.
  if (dossier_.accepted_at) {
    clocks.end(ClockKind::acceptance, at_);
    clocks.void_paused(ClockKind::settlement, at_);
    clocks.start_settlement(*round.supplied_at, context_.rules->restart);
    if (clocks.start_given_up_forward(at_)) {
      clocks.give_up_steps(at_);
    } else {
      clocks.restart_steps(*round.supplied_at);
    }
  }
  add(std::move(body), clocks.take());
}

void Decider::on(const WithdrawDossier&) {
  DossierWithdrawn body;
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  clocks.give_up(at_, stopped_at_.value_or(context_.now));
  add(std::move(body), clocks.take());
  owe_refund();
}

void Decider::on(const AdjustDossier& adjust) {
  Faults faults;
  check_papers(*context_.procedure, adjust.papers, faults);
  check_facts(*context_.procedure, adjust.facts, faults);
  if (!faults.empty()) return reject(invalid(std::move(faults)));
  DossierAdjusted body;
  body.delivery = adjust.delivery;
  body.papers = adjust.papers;
  body.facts = adjust.facts;
  body.texts = texts();
  add(std::move(body), {});
}

}  // namespace motcua::core
