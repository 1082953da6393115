#include "engine/core/standing.h"

#include <algorithm>
#include <string>

#include "engine/core/checklist.h"
#include "engine/core/decide.h"
#include "engine/core/rejecting.h"
#include "engine/core/step_asks.h"
#include "engine/core/workflow.h"

// What hinders a command beside the state of the dossier: the instant, its grounds, its agencies.
namespace motcua::core {
namespace {

using Problem = std::optional<Rejection>;

Problem no_date_yet(const Dossier& dossier) {
  const LegalClock* settlement = dossier.clock(ClockKind::settlement);
  if (settlement == nullptr || settlement->due.pending != DuePending::calendar_horizon) return std::nullopt;
  return conflict("calendar_horizon", expected("a term with a date", "its date waits for the calendar"));
}

// Each ground was used as often as it may be, or is in force.
template <class Uses>
Problem no_ground_left(const std::vector<GroundDefinition>& grounds, const Uses& uses) {
  bool in_force = false;
  for (const GroundDefinition& ground : grounds) {
    int used = 0;
    bool holds = false;
    for (const auto& use : uses) {
      if (use.ground != ground.ground) continue;
      ++used;
      if constexpr (requires { use.resumed_at; }) holds = holds || !use.resumed_at;
    }
    if (!holds && used < ground.times) return std::nullopt;
    in_force = in_force || holds;
  }
  if (in_force) {
    return conflict("already_suspended", expected("a ground that is not in force",
                                                  "the dossier is suspended on all that are left"));
  }
  return conflict("ground_used_up", expected("a ground that is left", "each was used as often as it may be"));
}

Problem not_late(const Dossier& dossier, const Context& context) {
  if (dossier.late_at(context.now)) return std::nullopt;
  return conflict("not_late", expected("a dossier that is late", "it is not"));
}

Problem nothing_promised(const Dossier& dossier) {
  if (auto problem = no_date_yet(dossier)) return problem;
  if (dossier.promised_at()) return std::nullopt;
  return conflict("nothing_promised",
                  expected("a dossier whose citizen was given a date", "none was promised"));
}

Problem cannot_enter(const std::vector<const StepDefinition*>& steps, const Dossier& dossier,
                     const Context& context) {
  for (const StepDefinition* step : steps) {
    if (step == nullptr) continue;
    if (auto problem = entry_problem(*step, dossier, context, context.now)) return problem;
  }
  return std::nullopt;
}

// Whether the step cannot be left, whatever the command brings.
Problem no_way_on(const StepDefinition& step, const Dossier& dossier, const Context& context) {
  if (step.next.empty()) return cannot_enter({context.procedure->step_after(step.key)}, dossier, context);
  Problem first;
  bool any_open = false;
  for (const StepEdge& edge : step.next) {
    std::vector<const StepDefinition*> steps;
    for (const Code& to : edge.to) steps.push_back(context.procedure->step(to));
    Problem here = cannot_enter(steps, dossier, context);
    any_open = any_open || !here;
    if (!first) first = std::move(here);
  }
  if (!first || !any_open) return first;
  // Some ways are open and some are not: where the command has no say, one is chosen already.
  if (!asks_of(context, dossier, step).asked.empty()) return std::nullopt;
  return cannot_enter(way_on(context, dossier, step, {}).steps, dossier, context);
}

Problem no_step_can_be_left(const Dossier& dossier, const Context& context) {
  Problem first;
  std::vector<Code> open = {dossier.step};
  for (const ParallelStep& branch : dossier.parallel) open.push_back(branch.step);
  for (const Code& key : open) {
    const StepDefinition* step = context.procedure->step(key);
    if (step == nullptr) return std::nullopt;
    Problem here = no_way_on(*step, dossier, context);
    if (!here) return std::nullopt;
    if (!first) first = std::move(here);
  }
  return first;
}

Problem an_answer_is_awaited(const Dossier& dossier, const Procedure& procedure) {
  for (const Consultation& asked : dossier.consultations) {
    const ConsultationDefinition* known = procedure.consultation(asked.kind);
    if (asked.answered_at || known == nullptr || !known->awaited) continue;
    return conflict("answer_awaited", expected("the answer of " + asked.agency.text + " on " +
                                                   asked.kind.text + " before a result is granted",
                                               "it has not come"));
  }
  return std::nullopt;
}

struct Standing {
  const Dossier& dossier;
  const Context& context;

