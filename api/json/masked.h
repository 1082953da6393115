#pragma once

#include <string>
#include <string_view>

namespace motcua::api {

// An owner, or who filed for one, as it was typed, with names and numbers unrecognisable: "N*** V** A**",
// "*********123"; in the order of its members. What is no JSON object gives "null". Any thread.
std::string masked_owner(std::string_view owner_json);

}  // namespace motcua::api
