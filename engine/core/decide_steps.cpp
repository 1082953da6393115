#include <cassert>

#include "engine/core/decider.h"

namespace motcua::core {

const Code& Decider::agency_of(const StepDefinition& step) const {
  return step.at_receiving ? dossier_.receiving_agency : dossier_.competent_agency;
}

void Decider::on(const AssignStep& assign) {
  const Agency* agency = context_.target;
  if (agency == nullptr) {
    return reject(invalid("#/agency", "unknown_agency",
                          expected("the code of an agency", "there is none of this code")));
  }
  const Officer* officer = agency->officer(assign.officer);
  if (officer == nullptr) {
    return reject(invalid("#/officer", "unknown_officer",
                          expected("an officer of the agency", "it has none of this id")));
  }
  StepAssigned body;
  body.step = dossier_.step;
  body.agency = agency->code;
  body.unit = officer->unit;
  body.officer = officer->id;
  Clockwork clocks(dossier_, context_);
  clocks.end_forward_by_handling(at_);
  add(std::move(body), clocks.take());
}

void Decider::on(const CompleteStep& complete) {
  if (!complete.step.empty() && complete.step != dossier_.step) {
    return reject(conflict(
        "wrong_step",
        expected("the step in which the dossier is (" + dossier_.step.text + ")", "another is named")));
  }
  const StepDefinition* next = context_.procedure->step_after(dossier_.step);
  assert(next != nullptr);
  StepCompleted body;
  body.step = dossier_.step;
  body.next_step = next->key;
  body.next_agency = agency_of(*next);
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  clocks.end_forward_by_handling(at_);
  add(std::move(body), clocks.take());
}

}  // namespace motcua::core
