#pragma once

#include "api/print/sheet.h"
#include "engine/run/slips.h"

namespace motcua::api {

// A layout with its values, ready to be written as a page or for paper. `created_at`: when the slip was
// issued.
print::Sheet slip_sheet(const run::SlipLayout& layout, const run::SlipValues& values,
                        core::Instant created_at, std::string footer);

}  // namespace motcua::api
