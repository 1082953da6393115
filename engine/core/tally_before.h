#pragma once

#include "engine/core/tally.h"

namespace motcua::core {

// What was counted of a dossier at an instant, of the tally that it had until something changed at that
// instant or after it: without its end, and with nothing missed whose due had not come. Requires that the
// tally has been steady since before the instant (steady_from).
inline Tally tally_before(Tally tally, Instant at) {
  tally.ended_at.reset();
  tally.state = DossierState::processing;
  tally.electronic_result = false;
  if (!tally.accepted_at || *tally.accepted_at >= at) tally.state = DossierState::submitted;
  if (tally.missed_since && *tally.missed_since >= at) tally.missed_since.reset();
  if (tally.acceptance_missed_since && *tally.acceptance_missed_since >= at) {
    tally.acceptance_missed_since.reset();
  }
  return tally;
}

}  // namespace motcua::core
