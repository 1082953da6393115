#include "engine/run/resolve.h"

#include <algorithm>

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

// Another agency that may owe a clock, or have one of its steps.
void add_other(const Definitions& definitions, const core::Code& code, Resolved& resolved) {
  core::Context& context = resolved.context;
  const auto is_it = [&](const core::Agency* known) { return known != nullptr && known->code == code; };
  if (code.empty() || is_it(context.receiving) || is_it(context.competent)) return;
  for (const core::Context::AgencyCalendar& other : context.others) {
    if (is_it(other.agency)) return;
  }
  const core::Agency* agency = definitions.agency(code);
  if (agency == nullptr) return;
  auto calendar = definitions.calendar(agency->calendar);
  if (calendar == nullptr) return;
  context.others.push_back({agency, calendar.get()});
  resolved.other_calendars.push_back(std::move(calendar));
}

// Whom the steps that a command may lead to belong to.
void add_consulted(const Definitions& definitions, const core::Dossier& dossier, Resolved& resolved) {
  for (const core::Consultation& asked : dossier.consultations) {
    add_other(definitions, asked.agency, resolved);
  }
  if (resolved.context.procedure == nullptr) return;
  for (const core::ConsultationDefinition& named : resolved.context.procedure->consultations) {
    if (named.agencies.size() == 1) add_other(definitions, named.agencies.front(), resolved);
  }
}

const core::Code& holder_of(const core::Dossier& dossier, const core::Code& step) {
  const core::ParallelStep* branch = step == dossier.step ? nullptr : dossier.branch_at(step);
  return branch == nullptr ? dossier.holder_agency : branch->agency;
}

// The agency, and those into which it was merged, one after the other.
std::vector<core::Code> heirs_of(const Definitions& definitions, const core::Code& place) {
  std::vector<core::Code> heirs = {place};
  for (std::size_t i = 0; i < heirs.size(); ++i) {
    const core::Agency* ended = definitions.agency(heirs[i]);
    if (ended == nullptr) continue;
    for (const core::Code& heir : ended->successors) {
      if (std::find(heirs.begin(), heirs.end(), heir) == heirs.end()) heirs.push_back(heir);
    }
  }
  return heirs;
}

// Those of the dossier's agencies for which the target works: it or one above it is that agency, or took its
// place.
void find_works_for(const Definitions& definitions, const core::Dossier& dossier, Resolved& resolved) {
  core::Context& context = resolved.context;
  std::vector<core::Code> line;
  for (const core::Agency* at = context.target; at != nullptr; at = definitions.agency(at->parent)) {
    line.push_back(at->code);
  }
  std::vector<core::Code> places = {dossier.competent_agency, dossier.receiving_agency};
  for (const core::Consultation& asked : dossier.consultations) places.push_back(asked.agency);
  if (context.procedure != nullptr) {
    for (const core::ConsultationDefinition& named : context.procedure->consultations) {
      places.insert(places.end(), named.agencies.begin(), named.agencies.end());
    }
  }
  for (const core::Code& place : places) {
    const std::vector<core::Code> heirs = heirs_of(definitions, place);
    if (std::find_first_of(line.begin(), line.end(), heirs.begin(), heirs.end()) != line.end()) {
      context.works_for.push_back(place);
    }
  }
}

void find_others(const Definitions& definitions, const core::Dossier& dossier, const core::CommandBody& body,
                 Resolved& resolved) {
  core::Context& context = resolved.context;
  if (const auto* assign = std::get_if<core::AssignStep>(&body)) {
    context.target =
        definitions.agency(assign->agency.empty() ? holder_of(dossier, assign->step) : assign->agency);
    find_works_for(definitions, dossier, resolved);
  } else if (const auto* consult = std::get_if<core::ConsultAgency>(&body)) {
    context.target = definitions.agency(consult->agency);
  }
  if (context.target != nullptr) add_other(definitions, context.target->code, resolved);
  const bool moves =
      std::holds_alternative<core::CompleteStep>(body) || std::holds_alternative<core::ReturnStep>(body);
  if (moves) add_consulted(definitions, dossier, resolved);
  add_other(definitions, dossier.holder_agency, resolved);
  for (const core::ParallelStep& branch : dossier.parallel) add_other(definitions, branch.agency, resolved);
  for (const core::LegalClock& clock : dossier.clocks) {
    const bool over =
        clock.course == core::LegalClock::Course::ended || clock.course == core::LegalClock::Course::voided;
    // The system's stop, countered, takes a consultation up again that had ended with it.
    if (!over || dossier.counterable_stop) add_other(definitions, clock.agency, resolved);
  }
}

// Null where they are not known.
const core::Rules* rules_of(const core::Rulebook* rulebook, const core::Dossier& dossier) {
  if (rulebook == nullptr) return nullptr;
  const auto found = std::find_if(rulebook->layers.begin(), rulebook->layers.end(),
                                  [&](const core::Rules& rules) { return rules.layer == dossier.layer; });
  return found == rulebook->layers.end() ? nullptr : &*found;
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
  context.rules = rules_of(context.rulebook, dossier);
  find_agencies(definitions, dossier.receiving_agency, dossier.competent_agency, resolved);
  find_others(definitions, dossier, body, resolved);
  if (std::holds_alternative<core::CorrectDossier>(body) && context.competent != nullptr) {
    const core::Agency* agency = context.competent;
    while ((agency = definitions.agency(agency->parent)) != nullptr) context.above.push_back(agency);
    for (const core::Code& heir : heirs_of(definitions, context.competent->code)) {
      if ((agency = definitions.agency(heir)) != nullptr) context.above.push_back(agency);
    }
  }
  return resolved;
}

bool outdated(const core::Dossier& dossier, const Definitions& definitions) {
  for (const core::LegalClock& clock : dossier.clocks) {
    const bool pending = clock.due.pending == core::DuePending::calendar_horizon;
    if (!clock.running() || !(clock.due.provisional || pending)) continue;
    const auto calendar = definitions.calendar(clock.calendar);
    if (!calendar) continue;
    if (calendar->version() != clock.calendar_version.text) return true;
    const core::Rules* rules =
        pending ? rules_of(definitions.rulebook_version(dossier.rulebook_version), dossier) : nullptr;
    if (rules == nullptr) continue;
    if (core::derive_due(clock.limit, clock.started_at, *calendar, clock.day_end, rules->counting).at) {
      return true;
    }
  }
  return false;
}

}  // namespace motcua::run
