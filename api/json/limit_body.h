#pragma once

#include <optional>
#include <string_view>

#include "api/json/reader.h"
#include "engine/core/limit.h"

namespace motcua::api {

// Reads {value, unit, counting?} under that name; faults are noted in the body.
std::optional<core::Limit> read_limit(JsonObject& body, std::string_view name, Presence presence);

}  // namespace motcua::api
