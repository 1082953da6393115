#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/core/agency.h"
#include "engine/run/load_fault.h"

namespace motcua::run {

// The file of agencies (config/agencies.schema.json). Nothing when there is any fault; all of them are added
// to `faults`, each with its pointer: of form, and of sense (a code or an officer twice, a parent that does
// not come before, a successor or unit that is not there, a parent that did not exist for all of the time).
std::optional<std::vector<core::Agency>> load_agencies(std::string_view json_text, std::string_view file,
                                                       std::vector<LoadFault>& faults);

}  // namespace motcua::run
