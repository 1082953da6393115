#pragma once

#include "engine/core/event.h"

// What an event does beside its own meaning; for `evolve` only.
namespace motcua::core {

void change_clock(Dossier& dossier, const ClockChange& change, Instant recorded_at);
// Whose working time it is from the event on.
void note_stint(Dossier& dossier, const Event& event);

}  // namespace motcua::core
