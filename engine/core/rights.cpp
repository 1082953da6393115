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

// Whose part of the work a command is, of the agencies of a dossier.
enum class Side { any, asked, step, deciding };

template <class... Bodies>
bool is_one_of(Right right) {
  return ((right.number() == Right::of(Bodies{}).number()) || ...);
}

Side side_of(Right right) {
  if (is_one_of<SettleDossier, SuspendDossier, ResumeDossier, ExtendTerm, ReappointDossier, ExplainLateness,
                StopDossier, ReplaceResult, AnnulResult, CorrectDossier, EraseDossier>(right)) {
    return Side::deciding;
  }
  if (is_one_of<AssignStep, CompleteStep, ReturnStep, ConsultAgency>(right)) return Side::step;
  return is_one_of<AnswerConsultation>(right) ? Side::asked : Side::any;
}

int rank_of(const Code& role) {
  if (role.text == "agency_head") return 3;
  return role.text == "unit_head" || role.text == "one_stop_head" ? 2 : 1;
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
               const AgenciesReached& reached) {
  Reach reach;
  for (const Grant& grant : grants) {
    const auto role =
        std::find_if(roles.begin(), roles.end(), [&](const Role& one) { return one.code == grant.role; });
    if (role == roles.end() || !role->has(right) || !in_force(grant, on)) continue;
    Reach::Part part;
    part.procedures = grant.procedures;
    sort_once(part.procedures);
    if (!grant.agency.empty()) {
      part.agencies = reached(grant.agency);
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
    if (!agency.exists_on(on) || agency.officer(officer) == nullptr) continue;
    for (const Officer& one : agency.officers) {
      if (one.is_or_has_deputy(officer, on)) grants.push_back({one.role, agency.code});
    }
  }
  return grants;
}

bool may_act(const Reach& reach, const Dossier& dossier, Right right) {
  std::vector<Code> working{dossier.competent_agency};
  const Side side = side_of(right);
  if (side != Side::deciding) {
    working.push_back(dossier.holder_agency);
    for (const ParallelStep& branch : dossier.parallel) working.push_back(branch.agency);
  }
  if (side == Side::any || side == Side::asked) working.push_back(dossier.receiving_agency);
  if (side == Side::asked) {
    for (const Consultation& asked : dossier.consultations) working.push_back(asked.agency);
  }
  return reach.shows(working, dossier.procedure);
}

bool may_be_of_citizen(const CommandBody& command) {
  if (const auto* submit = std::get_if<SubmitDossier>(&command))
    return submit->channel == Channel::online && !submit->accept;
  return is_one_of<ReceiveSupplement, AdjustDossier, WithdrawDossier, ConfirmPayment>(Right::of(command));
}

bool may_complete(std::span<const Grant> positions, const Code& role, const Code& agency,
                  const AgenciesReached& reached) {
  return std::any_of(positions.begin(), positions.end(), [&](const Grant& one) {
    if (rank_of(one.role) < rank_of(role)) return false;
    const std::vector<Code> agencies = reached(one.agency);
    return std::binary_search(agencies.begin(), agencies.end(), agency);
  });
}

bool is_for_others(Right right) {
  return is_one_of<ExtendTerm, CorrectDossier, ExplainLateness, EraseDossier>(right);
}

bool handled(const Dossier& dossier, const Code& officer) {
  return std::find(dossier.handled_by.begin(), dossier.handled_by.end(), officer) != dossier.handled_by.end();
}

}  // namespace motcua::core
