#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace motcua::api {

// Inside, every type of event begins with it; outside it stands between "vn.motcua." and ".v1".
inline constexpr std::string_view kDossierEvent = "dossier.";

// "accepted", "settled" …: the types as filters name them.
const std::vector<std::string>& event_type_names();

}  // namespace motcua::api
