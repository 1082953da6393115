#include "engine/core/rights.h"

#include <algorithm>

namespace motcua::core {
namespace {

bool in_force(const Grant& grant, Date on) {
  return (!grant.from || *grant.from <= on) && (!grant.to || on <= *grant.to);
}

void sort_once(std::vector<Code>& codes) {
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
}

// Joined with what the same procedures reach already.
void add_part(Reach& reach, Reach::Part part) {
  for (Reach::Part& known : reach.parts) {
    if (known.procedures != part.procedures) continue;
    const bool every_agency = known.agencies.empty() || part.agencies.empty();
    if (every_agency) {
      known.agencies.clear();
    } else {
      known.agencies.insert(known.agencies.end(), part.agencies.begin(), part.agencies.end());
      sort_once(known.agencies);
    }
    return;
  }
  reach.parts.push_back(std::move(part));
}

}  // namespace

std::optional<Right> Right::of_word(std::string_view word) {
  if (const auto area = enum_of<Area>(word)) return Right(*area);
  for (std::size_t place = 0; place < std::variant_size_v<CommandBody>; ++place) {
    if (command_word(place) == word && is_given_by_people(place)) return Right(kAreas + place);
  }
  return std::nullopt;
}

std::vector<std::string_view> Right::all_words() {
  std::vector<std::string_view> words(std::begin(EnumWords<Area>::words), std::end(EnumWords<Area>::words));
  for (std::size_t place = 0; place < std::variant_size_v<CommandBody>; ++place) {
    if (is_given_by_people(place)) words.push_back(command_word(place));
  }
  return words;
}

Reach reach_of(std::span<const Grant> grants, Right right, Date on, const Roles& roles,
               const AgenciesBelow& below) {
  Reach reach;
  for (const Grant& grant : grants) {
    const auto role =
        std::find_if(roles.begin(), roles.end(), [&](const Role& one) { return one.code == grant.role; });
    if (role == roles.end() || !role->has(right) || !in_force(grant, on)) continue;
    Reach::Part part;
    part.procedures = grant.procedures;
    sort_once(part.procedures);
    if (!grant.agency.empty()) {
      part.agencies = below(grant.agency);
      if (part.agencies.empty()) continue;
    }
    add_part(reach, std::move(part));
  }
  if (reach.is_everything()) return Reach::everything();
  return reach;
}

std::vector<Grant> grants_of(const std::vector<Agency>& agencies, const Code& officer, Date on) {
  std::vector<Grant> grants;
  for (const Agency& agency : agencies) {
    if (agency.officer(officer) == nullptr) continue;
    for (const Officer& one : agency.officers) {
      if (one.is_or_has_deputy(officer, on)) grants.push_back({one.role, agency.code});
    }
  }
  return grants;
}

bool may_act(const Reach& reach, const Dossier& dossier, Right right) {
  std::vector<Code> working{dossier.receiving_agency, dossier.competent_agency, dossier.holder_agency};
  for (const ParallelStep& branch : dossier.parallel) working.push_back(branch.agency);
  if (right.number() == Right::of(AnswerConsultation{}).number()) {
    for (const Consultation& asked : dossier.consultations) working.push_back(asked.agency);
  }
  return reach.shows(working, dossier.procedure);
}

bool is_for_others(const CommandBody& command) {
  return std::holds_alternative<ExtendTerm>(command) || std::holds_alternative<CorrectDossier>(command) ||
         std::holds_alternative<ExplainLateness>(command) || std::holds_alternative<EraseDossier>(command);
}

bool handled(const Dossier& dossier, const Code& officer) {
  return std::find(dossier.handled_by.begin(), dossier.handled_by.end(), officer) != dossier.handled_by.end();
}

}  // namespace motcua::core
