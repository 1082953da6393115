#pragma once

#include <vector>

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

// The dates of the stretches of a term, one after the other. Where a newer calendar derived the last of them
// again they are as that calendar, which is given, has them from the first on; else as they were decided.
std::vector<DueDate> dates_through(const LegalClock& clock, const DueDate& first, const Calendar& calendar);

}  // namespace motcua::core
