#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/core/rights.h"
#include "engine/run/json_loader.h"

namespace motcua::run {

// The file of roles (config/roles.schema.json). Nothing when there is any fault; all of them are added to
// `faults`: a role or a right twice, a right that there is not.
std::optional<core::Roles> load_roles(std::string_view json_text, std::string_view file,
                                      std::vector<LoadFault>& faults);

// The grants of a caller (the keys file): each names one of the roles.
std::vector<core::Grant> read_grants(ObjectReader& in, const std::string& key, const core::Roles& roles,
                                     std::string_view file, std::vector<LoadFault>& faults);

}  // namespace motcua::run
