#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace motcua::api {

// What two texts of procedures say differently, side by side: a line for each member, with its place and both
// values; steps, papers and all else that has a name of its own is compared with its like, wherever it
// stands. Empty when they say the same; nothing when one of them is not JSON.
std::optional<std::string> procedure_difference(std::string_view left, std::string_view right);

}  // namespace motcua::api
