#pragma once

#include <optional>

#include "engine/run/engine.h"

namespace motcua::run {

// Whether the officer's position on that day is that of a step, the present one where none is named, or
// higher.
bool may_complete(const Definitions& definitions, const core::Dossier& dossier, const core::Code& step,
                  const core::Code& officer, core::Date on);

// Why the caller's rights, or those of the officer whom it names, keep an order from a dossier; nothing: they
// do not. One that the caller does not see is not there for it. Of a submission, the dossier as it would be.
// `on`: the day on which positions are looked up.
std::optional<Refused::Why> forbidden(const Order& order, const core::Dossier& dossier,
                                      const Definitions& definitions, core::Date on);

}  // namespace motcua::run
