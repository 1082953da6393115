#pragma once

#include <vector>

#include "engine/core/workflow.h"

namespace motcua::core {

// What the edges of a step look at, and a command that completes the step may bring: outcome, and facts that
// are not personal. In the order of condition_facts. `needed`: of it, what the command must bring, as the
// dossier does not have it and no edge can be chosen without; a command that brings more may be asked for
// less, or for something else.
struct StepAsks {
  std::vector<Code> asked;
  std::vector<Code> needed;
};
StepAsks asks_of(const Context& context, const Dossier& dossier, const StepDefinition& step);

}  // namespace motcua::core
