#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace motcua::testing {

// Gives the position of this officer an address, in a file of agencies of the service's own.
void give_mail(nlohmann::json& config, const std::string& officer, const std::string& address);

}  // namespace motcua::testing
