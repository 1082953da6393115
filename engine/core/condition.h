#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/terms.h"
#include "engine/core/time.h"

namespace motcua::core {

// Condition language 1: what an edge of a workflow asks of the facts of a dossier.
//
//   condition  = both { "or" both }
//   both       = single { "and" single }
//   single     = "not" single | "(" condition ")" | "has" "(" name ")" | name | name op literal
//              | name ["not"] "in" "(" literal { "," literal } ")"
//   op         = "=" | "!=" | "<" | "<=" | ">" | ">="
//   literal    = integer | date (2026-08-22) | word of an enum | "true" | "false"
//
// A name alone is a boolean fact. `and` and `or` look at their right side only when the left one does not
// decide already. There are no floats, functions, or now.
inline constexpr int kConditionLanguage = 1;
inline constexpr std::size_t kConditionBytesMax = 1000;
inline constexpr std::size_t kConditionNodesMax = 64;
inline constexpr int kConditionDepthMax = 16;

using FactValue = std::variant<std::int64_t, bool, Date, Code>;

// A fact that conditions may use.
struct ConditionFact {
  Code name;
  FactType type = FactType::integer;
  std::vector<Code> words;     // of an enum
  bool may_be_absent = false;  // then has() must have been asked on every way to its use
};

// A condition that was read: a tree in a list, the parts before what they are part of.
struct Condition {
  enum class Op { any, all, negation, has, equal, unequal, less, at_most, greater, at_least, one_of };
  struct Node {
    Op op = Op::has;
    std::size_t left = 0;  // of any, all and negation
    std::size_t right = 0;
    Code name;
    std::vector<FactValue> values;
    std::vector<std::size_t> value_places;
    std::size_t place = 0;  // in the text, from 0
    bool operator==(const Node&) const = default;
  };
  std::string text;
  std::vector<Node> nodes;  // the last one is the whole
  bool operator==(const Condition&) const = default;
};

struct ConditionFault {
  std::size_t place = 0;  // byte of the text, from 0
  std::string detail;     // "Expected X, but Y"
  bool operator==(const ConditionFault&) const = default;
};

// The condition, or nothing and the first fault of its spelling.
std::optional<Condition> parse_condition(std::string_view text, ConditionFault& fault);

// The facts that are surely there.
using KnownFacts = std::set<Code>;
// What is surely there after a condition, by what it said.
struct Proven {
  KnownFacts when_true;
  KnownFacts when_false;
};
// Checks names and types, and that no fact is used where it may be absent, given those known before; adds
// every fault.
Proven check_condition(const Condition& condition, const std::vector<ConditionFact>& facts,
                       const KnownFacts& known, std::vector<ConditionFault>& faults);

// What a fact is; nothing: absent.
using FactLookup = std::function<std::optional<FactValue>(const Code& name)>;
struct Verdict {
  bool holds = false;
  Code missing;  // a fact that it needs and that is not there; nothing can be said then
};
Verdict evaluate(const Condition& condition, const FactLookup& facts);

// What a condition says when only some facts are settled: nothing where it rests on the others.
struct Settled {
  bool known = false;  // whether the fact is settled at all
  std::optional<FactValue> value;
};
std::optional<bool> evaluate_partly(const Condition& condition,
                                    const std::function<Settled(const Code& name)>& facts);

}  // namespace motcua::core
