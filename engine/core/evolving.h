#pragma once

#include "engine/core/event.h"

// What an event does beside its own meaning; for `evolve` only.
namespace motcua::core {

void change_clock(Dossier& dossier, const ClockChange& change, Instant recorded_at);
// Whoever has had the dossier, or was asked, sees it from then on; and who handled it is known for ever.
void note_parties(Dossier& dossier, const Event& event);
// Whose working time it is from the event on.
void note_stint(Dossier& dossier, const Event& event);

}  // namespace motcua::core
