#pragma once

#include <string_view>

namespace motcua::api {

// The OpenAPI 3.1 document, as it stands in api/openapi.json; the build puts it into the program.
std::string_view openapi_document();

}  // namespace motcua::api
