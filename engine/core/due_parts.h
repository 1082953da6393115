#pragma once

#include "engine/core/limit.h"

// What due dates are made of, for the sources that derive and move them only.
namespace motcua::core {

// No date: it lies where the calendar is not known.
DueDate past_horizon();
DueDate after_working_time(WorkingTime term, Instant start, const Calendar& calendar);
// The end of a working day on which a limit falls; nothing past the horizon.
DueDate at_end_of(std::optional<Date> day, const Calendar& calendar, DayEnd day_end);
// The end of that day, or of the next one that is worked.
DueDate rolled_from(Date unrolled, const Calendar& calendar, DayEnd day_end);

}  // namespace motcua::core
