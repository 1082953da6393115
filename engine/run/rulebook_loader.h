#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/core/rulebook.h"
#include "engine/run/load_fault.h"

namespace motcua::run {

// The rulebook (config/rulebook.schema.json). Nothing when there is any fault; all of them are added to
// `faults`, each with its pointer: of form, and of sense (layers with a gap or an overlap, a rule twice or
// outside its layer, a rule that the engine counts with missing in a layer or without its number).
// INTAKE_ALERT_2H alone may be missing. `version` stays empty: the store names a version by its content.
std::optional<core::Rulebook> load_rulebook(std::string_view json_text, std::string_view file,
                                            std::vector<LoadFault>& faults);

}  // namespace motcua::run
