#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/core/ladder.h"
#include "engine/run/load_fault.h"

namespace motcua::run {

// The file of ladders (config/ladders.schema.json). Nothing when there is any fault; all of them are added to
// `faults`, each with its pointer: of form, and of sense (a clock or a rung twice, an escalation without a
// time,
// a distance where there is none, a start of another clock than the intake alert).
std::optional<core::Ladders> load_ladders(std::string_view json_text, std::string_view file,
                                          std::vector<LoadFault>& faults);

}  // namespace motcua::run
