#include "engine/run/resolve.h"

namespace motcua::run {
namespace {

void find_agencies(const Definitions& definitions, const core::Code& receiving, const core::Code& competent,
                   Resolved& resolved) {
  resolved.context.receiving = definitions.agency(receiving);
  resolved.context.competent = definitions.agency(competent);
  if (resolved.context.receiving != nullptr) {
    resolved.receiving_calendar = definitions.calendar(resolved.context.receiving->calendar);
    resolved.context.receiving_calendar = resolved.receiving_calendar.get();
  }
  if (resolved.context.competent != nullptr) {
    resolved.competent_calendar = definitions.calendar(resolved.context.competent->calendar);
    resolved.context.competent_calendar = resolved.competent_calendar.get();
  }
}

}  // namespace

Resolved resolve_submission(const Definitions& definitions, const core::SubmitDossier& submit,
                            core::Instant received_at) {
  Resolved resolved;
  const core::Date on = core::local_date(received_at, core::kVietnamOffsetMinutes);
  resolved.context.procedure = definitions.procedure(submit.procedure, on);
  resolved.context.rulebook = &definitions.rulebook();
  resolved.context.rules = definitions.rulebook().at(on);
  find_agencies(definitions, submit.receiving_agency,
                submit.competent_agency.empty() ? submit.receiving_agency : submit.competent_agency,
                resolved);
  return resolved;
}

Resolved resolve_dossier(const Definitions& definitions, const core::Dossier& dossier,
                         const core::CommandBody& body) {
  Resolved resolved;
  core::Context& context = resolved.context;
  context.procedure = definitions.procedure_version(dossier.procedure, dossier.procedure_version);
  context.rulebook = definitions.rulebook_version(dossier.rulebook_version);
  if (context.rulebook != nullptr) {
    for (const core::Rules& rules : context.rulebook->layers) {
      if (rules.layer == dossier.layer) context.rules = &rules;
    }
  }
  find_agencies(definitions, dossier.receiving_agency, dossier.competent_agency, resolved);
  if (const auto* assign = std::get_if<core::AssignStep>(&body)) {
    context.target = definitions.agency(assign->agency.empty() ? dossier.holder_agency : assign->agency);
  }
  if (std::holds_alternative<core::CorrectDossier>(body) && context.competent != nullptr) {
    const core::Agency* agency = context.competent;
    while ((agency = definitions.agency(agency->parent)) != nullptr) context.above.push_back(agency);
  }
  return resolved;
}

}  // namespace motcua::run
