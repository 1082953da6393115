#include "engine/core/step_asks.h"

#include <algorithm>
#include <iterator>

namespace motcua::core {
namespace {

using Op = Condition::Op;
// What was surely asked for on every way to an outcome; nothing: no way leads there.
using AskedFor = std::optional<KnownFacts>;
struct Ways {
  AskedFor when_true;
  AskedFor when_false;
};

// One way after the other.
AskedFor then(const AskedFor& first, const AskedFor& second) {
  if (!first || !second) return std::nullopt;
  AskedFor both = first;
  both->insert(second->begin(), second->end());
  return both;
}

// One way or the other.
AskedFor either(const AskedFor& one, const AskedFor& other) {
  if (!one || !other) return one ? one : other;
  KnownFacts both;
  std::set_intersection(one->begin(), one->end(), other->begin(), other->end(),
                        std::inserter(both, both.end()));
  return both;
}

// A walk through a condition as `evaluate` does it, with every value that an absent fact could have.
Ways ways_of(const Context& context, const Dossier& dossier, const Condition& condition) {
  const CompleteStep nothing{};
  const auto facts = [&](const Code& name) { return fact_of(context, dossier, nothing, name); };
  std::vector<Ways> said;  // the parts stand before what they are part of
  for (const Condition::Node& node : condition.nodes) {
    const bool joins = node.op == Op::all || node.op == Op::any;
    if (node.op == Op::negation) {
      const Ways& inner = said[node.left];
      said.push_back({inner.when_false, inner.when_true});
    } else if (joins) {
      const Ways& left = said[node.left];
      const Ways& right = said[node.right];
      if (node.op == Op::all) {
        said.push_back({then(left.when_true, right.when_true),
                        either(left.when_false, then(left.when_true, right.when_false))});
      } else {
        said.push_back({either(left.when_true, then(left.when_false, right.when_true)),
                        then(left.when_false, right.when_false)});
      }
    } else if (node.op != Op::has && !facts(node.name)) {
      said.push_back({KnownFacts{node.name}, KnownFacts{node.name}});
    } else {
      Condition alone;
      alone.nodes.push_back(node);
      const bool holds = evaluate(alone, facts).holds;
      said.push_back(
          {holds ? AskedFor(KnownFacts{}) : std::nullopt, holds ? std::nullopt : AskedFor(KnownFacts{})});
    }
  }
  return said.back();
}

}  // namespace

StepAsks asks_of(const Context& context, const Dossier& dossier, const StepDefinition& step) {
  KnownFacts seen;
  AskedFor reached = KnownFacts{};  // the edge at hand
  AskedFor chosen;                  // one before it
  for (const StepEdge& edge : step.next) {
    Ways ways{KnownFacts{}, std::nullopt};
    if (edge.when) {
      for (const Condition::Node& node : edge.when->nodes) seen.insert(node.name);
      ways = ways_of(context, dossier, *edge.when);
    }
    chosen = either(chosen, then(reached, ways.when_true));
    reached = then(reached, ways.when_false);
  }
  StepAsks asks;
  const auto& facts = context.procedure->facts;
  for (const ConditionFact& fact : context.procedure->condition_facts()) {
    const bool own = std::any_of(facts.begin(), facts.end(),
                                 [&](const FactDefinition& defined) { return defined.key == fact.name; });
    if (!seen.contains(fact.name) || (!own && fact.name.text != "outcome")) continue;
    asks.asked.push_back(fact.name);
    if (chosen && chosen->contains(fact.name)) asks.needed.push_back(fact.name);
  }
  return asks;
}

}  // namespace motcua::core
