#pragma once

#include <vector>

#include "engine/core/workflow.h"

namespace motcua::core {

// A fact that must be brought once another one, which the dossier does not have either, is brought with one
// of the values: of an enumeration or a boolean; or, of an integer, from `min` to `max`, where there is a
// bound.
struct NeededWith {
  Code fact;
  Code with;
  std::vector<FactValue> values{};
  std::optional<std::int64_t> min{};
  std::optional<std::int64_t> max{};
};

// What the edges of a step look at, and a command that completes the step may bring: outcome, and facts that
// are not personal. In the order of condition_facts. `needed`: of it, what the command must bring, as the
// dossier does not have it and no edge can be chosen without; a command that brings more may be asked for
// less, or for something else.
struct StepAsks {
  std::vector<Code> asked;
  std::vector<Code> needed;
  std::vector<NeededWith> needed_with{};  // beside them
};
StepAsks asks_of(const Context& context, const Dossier& dossier, const StepDefinition& step);

}  // namespace motcua::core
