#pragma once

#include "engine/core/procedure.h"
#include "engine/run/members_loader.h"

namespace motcua::run {

// What a procedure that reads well may still have wrong in itself. Expects members in the order of the file,
// so that a pointer can name an entry by its place. `declares_variants` tells whether the file names them.
void check_procedure(const core::Procedure& procedure, bool declares_variants, Source source);

}  // namespace motcua::run
