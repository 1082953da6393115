#include "engine/run/resolve.h"

namespace motcua::run {
namespace {

const core::Code& root_of(const Definitions& definitions, const core::Agency& agency) {
  const core::Agency* at = &agency;
  while (!at->parent.empty()) {
    const core::Agency* above = definitions.agency(at->parent);
    if (above == nullptr) break;
    at = above;
  }
  return at->code;
}

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
  const core::Agency* receives = resolved.context.receiving;
  const core::Agency* decides = resolved.context.competent;
  if (receives == nullptr || decides == nullptr || receives == decides) return;
  resolved.context.own_one_stop = core::is_own_one_stop(*receives, *decides, root_of(definitions, *receives),
                                                        root_of(definitions, *decides));
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
  return resolved;
}

}  // namespace motcua::run
