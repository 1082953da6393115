#pragma once

#include <string_view>
#include <vector>

#include "api/json/field.h"
#include "api/json/writer.h"

namespace motcua::api {

// Writes the member: an array of the fields.
void write_fields(JsonWriter& json, std::string_view name, const std::vector<Field>& fields);

}  // namespace motcua::api
