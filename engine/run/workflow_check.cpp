#include "engine/run/workflow_check.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "engine/run/budget_check.h"
#include "engine/run/fork_check.h"

namespace motcua::run {
namespace {

using core::StepKind;

std::string entry(std::string_view list, std::size_t place, std::string_view member = "") {
  std::string pointer = "/" + std::string(list) + "/" + std::to_string(place);
  if (!member.empty()) pointer.append("/").append(member);
  return pointer;
}

std::string edge_pointer(std::size_t step, std::size_t edge, std::string_view member) {
  return entry("steps", step, "next/" + std::to_string(edge) + "/" + std::string(member));
}

// First the work, last the return, budgets for all or for none.
void check_steps(const core::Procedure& procedure, Source source) {
  const auto& steps = procedure.steps;
  if (steps.empty()) return;
  if (steps.front().kind == StepKind::sign || steps.front().kind == StepKind::return_result) {
    source.report(entry("steps", 0, "kind"), "Expected to begin with work, but it begins with " +
                                                 std::string(core::word_of(steps.front().kind)));
  }
  if (steps.front().place() == core::StepPlace::consulted) {
    source.report(entry("steps", 0, "agency"),
                  "Expected to begin at the receiving or the competent agency, but nobody was consulted yet");
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool last = i + 1 == steps.size();
    if ((steps[i].kind == StepKind::return_result) != last) {
      source.report(entry("steps", i, "kind"),
                    last ? "Expected to end with return, but it does not"
                         : "Expected return as the last step only, but more follow");
    }
    if (steps[i].budget.has_value() != steps.front().budget.has_value()) {
      source.report(entry("steps", i, "budget"),
                    "Expected budgets for all steps or for none, but this one differs from the first");
    }
  }
}

// The agency of a step, and whether any may be asked for a consultation.
void check_consultations(const core::Procedure& procedure, Source source) {
  std::set<core::Code> seen;
  for (std::size_t i = 0; i < procedure.consultations.size(); ++i) {
    const core::Code& key = procedure.consultations[i].key;
    if (!key.empty() && !seen.insert(key).second) {
      source.report(entry("consultations", i, "key"),
                    "Expected each key once, but \"" + key.text + "\" is repeated");
    }
  }
  for (std::size_t i = 0; i < procedure.steps.size(); ++i) {
    const core::Code& key = procedure.steps[i].consultation;
    const core::ConsultationDefinition* known = key.empty() ? nullptr : procedure.consultation(key);
    if (known != nullptr && !known->procedure.empty()) {
      source.report(entry("steps", i, "consultation"),
                    "Expected an opinion for a step at the agency that is asked, but \"" + key.text +
                        "\" opens a dossier there, which has steps of its own");
    }
    if (key.empty() || known != nullptr) continue;
    source.report(entry("steps", i, "consultation"),
                  "Expected one of the consultations, but \"" + key.text + "\" is none");
  }
}

// A fact of the procedure must not hide one that every procedure has.
void check_fact_names(const core::Procedure& procedure, Source source) {
  static constexpr std::string_view kKept[] = {"channel", "variant", "level", "owner_kind",
                                               "outcome", "and",     "or",    "not",
                                               "in",      "has",     "true",  "false"};
  for (std::size_t i = 0; i < procedure.facts.size(); ++i) {
    const std::string& key = procedure.facts[i].key.text;
    if (procedure.facts[i].personal ||
        std::find(std::begin(kKept), std::end(kKept), key) == std::end(kKept)) {
      continue;
    }
    source.report(entry("facts", i, "key"),
                  "Expected a name that conditions leave free, but \"" + key + "\" has a meaning there");
  }
}

// An edge is tried only when those before it did not hold, so what they proved so is known.
void check_conditions(const core::Procedure& procedure, Source source) {
  const std::vector<core::ConditionFact> facts = procedure.condition_facts();
  for (std::size_t i = 0; i < procedure.steps.size(); ++i) {
    core::KnownFacts known;
    const auto& edges = procedure.steps[i].next;
    for (std::size_t e = 0; e < edges.size(); ++e) {
      if (!edges[e].when) continue;
      std::vector<core::ConditionFault> faults;
      known = core::check_condition(*edges[e].when, facts, known, faults).when_false;
      for (const core::ConditionFault& fault : faults) {
        source.report(edge_pointer(i, e, "when"),
                      fault.detail + " (at character " + std::to_string(fault.place + 1) + ")");
      }
    }
  }
}

// Whether all edges lead to steps that there are; else what follows could not be judged.
bool check_targets(const core::Procedure& procedure, Source source) {
  bool all_known = true;
  for (std::size_t i = 0; i < procedure.steps.size(); ++i) {
    const auto& edges = procedure.steps[i].next;
    if (!edges.empty() && i + 1 == procedure.steps.size()) {
      source.report(entry("steps", i, "next"), "Expected no way on from the last step, but there is one");
    }
    for (std::size_t e = 0; e < edges.size(); ++e) {
      for (const core::Code& to : edges[e].to) {
        if (procedure.place_of(to)) continue;
        all_known = false;
        source.report(edge_pointer(i, e, "to"), "Expected one of the steps, but \"" + to.text + "\" is none");
      }
    }
  }
  return all_known;
}

std::vector<bool> reached(std::size_t from, const std::vector<std::vector<std::size_t>>& ways) {
  std::vector<bool> seen(ways.size());
  std::vector<std::size_t> open = {from};
  seen[from] = true;
  while (!open.empty()) {
    const std::size_t at = open.back();
    open.pop_back();
    for (const std::size_t next : ways[at]) {
      if (!seen[next]) open.push_back(next);
      seen[next] = true;
    }
  }
  return seen;
}

void check_ways(const core::Procedure& procedure, Source source) {
  const std::size_t count = procedure.steps.size();
  std::vector<std::vector<std::size_t>> onward(count);
  std::vector<std::vector<std::size_t>> back(count);
  for (std::size_t i = 0; i < count; ++i) {
    onward[i] = followers(procedure, i);
    for (const std::size_t next : onward[i]) back[next].push_back(i);
  }
  const std::vector<bool> entered = reached(0, onward);
  const std::vector<bool> ends = reached(count - 1, back);
  for (std::size_t i = 0; i < count; ++i) {
    if (!entered[i]) {
      source.report(entry("steps", i), "Expected a way to this step from the first, but there is none");
    } else if (!ends[i]) {
      source.report(entry("steps", i),
                    "Expected a way from this step to the last, but none leaves its cycle");
    }
  }
}

}  // namespace

std::vector<std::size_t> followers(const core::Procedure& procedure, std::size_t step) {
  std::vector<std::size_t> places;
  const core::StepDefinition& definition = procedure.steps[step];
  if (definition.next.empty() && step + 1 < procedure.steps.size()) places.push_back(step + 1);
  for (const core::StepEdge& edge : definition.next) {
    for (const core::Code& to : edge.to) {
      const auto place = procedure.place_of(to);
      if (place && std::find(places.begin(), places.end(), *place) == places.end()) places.push_back(*place);
    }
  }
  return places;
}

void check_workflow(const core::Procedure& procedure, Source source) {
  if (procedure.steps.empty()) return;
  check_steps(procedure, source);
  check_consultations(procedure, source);
  const bool has_edges = std::any_of(procedure.steps.begin(), procedure.steps.end(),
                                     [](const core::StepDefinition& step) { return !step.next.empty(); });
  if (has_edges && !procedure.condition_language) {
    source.report("/condition_language", "Expected the language of the conditions, but it is not named");
  }
  if (has_edges) check_fact_names(procedure, source);
  check_conditions(procedure, source);
  if (!check_targets(procedure, source)) return;
  check_ways(procedure, source);
  check_forks(procedure, source);
  check_budgets(procedure, source);
}

}  // namespace motcua::run
