#include "engine/core/workflow.h"

#include <algorithm>
#include <cassert>

namespace motcua::core {
namespace {

const Fact* find_fact(const std::vector<Fact>& facts, const Code& key) {
  const auto found = std::find_if(facts.begin(), facts.end(), [&](const Fact& f) { return f.key == key; });
  return found == facts.end() ? nullptr : &*found;
}

bool has_paper(const Dossier& dossier, std::string_view key) {
  return std::any_of(dossier.papers.begin(), dossier.papers.end(),
                     [&](const PaperRecord& record) { return record.paper.key.text == key; });
}

// Whether a way leads from one step to another within a branch: through no fork, and not out of a join.
bool on_one_branch(const Procedure& procedure, const Code& from, const Code& to) {
  std::vector<bool> seen(procedure.steps.size());
  std::vector<Code> open = {from};
  while (!open.empty()) {
    const Code at = std::move(open.back());
    open.pop_back();
    if (at == to) return true;
    const auto place = procedure.place_of(at);
    if (!place || seen[*place] || procedure.steps[*place].join) continue;
    seen[*place] = true;
    const StepDefinition& step = procedure.steps[*place];
    if (step.next.empty() && *place + 1 < procedure.steps.size())
      open.push_back(procedure.steps[*place + 1].key);
    for (const StepEdge& edge : step.next) {
      if (edge.to.size() == 1) open.push_back(edge.to.front());
    }
  }
  return false;
}

}  // namespace

std::optional<FactValue> fact_of(const Context& context, const Dossier& dossier, const CompleteStep& complete,
                                 const Code& name) {
  static constexpr std::string_view kPaper = "paper.";
  const std::string_view text = name.text;
  if (text.starts_with(kPaper)) return has_paper(dossier, text.substr(kPaper.size()));
  if (text == "channel") return Code(word_of(dossier.channel));
  if (text == "variant") return dossier.variant;
  if (text == "level") return Code(word_of(context.competent->level));
  if (text == "owner_kind") return Code(word_of(dossier.owner_kind));
  if (text == "outcome") {
    if (!complete.outcome) return std::nullopt;
    return Code(word_of(*complete.outcome));
  }
  if (const Fact* given = find_fact(complete.facts, name)) return given->value;
  if (const Fact* known = find_fact(dossier.facts, name)) return known->value;
  return std::nullopt;
}

WayOn way_on(const Context& context, const Dossier& dossier, const StepDefinition& step,
             const CompleteStep& complete) {
  const Procedure& procedure = *context.procedure;
  WayOn way;
  if (procedure.condition_language) way.edge = 0;
  if (step.next.empty()) {
    way.steps.push_back(procedure.step_after(step.key));
    return way;
  }
  const FactLookup facts = [&](const Code& name) { return fact_of(context, dossier, complete, name); };
  for (const StepEdge& edge : step.next) {
    ++*way.edge;
    const Verdict verdict = edge.when ? evaluate(*edge.when, facts) : Verdict{true, {}};
    way.missing = verdict.missing;
    if (!way.missing.empty()) return way;
    if (!verdict.holds) continue;
    for (const Code& to : edge.to) way.steps.push_back(procedure.step(to));
    return way;
  }
  assert(false);  // the last edge asks nothing: the check on load saw to it
  return way;
}

bool may_return(const Procedure& procedure, const Dossier& dossier, const Code& step, const Code& to) {
  if (!procedure.condition_language) {
    const auto here = procedure.place_of(step);
    const auto there = procedure.place_of(to);
    return here && there && *there < *here;
  }
  const auto& visited = dossier.visited;
  // Of one that was taken over it is known alone that it began with the first.
  const bool has_been = std::find(visited.begin(), visited.end(), to) != visited.end() ||
                        (dossier.imported_at && to == procedure.steps.front().key);
  if (to == step || !has_been) return false;
  return dossier.parallel.empty() || on_one_branch(procedure, to, step);
}

bool may_return(const Procedure& procedure, const Dossier& dossier) {
  const auto from = [&](const Code& step) {
    return std::any_of(procedure.steps.begin(), procedure.steps.end(), [&](const StepDefinition& to) {
      return may_return(procedure, dossier, step, to.key);
    });
  };
  return from(dossier.step) || std::any_of(dossier.parallel.begin(), dossier.parallel.end(),
                                           [&](const ParallelStep& branch) { return from(branch.step); });
}

}  // namespace motcua::core
