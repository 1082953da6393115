#pragma once

#include "api/json/writer.h"
#include "engine/core/dossier.h"
#include "engine/run/definitions.h"

namespace motcua::api {

// What moved a dossier's dates inside a term: suspensions, extensions, its re-appointment; and what lateness
// obliges to: the apology and the explanation.
void write_term_changes(JsonWriter& json, const core::Dossier& dossier, core::Instant as_of,
                        const run::Definitions& definitions);
// The stretches of a clock that are over, where there are any.
void write_stretches(JsonWriter& json, const core::LegalClock& clock);

}  // namespace motcua::api
