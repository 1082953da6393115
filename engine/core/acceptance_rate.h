#pragma once

#include "engine/core/late_list_builder.h"
#include "engine/core/share.h"

namespace motcua::core {

// Item 17 of the plan (LAW section 1): each online dossier counts once, in the period in which its first
// acceptance clock fell due, and is in time where every acceptance clock was met that was due by then. It
// counts for the agency that received it.
inline bool acceptance_fell_due(const Tally& tally, const Period& period) {
  return tally.channel == Channel::online && tally.acceptance_due && *tally.acceptance_due >= period.from &&
         *tally.acceptance_due < period.to;
}
inline bool accepted_in_time(const Tally& tally) { return !tally.acceptance_missed_since; }

// How long before a period a dossier may have been answered whose acceptance falls due in it.
inline constexpr ClockTime kAcceptanceReach{31 * kDayMs};

}  // namespace motcua::core
