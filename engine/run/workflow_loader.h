#pragma once

#include <vector>

#include "engine/core/procedure.h"
#include "engine/run/members_loader.h"

namespace motcua::run {

// The edges of a step: `next`, absent when the next step in the file follows.
std::vector<core::StepEdge> read_edges(ObjectReader& step, Source source);
// The members of a procedure beside its steps that belong to its workflow: condition_language and
// consultations.
void read_workflow(ObjectReader& in, core::Procedure& procedure, Source source);

}  // namespace motcua::run
