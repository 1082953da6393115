#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "api/handlers/command_body.h"
#include "api/json/field.h"
#include "engine/core/correctable.h"
#include "engine/core/decide.h"
#include "engine/run/definitions.h"

namespace motcua::api {

// What every command on a dossier may carry.
const std::vector<Field>& common_fields();
// What a command may carry beside it, or reads in another way: all that read_command reads, and nothing else.
// Requires knows_command(word); `procedure` defines the facts.
std::vector<Field> fields_of(std::string_view word, const core::Procedure& procedure,
                             Acting acting = Acting::for_others);

// The field at a path, "papers/key" of each item; null where there is none.
Field* find_field(std::vector<Field>& fields, std::string_view path);

// Adds what the dossier, its procedure and the agencies know for fields of the command: which values, and
// what must be there beside what the command itself demands. `context` is resolved for the dossier.
void add_choices(std::string_view word, const core::Dossier& dossier, const core::Context& context,
                 const run::Definitions& definitions, std::vector<Field>& fields);

// Adds the events that may be corrected now, and the member that says when one happened: common_fields has
// it as the instant of an act, which a correction has none of.
void add_correctable(std::span<const core::Correctable> events, std::vector<Field>& fields);

}  // namespace motcua::api
