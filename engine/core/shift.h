#pragma once

#include "engine/core/legal_clock.h"

namespace motcua::core {

// How the due date of a term moves while the term goes on (DESIGN section 2: suspend, extend). Pure.

// The due date after a suspension of [from, to), in the limit's own unit: working time for limits in it,
// clock time for hours, the closes of working days inside for `by_day` and `immediate`, the midnights inside
// for calendar days and months, which are added to the unrolled day before it is rolled once. An instant that
// the calendar does not know leaves the date pending.
DueDate shift_due(const DueDate& due, const Limit& limit, Instant from, Instant to, const Calendar& calendar,
                  DayEnd day_end);

// The due date after an extension by a limit that has a number, counted from the unrolled day where the date
// was rolled. Requires due.at.
DueDate extend_due(const DueDate& due, const Limit& by, const Calendar& calendar, DayEnd day_end);

// The due date of the present stretch, derived anew from the start of the term through all that moved it
// since. A date that was set (a re-appointment, a correction) stays as it is.
DueDate due_through_stretches(const LegalClock& clock, const Calendar& calendar, const CountingRules& rules);

}  // namespace motcua::core
