#pragma once

#include "engine/core/procedure.h"
#include "engine/run/members_loader.h"

namespace motcua::run {

// `shorter` is surely longer than `longer`: only what both units say for certain.
bool surely_exceeds(const core::Limit& shorter, const core::Limit& longer);

// The longest way through the steps stays within every limit, so far as the units can be compared. Branches
// of a fork count their longest, a way back counts once, and an edge that the channel or the variant of a
// limit rules out counts for that limit not at all.
void check_budgets(const core::Procedure& procedure, Source source);

}  // namespace motcua::run
