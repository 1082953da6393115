#include <algorithm>

#include "engine/core/evolving.h"

namespace motcua::core {
namespace {

void note_agency(Dossier& dossier, const Code& agency) {
  if (!agency.empty() && !dossier.concerns(agency)) dossier.further_agencies.push_back(agency);
}

void note_handler(Dossier& dossier, const Code& officer) {
  std::vector<Code>& all = dossier.handled_by;
  if (!officer.empty() && std::find(all.begin(), all.end(), officer) == all.end()) all.push_back(officer);
}

// Who gives work to another, or approves what somebody else asks for, does not handle the dossier by that.
bool is_handling(const EventBody& body) {
  return !(std::holds_alternative<StepAssigned>(body) || std::holds_alternative<DossierExtended>(body) ||
           std::holds_alternative<LatenessExplained>(body) ||
           std::holds_alternative<DossierCorrected>(body) || std::holds_alternative<DossierErased>(body));
}

}  // namespace

void note_parties(Dossier& dossier, const Event& event) {
  note_agency(dossier, dossier.holder_agency);
  note_handler(dossier, dossier.holder_officer);
  for (const ParallelStep& branch : dossier.parallel) {
    note_agency(dossier, branch.agency);
    note_handler(dossier, branch.officer);
  }
  if (const auto* consulted = std::get_if<AgencyConsulted>(&event.body))
    note_agency(dossier, consulted->agency);
  if (is_handling(event.body)) note_handler(dossier, event.on_behalf_of);
}

}  // namespace motcua::core
