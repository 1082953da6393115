#pragma once

#include "engine/core/tally.h"

namespace motcua::core {

// Whether a dossier was accepted in [from, to). What was late before was accepted before, whatever a
// correction says since: so it is received in one period and not in two.
inline bool accepted_in(const Tally& tally, Instant from, Instant to) {
  return tally.accepted_at && *tally.accepted_at >= from && *tally.accepted_at < to &&
         !tally.late_before(from);
}

}  // namespace motcua::core
