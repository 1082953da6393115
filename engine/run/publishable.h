#pragma once

#include <functional>
#include <string>

#include "engine/core/event.h"

namespace motcua::run {

// What an event may not say in public, and what stands there instead.
struct PublicNames {
  std::function<std::string(const core::Code& officer)> person;
  // In place of the dossier's code; empty: codes are public.
  std::string masked_code;
};

// The event without anybody in it: no officer but by number, nothing typed, no fact, no reference of another
// system, no id. Folding such events counts like folding the events themselves. Every word of an event is
// told here whether it is public: one that is not throws std::logic_error, which a test over all events would
// meet.
core::Event publishable(core::Event event, const PublicNames& names);

}  // namespace motcua::run
