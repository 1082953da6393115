#pragma once

#include "api/json/dossier_json.h"

namespace motcua::api {

// Parts of a dossier's JSON, each a member or two of the object that is being written.

// "checklist", "digitisation": which papers are wanted, and how they came.
void write_checklist(JsonWriter& json, const DossierView& view);
// "payments": the ledger, one item for each request.
void write_payments(JsonWriter& json, const core::Dossier& dossier);
// "results" with what became of each, "result_announced_at", "result_announced_early".
void write_result_history(JsonWriter& json, const core::Dossier& dossier);
// "corrected", "corrections".
void write_corrections(JsonWriter& json, const core::Dossier& dossier);

// Parts of a procedure's JSON: "forms" and "variants" of a paper; "fees", "payment", "essential_service".
void write_paper_forms(JsonWriter& json, const core::PaperDefinition& paper);
void write_fees(JsonWriter& json, const core::Procedure& procedure);
// "deputies" of an officer.
void write_deputies(JsonWriter& json, const core::Officer& officer);

}  // namespace motcua::api
