#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/core/calendar.h"
#include "engine/run/load_fault.h"

namespace motcua::run {

// One calendar file (config/calendars/schema.json) as a spec. Nothing when there is any fault; all of them
// are added to `faults`, each with its pointer. `version` stays empty: the store names a version by its
// content. Whether the file fits its parent is asked of core::check_calendar.
std::optional<core::CalendarSpec> load_calendar(std::string_view json_text, std::string_view file,
                                                std::vector<LoadFault>& faults);

}  // namespace motcua::run
