#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/run/load_fault.h"
#include "engine/run/messages.h"

namespace motcua::run {

// The messages (config/messages.schema.json). Nothing when there is any fault; all of them are added to
// `faults`, each with its pointer: of form, a kind of notice that is missing, a template that is broken or
// names what its notice does not have. `version` stays empty: the store names a version by its content.
std::optional<Messages> load_messages(std::string_view json_text, std::string_view file,
                                      std::vector<LoadFault>& faults);

}  // namespace motcua::run
