#pragma once

#include "engine/core/procedure.h"
#include "engine/run/members_loader.h"

namespace motcua::run {

// What the steps of a procedure and the ways between them may have wrong together: conditions on facts that
// are none or may be absent, steps that nobody reaches, steps from which no way leads to the end, forks that
// do not join, steps out of order, and the longest way above a limit. Every fault is added. Expects members
// in the order of the file.
void check_workflow(const core::Procedure& procedure, Source source);

// The steps that may follow one, by place: of all edges, or the next in the file.
std::vector<std::size_t> followers(const core::Procedure& procedure, std::size_t step);

}  // namespace motcua::run
