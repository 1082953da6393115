#pragma once

#include <optional>

#include "engine/run/engine.h"

namespace motcua::run {

// Why the caller's rights, or those of the officer whom it names, keep an order from a dossier that the
// caller sees; nothing: they do not. Of a submission, the dossier as it would be.
std::optional<Refused::Why> forbidden(const Order& order, const core::Dossier& dossier);

}  // namespace motcua::run
