#pragma once

#include <span>
#include <string>

#include "engine/store/definition.h"

namespace motcua::api {

// What the files say that the newest applied versions do not: a line per definition, and for a changed one
// the first lines that differ. Empty when there is nothing to apply.
std::string definition_difference(std::span<const store::DefinitionText> applied,
                                  std::span<const store::DefinitionText> files);

}  // namespace motcua::api
