#pragma once

#include <string_view>

#include "engine/run/take_over.h"

namespace motcua::api {

// Reads one line of an export (config/import.schema.json), closed like a request body: what is wrong is noted
// in the row, with its place.
run::OldRow read_old_row(std::string_view line, std::size_t number, const run::Definitions& definitions,
                         const run::Keyring& keyring);

}  // namespace motcua::api
