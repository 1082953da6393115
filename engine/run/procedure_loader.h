#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/core/procedure.h"
#include "engine/run/load_fault.h"

namespace motcua::run {

// One procedure file (workflows/schema.json) as a procedure. Nothing when there is any fault; all of them are
// added to `faults`, each with its pointer: of form, and of sense (a key twice, a variant that is not
// declared or has no limit, a term twice, steps out of order, budgets above a term). `version` stays empty:
// the store names a version by its content.
std::optional<core::Procedure> load_procedure(std::string_view json_text, std::string_view file,
                                              std::vector<LoadFault>& faults);

// What could be read of the file, whether it has faults or not.
core::Procedure read_procedure(std::string_view json_text, std::string_view file,
                               std::vector<LoadFault>& faults);

}  // namespace motcua::run