  Problem operator()(const SuspendDossier&) const {
    return no_ground_left(context.procedure->suspensions, dossier.suspensions);
  }
  Problem operator()(const ExtendTerm&) const {
    if (auto problem = no_date_yet(dossier)) return problem;
    return no_ground_left(context.procedure->extensions, dossier.extensions);
  }
  Problem operator()(const ReappointDossier&) const { return nothing_promised(dossier); }
  Problem operator()(const ExplainLateness&) const { return not_late(dossier, context); }
  Problem operator()(const CompleteStep&) const { return no_step_can_be_left(dossier, context); }
  template <class Other>
  Problem operator()(const Other&) const {
    return std::nullopt;
  }
};

// A command of each kind, by its place.
template <std::size_t... Places>
Problem of_place(std::size_t command, const Standing& standing, std::index_sequence<Places...>) {
  Problem problem;
  const auto ask = [&](auto body) { problem = standing(body); };
  ((Places == command ? ask(std::variant_alternative_t<Places, CommandBody>{}) : void()), ...);
  return problem;
}

}  // namespace

std::string does_not_exist(const Agency& agency) {
  std::string heirs;
  for (const Code& heir : agency.successors) heirs += (heirs.empty() ? "" : ", ") + heir.text;
  return "does not" + (heirs.empty() ? "" : ": it was merged into " + heirs);
}

std::optional<Rejection> agency_problem(const Agency* agency, Instant at, std::string_view pointer) {
  if (agency == nullptr) {
    return invalid(pointer, "unknown_agency",
                   expected("the code of an agency", "there is none of this code"));
  }
  if (agency->exists_on(local_date(at, kVietnamOffsetMinutes))) return std::nullopt;
  return invalid(pointer, "agency_ended",
                 expected("an agency that exists", agency->code.text + ' ' + does_not_exist(*agency)));
}

const Code& agency_of_step(const StepDefinition& step, const Dossier& dossier, const Procedure& procedure) {
  static const Code kNone;
  if (step.place() == StepPlace::receiving) return dossier.receiving_agency;
  if (step.place() == StepPlace::competent) return dossier.competent_agency;
  const auto& asked = dossier.consultations;
  const auto last = std::find_if(asked.rbegin(), asked.rend(),
                                 [&](const Consultation& one) { return one.kind == step.consultation; });
  if (last != asked.rend()) return last->agency;
  const ConsultationDefinition* consultation = procedure.consultation(step.consultation);
  return consultation != nullptr && consultation->agencies.size() == 1 ? consultation->agencies.front()
                                                                       : kNone;
}

std::optional<Rejection> entry_problem(const StepDefinition& step, const Dossier& dossier,
                                       const Context& context, Instant at) {
  if (step.place() != StepPlace::consulted) return std::nullopt;
  const Code& agency = agency_of_step(step, dossier, *context.procedure);
  if (agency.empty()) {
    return conflict("not_consulted",
                    expected("an agency that was consulted on " + step.consultation.text, "none was yet"));
  }
  return agency_problem(context.agency(agency), at, "#/step");
}

std::optional<Rejection> papers_problem(const Dossier& dossier, const Procedure& procedure) {
  Rejection rejection = conflict("paper_missing", expected("every required paper", "some never came"));
  for (const ChecklistItem& item : checklist_of(dossier, procedure)) {
    if (!item.missing()) continue;
    rejection.faults.push_back(
        {"#/outcome", "paper_missing",
         expected("the required paper " + item.paper->key.text + " before a result is granted",
                  item.wrong_form ? "it came in a form in which it is not taken" : "it never came")});
  }
  return rejection.faults.empty() ? std::nullopt : std::optional(std::move(rejection));
}

std::optional<Rejection> grant_problem(const Dossier& dossier, const Context& context) {
  if (auto problem = papers_problem(dossier, *context.procedure)) return problem;
  return an_answer_is_awaited(dossier, *context.procedure);
}

std::optional<Rejection> standing_problem(std::size_t command, const Dossier& dossier,
                                          const Context& context) {
  if (dossier.version == 0) return std::nullopt;
  constexpr auto kPlaces = std::make_index_sequence<std::variant_size_v<CommandBody>>();
  return of_place(command, Standing{dossier, context}, kPlaces);
}

}  // namespace motcua::core
