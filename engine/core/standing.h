#pragma once

#include <optional>
#include <string>

#include "engine/core/decide.h"

namespace motcua::core {

// Whether an open step waits for papers that are on their way to the competent agency.
std::optional<Rejection> transit_problem(const Dossier& dossier, const Procedure& procedure,
                                         const Code& step);

// The agencies into which one was merged, "A, B"; empty where none are known.
std::string heirs_of(const Agency& agency);

}  // namespace motcua::core
