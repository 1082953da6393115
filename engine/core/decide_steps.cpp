#include <algorithm>
#include <cassert>

#include "engine/core/decider.h"
#include "engine/core/standing.h"
#include "engine/core/workflow.h"

namespace motcua::core {

const Code& Decider::agency_of(const StepDefinition& step) const {
  return agency_of_step(step, dossier_, *context_.procedure);
}

// For what works on the step: none begins before its papers have come.
std::optional<Code> Decider::step_to_work_on(const Code& named) {
  const std::optional<Code> step = open_step(named);
  if (!step) return std::nullopt;
  auto problem = transit_problem(dossier_, *context_.procedure, *step);
  if (!problem) return step;
  reject(std::move(*problem));
  return std::nullopt;
}

std::optional<Code> Decider::open_step(const Code& named) {
  if (named.empty() || named == dossier_.step) return dossier_.step;
  if (dossier_.branch_at(named) != nullptr) return named;
  std::string open = dossier_.step.text;
  for (const ParallelStep& branch : dossier_.parallel) open += ", " + branch.step.text;
  reject(conflict("wrong_step",
                  expected("the step in which the dossier is (" + open + ")", "another is named")));
  return std::nullopt;
}

void Decider::on(const AssignStep& assign) {
  const std::optional<Code> step = step_to_work_on(assign.step);
  if (!step) return;
  const Agency* agency = context_.target;
  if (auto problem = agency_problem(agency, at_, "#/agency")) return reject(std::move(*problem));
  const StepDefinition* definition = context_.procedure->step(*step);
  // Who has a step has it for the agency at which it is done: that one, one below it, or its heir.
  const auto& works_for = context_.works_for;
  const Code& place = definition == nullptr ? dossier_.competent_agency : agency_of(*definition);
  if (std::find(works_for.begin(), works_for.end(), place) == works_for.end()) {
    return reject(
        invalid("#/agency", "wrong_agency",
                expected(place.text + ", where the step is done, or an agency below it", "it is another")));
  }
  const Officer* officer = agency->officer(assign.officer);
  if (officer == nullptr) {
    return reject(invalid("#/officer", "unknown_officer",
                          expected("an officer of the agency", "it has none of this id")));
  }
  StepAssigned body;
  body.step = *step;
  body.agency = agency->code;
  body.unit = officer->unit;
  body.officer = officer->id;
  Clockwork clocks(dossier_, context_);
  const ParallelStep* branch = dossier_.branch_at(*step);
  const Code& holder = branch == nullptr ? dossier_.holder_agency : branch->agency;
  // Another agency has the budget of its own, from when it gets the step; a first one begins when it has
  // come.
  if (definition != nullptr && (holder != agency->code || dossier_.in_transit())) {
    clocks.leave_step(*step, at_);
    clocks.enter_step(*definition, agency->code, at_);
  }
  clocks.end_forward_by_handling(at_);
  add(std::move(body), clocks.take());
}

void Decider::on(const CompleteStep& complete) {
  const std::optional<Code> here = step_to_work_on(complete.step);
  if (!here) return;
  Faults faults;
  check_facts(*context_.procedure, complete.facts, faults);
  if (!faults.empty()) return reject(invalid(std::move(faults)));
  const WayOn way = way_on(context_, dossier_, *context_.procedure->step(*here), complete);
  if (!way.missing.empty()) {
    return reject(invalid("#/facts/" + way.missing.text, "missing_fact",
                          expected("the fact " + way.missing.text + ", which decides on the next step",
                                   "the dossier has none")));
  }
  for (const StepDefinition* next : way.steps) {
    if (auto problem = entry_problem(*next, dossier_, context_, at_)) return reject(std::move(*problem));
  }
  StepCompleted body;
  body.step = *here;
  body.texts = texts();
  body.edge = way.edge;
  body.facts = complete.facts;
  body.outcome = complete.outcome;
  Clockwork clocks(dossier_, context_);
  clocks.leave_step(*here, at_);
  clocks.end_forward_by_handling(at_);
  // Work on papers that have not come begins when they have: until then who gives them holds the dossier.
  const bool awaits_papers = dossier_.in_transit() && dossier_.receiving_agency != dossier_.competent_agency;
  const auto waits = [&](const StepDefinition& next) {
    return awaits_papers && next.place() == StepPlace::competent;
  };
  if (way.steps.front()->join && !dossier_.parallel.empty()) {
    body.join = way.steps.front()->key;
  } else {
    body.next_step = way.steps.front()->key;
    body.next_agency = waits(*way.steps.front()) ? dossier_.receiving_agency : agency_of(*way.steps.front());
    for (const StepDefinition* next : way.steps) {
      if (!waits(*next)) clocks.enter_step(*next, agency_of(*next), at_);
      if (next != way.steps.front()) body.branches.push_back({next->key, agency_of(*next)});
    }
  }
  add(std::move(body), clocks.take());
}

void Decider::on(const ReturnStep& back) {
  const std::optional<Code> here = open_step(back.step);
  if (!here) return;
  const StepDefinition* to = context_.procedure->step(back.to);
  if (to == nullptr) {
    return reject(
        invalid("#/to", "unknown_step", expected("a step of the procedure", "it has none of this key")));
  }
  if (!may_return(*context_.procedure, dossier_, *here, back.to)) {
    return reject(
        conflict("not_returnable", expected("an earlier step of the same branch that the dossier has been in",
                                            back.to.text + " is none")));
  }
  if (auto problem = entry_problem(*to, dossier_, context_, at_)) return reject(std::move(*problem));
  StepReturned body;
  body.step = *here;
  body.to = to->key;
  body.to_agency = agency_of(*to);
  body.texts = texts();
  Clockwork clocks(dossier_, context_);
  clocks.leave_step(*here, at_);
  clocks.enter_step(*to, body.to_agency, at_);
  add(std::move(body), clocks.take());
}

}  // namespace motcua::core
