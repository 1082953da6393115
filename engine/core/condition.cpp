#include "engine/core/condition.h"

#include <algorithm>
#include <iterator>

namespace motcua::core {
namespace {

using Op = Condition::Op;
using Node = Condition::Node;

template <class T>
bool compare(Op op, const T& left, const T& right) {
  switch (op) {
    case Op::equal:
    case Op::one_of:
      return left == right;
    case Op::unequal:
      return left != right;
    case Op::less:
      return left < right;
    case Op::at_most:
      return left <= right;
    case Op::greater:
      return left > right;
    case Op::at_least:
      return left >= right;
    case Op::any:
    case Op::all:
    case Op::negation:
    case Op::has:
      return false;
  }
  return false;
}

// Values of one type only: the check on load sees to it, a fact of another type equals nothing.
bool test(const Node& node, const FactValue& value) {
  return std::any_of(node.values.begin(), node.values.end(), [&](const FactValue& literal) {
    return literal.index() == value.index() && compare(node.op, value, literal);
  });
}

bool orders(Op op) { return op == Op::less || op == Op::at_most || op == Op::greater || op == Op::at_least; }

KnownFacts in_both(const KnownFacts& a, const KnownFacts& b) {
  KnownFacts both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::inserter(both, both.end()));
  return both;
}

class Checker {
 public:
  Checker(const Condition& condition, const std::vector<ConditionFact>& facts,
          std::vector<ConditionFault>& faults)
      : nodes_(condition.nodes), facts_(facts), faults_(faults) {}

  Proven check(std::size_t place, const KnownFacts& known) {
    const Node& node = nodes_[place];
    switch (node.op) {
      case Op::negation: {
        Proven inner = check(node.left, known);
        return {std::move(inner.when_false), std::move(inner.when_true)};
      }
      case Op::all: {
        const Proven left = check(node.left, known);
        Proven right = check(node.right, left.when_true);
        return {std::move(right.when_true), in_both(left.when_false, right.when_false)};
      }
      case Op::any: {
        const Proven left = check(node.left, known);
        Proven right = check(node.right, left.when_false);
        return {in_both(left.when_true, right.when_true), std::move(right.when_false)};
      }
      case Op::has: {
        Proven proven{known, known};
        if (find(node) != nullptr) proven.when_true.insert(node.name);
        return proven;
      }
      case Op::equal:
      case Op::unequal:
      case Op::less:
      case Op::at_most:
      case Op::greater:
      case Op::at_least:
      case Op::one_of:
        check_comparison(node, known);
        return {known, known};
    }
    return {known, known};
  }

 private:
  void fault(std::size_t place, std::string detail) { faults_.push_back({place, std::move(detail)}); }

  const ConditionFact* find(const Node& node) {
    const auto found = std::find_if(facts_.begin(), facts_.end(),
                                    [&](const ConditionFact& fact) { return fact.name == node.name; });
    if (found != facts_.end()) return &*found;
    fault(node.place, "Expected a fact that conditions may use, but \"" + node.name.text + "\" is none");
    return nullptr;
  }

  void check_comparison(const Node& node, const KnownFacts& known) {
    const ConditionFact* fact = find(node);
    if (fact == nullptr) return;
    if (fact->may_be_absent && !known.contains(fact->name)) {
      fault(node.place, "Expected has(" + fact->name.text + ") before its use, but the fact may be absent");
    }
    if (orders(node.op) && fact->type != FactType::integer && fact->type != FactType::date) {
      fault(node.place, "Expected = or != or in, but a fact of the type " + std::string(word_of(fact->type)) +
                            " has no order");
    }
    for (std::size_t i = 0; i < node.values.size(); ++i) {
      check_literal(*fact, node.values[i], node.value_places[i]);
    }
  }

  void check_literal(const ConditionFact& fact, const FactValue& value, std::size_t place) {
    static constexpr FactType kTypes[] = {FactType::integer, FactType::boolean, FactType::date,
                                          FactType::enumeration};
    const FactType type = kTypes[value.index()];
    if (type != fact.type) {
      return fault(place, "Expected a literal of the type " + std::string(word_of(fact.type)) + ", as " +
                              fact.name.text + " is, but it is of " + std::string(word_of(type)));
    }
    const auto* word = std::get_if<Code>(&value);
    if (word == nullptr || std::find(fact.words.begin(), fact.words.end(), *word) != fact.words.end()) return;
    std::string words;
    for (const Code& known : fact.words) words += (words.empty() ? "" : ", ") + known.text;
    fault(place, "Expected one of " + words + ", but it is \"" + word->text + "\"");
  }

  const std::vector<Node>& nodes_;
  const std::vector<ConditionFact>& facts_;
  std::vector<ConditionFault>& faults_;
};

class Evaluation {
 public:
  Evaluation(const Condition& condition, const FactLookup& facts) : nodes_(condition.nodes), facts_(facts) {}

  bool of(std::size_t place) {
    const Node& node = nodes_[place];
    if (!missing_.empty()) return false;
    switch (node.op) {
      case Op::negation:
        return !of(node.left);
      case Op::all:
        return of(node.left) && of(node.right);
      case Op::any:
        return of(node.left) || of(node.right);
      case Op::has:
        return facts_(node.name).has_value();
      case Op::equal:
      case Op::unequal:
      case Op::less:
      case Op::at_most:
      case Op::greater:
      case Op::at_least:
      case Op::one_of: {
        const std::optional<FactValue> value = facts_(node.name);
        if (!value) missing_ = node.name;
        return value && test(node, *value);
      }
    }
    return false;
  }
  const Code& missing() const { return missing_; }

 private:
  const std::vector<Node>& nodes_;
  const FactLookup& facts_;
  Code missing_;
};

}  // namespace

Proven check_condition(const Condition& condition, const std::vector<ConditionFact>& facts,
                       const KnownFacts& known, std::vector<ConditionFault>& faults) {
  return Checker(condition, facts, faults).check(condition.nodes.size() - 1, known);
}

Verdict evaluate(const Condition& condition, const FactLookup& facts) {
  Evaluation evaluation(condition, facts);
  const bool holds = evaluation.of(condition.nodes.size() - 1);
  return {holds && evaluation.missing().empty(), evaluation.missing()};
}

std::optional<bool> evaluate_partly(const Condition& condition,
                                    const std::function<Settled(const Code& name)>& facts) {
  // The parts stand before what they are part of, so one walk fills the whole table.
  std::vector<std::optional<bool>> said(condition.nodes.size());
  for (std::size_t i = 0; i < condition.nodes.size(); ++i) {
    const Node& node = condition.nodes[i];
    if (node.op == Op::negation) {
      if (said[node.left]) said[i] = !*said[node.left];
    } else if (node.op == Op::all || node.op == Op::any) {
      const bool decides = node.op == Op::any;
      const auto& left = said[node.left];
      const auto& right = said[node.right];
      if (left == decides || right == decides) said[i] = decides;
      if (left == !decides && right == !decides) said[i] = !decides;
    } else if (const Settled fact = facts(node.name); fact.known) {
      if (node.op == Op::has) said[i] = fact.value.has_value();
      if (node.op != Op::has && fact.value) said[i] = test(node, *fact.value);
    }
  }
  return said.back();
}

}  // namespace motcua::core
