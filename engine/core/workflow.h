#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/core/condition.h"
#include "engine/core/decide.h"

namespace motcua::core {

// What a condition may ask, of this name; facts given with the command come before those of the dossier.
// Nothing: absent.
std::optional<FactValue> fact_of(const Context& context, const Dossier& dossier, const CompleteStep& complete,
                                 const Code& name);

// The way that a dossier takes out of a step.
struct WayOn {
  std::optional<std::uint32_t> edge;           // from 1, 0 for the order of the file; nothing without edges
  std::vector<const StepDefinition*> steps{};  // several: a fork; none when a fact is missing
  Code missing{};                              // the fact
};
// The first edge of the step whose condition holds. The step must not be the last.
WayOn way_on(const Context& context, const Dossier& dossier, const StepDefinition& step,
             const CompleteStep& complete);

// Whether the open step may be given back to `to`: it was left before, and lies on the same branch while
// others are open.
bool may_return(const Procedure& procedure, const Dossier& dossier, const Code& step, const Code& to);
// Whether there is any such step for the lead one or a branch.
bool may_return(const Procedure& procedure, const Dossier& dossier);

}  // namespace motcua::core
