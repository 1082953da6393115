#pragma once

#include <vector>

#include "engine/core/event.h"

namespace motcua::test {

// What is counted of a dossier that went on is what was counted at the time, wherever its tally claims so.
// Returns how often that was looked at and claimed.
int check_tallies(const std::vector<core::Event>& events);

}  // namespace motcua::test
