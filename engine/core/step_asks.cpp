#include "engine/core/step_asks.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

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
Ways ways_of(const Context& context, const Dossier& dossier, const CompleteStep& complete,
             const Condition& condition) {
  const auto facts = [&](const Code& name) { return fact_of(context, dossier, complete, name); };
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

// What an edge cannot be chosen without, beside what the command brings.
KnownFacts needed_beside(const Context& context, const Dossier& dossier, const CompleteStep& complete,
                         const StepDefinition& step) {
  AskedFor reached = KnownFacts{};  // the edge at hand
  AskedFor chosen;                  // one before it
  for (const StepEdge& edge : step.next) {
    Ways ways{KnownFacts{}, std::nullopt};
    if (edge.when) ways = ways_of(context, dossier, complete, *edge.when);
    chosen = either(chosen, then(reached, ways.when_true));
    reached = then(reached, ways.when_false);
  }
  return chosen.value_or(KnownFacts{});
}

CompleteStep bringing(const Code& fact, const FactValue& value) {
  CompleteStep complete;
  if (fact.text == "outcome") {
    complete.outcome = enum_of<Outcome>(std::get<Code>(value).text);
  } else {
    complete.facts.push_back({fact, value});
  }
  return complete;
}

// Integers that no condition of the step tells apart.
struct Range {
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;
  std::int64_t any() const { return min ? *min : max.value_or(0); }
};
std::vector<Range> ranges_of(const StepDefinition& step, const Code& fact) {
  std::set<std::int64_t> literals;
  for (const StepEdge& edge : step.next) {
    if (!edge.when) continue;
    for (const Condition::Node& node : edge.when->nodes) {
      if (node.name != fact) continue;
      for (const FactValue& value : node.values) literals.insert(std::get<std::int64_t>(value));
    }
  }
  constexpr std::int64_t kFar = 1'000'000'000'000'000;  // a fact is smaller
  std::vector<Range> ranges;
  std::optional<std::int64_t> next;
  for (const std::int64_t literal : literals) {
    if (literal <= -kFar || literal >= kFar) continue;
    if (!next || *next < literal) ranges.push_back({next, literal - 1});
    ranges.push_back({literal, literal});
    next = literal + 1;
  }
  ranges.push_back({next, std::nullopt});
  return ranges;
}

// What else is needed when the fact is brought, by its values.
class WithFact {
 public:
  WithFact(const Context& context, const Dossier& dossier, const StepDefinition& step,
           const ConditionFact& fact, const KnownFacts& needed)
      : context_(context), dossier_(dossier), step_(step), fact_(fact), needed_(needed) {}

  std::vector<NeededWith> found() const {
    switch (fact_.type) {
      case FactType::enumeration: {
        std::vector<FactValue> words(fact_.words.begin(), fact_.words.end());
        return by_value(words);
      }
      case FactType::boolean:
        return by_value({true, false});
      case FactType::integer:
        return by_range();
      case FactType::date:
      case FactType::text:
        return {};
    }
    return {};
  }

 private:
  std::vector<Code> more(const FactValue& value) const {
    std::vector<Code> found;
    for (const Code& one : needed_beside(context_, dossier_, bringing(fact_.name, value), step_)) {
      if (!needed_.contains(one)) found.push_back(one);
    }
    return found;
  }
  std::vector<NeededWith> by_value(const std::vector<FactValue>& values) const {
    std::vector<NeededWith> all;
    for (const FactValue& value : values) {
      for (const Code& one : more(value)) {
        auto known = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.fact == one; });
        if (known == all.end()) known = all.insert(all.end(), {one, fact_.name});
        known->values.push_back(value);
      }
    }
    return all;
  }
  std::vector<NeededWith> by_range() const {
    std::vector<NeededWith> all;
    for (const Range& range : ranges_of(step_, fact_.name)) {
      for (const Code& one : more(range.any())) {
        const auto known = std::find_if(all.begin(), all.end(), [&](const NeededWith& each) {
          return each.fact == one && each.max && range.min && *each.max + 1 == *range.min;
        });
        if (known == all.end()) {
          all.push_back({one, fact_.name, {}, range.min, range.max});
        } else {
          known->max = range.max;
        }
      }
    }
    return all;
  }

  const Context& context_;
  const Dossier& dossier_;
  const StepDefinition& step_;
  const ConditionFact& fact_;
  const KnownFacts& needed_;
};

}  // namespace

StepAsks asks_of(const Context& context, const Dossier& dossier, const StepDefinition& step) {
  KnownFacts seen;
  for (const StepEdge& edge : step.next) {
    if (!edge.when) continue;
    for (const Condition::Node& node : edge.when->nodes) seen.insert(node.name);
  }
  const CompleteStep nothing{};
  const KnownFacts needed = needed_beside(context, dossier, nothing, step);
  StepAsks asks;
  const auto& facts = context.procedure->facts;
  for (const ConditionFact& fact : context.procedure->condition_facts()) {
    const bool own = std::any_of(facts.begin(), facts.end(),
                                 [&](const FactDefinition& defined) { return defined.key == fact.name; });
    if (!seen.contains(fact.name) || (!own && fact.name.text != "outcome")) continue;
    asks.asked.push_back(fact.name);
    if (needed.contains(fact.name)) asks.needed.push_back(fact.name);
    if (fact_of(context, dossier, nothing, fact.name)) continue;
    for (NeededWith& more : WithFact(context, dossier, step, fact, needed).found()) {
      asks.needed_with.push_back(std::move(more));
    }
  }
  return asks;
}

}  // namespace motcua::core
