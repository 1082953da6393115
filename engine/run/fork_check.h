#pragma once

#include "engine/core/procedure.h"
#include "engine/run/members_loader.h"

namespace motcua::run {

// The branches of every fork stay apart until all of them come to one join; a fork lies in no other's branch.
// Expects that every edge leads to a step that there is.
void check_forks(const core::Procedure& procedure, Source source);

}  // namespace motcua::run
