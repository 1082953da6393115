#include "api/json/dossier_parts.h"
#include "engine/core/checklist.h"

namespace motcua::api {
namespace {

const core::Rules* rules_of(const core::Dossier& dossier, const run::Definitions& definitions) {
  const core::Rulebook* rulebook = definitions.rulebook_version(dossier.rulebook_version);
  if (rulebook == nullptr) return nullptr;
  for (const core::Rules& rules : rulebook->layers) {
    if (rules.layer == dossier.layer) return &rules;
  }
  return nullptr;
}

void write_item(JsonWriter& json, const core::ChecklistItem& item) {
  json.begin_object();
  json.member("paper", item.paper->key);
  json.member("required", item.paper->required);
  if (item.received == nullptr) {
    json.member_null("received");
  } else {
    json.member("received", item.received->form);
  }
  json.member("digitised", item.received != nullptr && core::is_digital(*item.received));
  json.member("wrong_form", item.wrong_form);
  json.member("missing", item.missing());
  json.end_object();
}

void write_digitisation(JsonWriter& json, const DossierView& view, bool essential) {
  const core::Agency* receiving = view.definitions.agency(view.dossier.receiving_agency);
  const core::Rules* rules = rules_of(view.dossier, view.definitions);
  json.key("digitisation");
  json.begin_object();
  static const core::Rules none{};
  const core::Digitisation found =
      core::digitisation_of(view.dossier, rules == nullptr ? none : *rules,
                            receiving == nullptr ? core::AgencyLevel::other : receiving->level, essential);
  json.member("required", found.required);
  json.member("since", found.since);
  json.member("papers", found.papers);
  json.member("digitised", found.digitised);
  json.end_object();
}

}  // namespace

void write_checklist(JsonWriter& json, const DossierView& view) {
  const core::Procedure* procedure =
      view.definitions.procedure_version(view.dossier.procedure, view.dossier.procedure_version);
  json.key("checklist");
  json.begin_array();
  if (procedure != nullptr) {
    for (const core::ChecklistItem& item : core::checklist_of(view.dossier, *procedure)) {
      write_item(json, item);
    }
  }
  json.end_array();
  write_digitisation(json, view, procedure != nullptr && procedure->essential_service);
}

void write_paper_forms(JsonWriter& json, const core::PaperDefinition& paper) {
  json.key("forms");
  json.begin_array();
  for (const core::PaperForm form : paper.forms) json.value(form);
  json.end_array();
  json.key("variants");
  json.begin_array();
  for (const core::Code& variant : paper.variants) json.value(variant);
  json.end_array();
}

}  // namespace motcua::api
