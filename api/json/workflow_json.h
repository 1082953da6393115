#pragma once

#include "api/json/writer.h"
#include "engine/core/dossier.h"
#include "engine/core/procedure.h"

namespace motcua::api {

// Of a procedure: the members steps, condition_language and consultations.
void write_workflow(JsonWriter& json, const core::Procedure& procedure);
// Of a dossier: the members open_steps, the lead one first, and consultations.
void write_progress(JsonWriter& json, const core::Dossier& dossier);

}  // namespace motcua::api
