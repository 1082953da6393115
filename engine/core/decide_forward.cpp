#include "engine/core/decider.h"

namespace motcua::core {

void Decider::on(const ForwardDossier&) {
  DossierForwarded body;
  body.from_agency = dossier_.receiving_agency;
  body.from_officer = command_.on_behalf_of;
  body.to_agency = dossier_.competent_agency;
  body.texts = texts();
  add(std::move(body), {});
}

void Decider::on(const ReceiveForwarded& receive) {
  const Agency& agency = *context_.competent;
  ForwardReceived body;
  body.from_agency = dossier_.receiving_agency;
  body.agency = agency.code;
  if (!receive.officer.empty()) {
    const Officer* officer = agency.officer(receive.officer);
    if (officer == nullptr) {
      return reject(invalid("#/officer", "unknown_officer",
                            expected("an officer of the competent agency", "it has none of this id")));
    }
    body.unit = officer->unit;
    body.officer = officer->id;
  }
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  clocks.end(ClockKind::forward, at_);
  const auto begin = [&](const Code& key, const Code& at) {
    const StepDefinition* step = context_.procedure->step(key);
    if (step == nullptr) return;
    // Whoever had it until then has left it.
    clocks.leave_step(key, at_);
    clocks.enter_step(*step, at, at_);
  };
  begin(dossier_.step, agency.code);
  for (const ParallelStep& branch : dossier_.parallel) {
    if (branch.agency == agency.code) begin(branch.step, agency.code);
  }
  add(std::move(body), clocks.take());
}

void Decider::on(const RecallForwarded&) {
  ForwardRecalled body;
  body.texts = texts();
  add(std::move(body), {});
}

void Decider::on(const ReturnForwarded&) {
  ForwardReturned body;
  body.agency = dossier_.receiving_agency;
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  clocks.leave_step(dossier_.step, at_);
  clocks.start_forward(at_);
  add(std::move(body), clocks.take());
}

}  // namespace motcua::core
