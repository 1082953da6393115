#pragma once

#include <string>
#include <vector>

#include "engine/run/seal.h"

namespace motcua::run {

// The names and numbers by which a dossier is found, of what was typed about its owner.
std::vector<std::string> searched_texts(const Fragment& owner);

}  // namespace motcua::run
