#pragma once

#include <optional>
#include <string>

#include "engine/core/decide.h"

namespace motcua::core {

// Whether an open step waits for papers that are on their way to the competent agency.
std::optional<Rejection> transit_problem(const Dossier& dossier, const Procedure& procedure,
                                         const Code& step);

// Of an agency that has ended: "does not", and into which it was merged where that is known.
std::string does_not_exist(const Agency& agency);

}  // namespace motcua::core
