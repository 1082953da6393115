#pragma once

#include "engine/core/limit.h"

namespace motcua::core {

// Where the due of a limit lies after it waited in [from, to): moved in the limit's own unit (DESIGN section
// 2). Working time moves by the working time that passed, clock hours by clock time, working days by the
// closes of working days inside, calendar days and months by the midnights inside, added to the unrolled day
// and then rolled once. What has no date keeps none.
DueDate moved_due(const DueDate& due, const Limit& limit, DayEnd day_end, Instant from, Instant to,
                  const Calendar& calendar);

}  // namespace motcua::core
