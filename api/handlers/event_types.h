#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace motcua::api {

// How filters name the types of events: those of dossiers without "dossier." ("accepted", "settled" …),
// others whole ("journal.restored").
const std::vector<std::string>& event_type_names();
// From the type inside to that name, and back.
std::string event_type_name(std::string_view type);
std::string event_type_named(std::string_view name);

}  // namespace motcua::api
