#include "engine/run/check.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace motcua::run {
namespace {

bool has_agency(const Definitions& definitions, core::AgencyLevel level, core::Date on) {
  const auto& agencies = definitions.agencies();
  return std::any_of(agencies.begin(), agencies.end(), [&](const core::Agency& agency) {
    return agency.level == level && (!agency.valid_to || *agency.valid_to >= on);
  });
}

// Some agency must be able to decide: one of the competent level, or of any level where that is not known.
bool has_competent(const Definitions& definitions, const core::Procedure& procedure) {
  if (procedure.competent_level) {
    return has_agency(definitions, *procedure.competent_level, procedure.valid_from);
  }
  return std::any_of(procedure.levels.begin(), procedure.levels.end(), [&](core::AgencyLevel level) {
    return has_agency(definitions, level, procedure.valid_from);
  });
}

void check_agencies(const Definitions& definitions, std::vector<LoadFault>& faults) {
  const auto& agencies = definitions.agencies();
  for (std::size_t i = 0; i < agencies.size(); ++i) {
    if (definitions.calendar(agencies[i].calendar)) continue;
    faults.push_back({"agencies/agencies", "/agencies/" + std::to_string(i) + "/calendar",
                      "Expected a known calendar, but " + agencies[i].calendar.text + " is none"});
  }
}

void check_ladders(const Definitions& definitions, std::vector<LoadFault>& faults) {
  if (definitions.ladders() == nullptr) return;
  const core::Code& unit = definitions.ladders()->provincial_unit;
  const auto& agencies = definitions.agencies();
  const bool known = std::any_of(agencies.begin(), agencies.end(), [&](const core::Agency& agency) {
    return agency.parent.empty() && std::any_of(agency.units.begin(), agency.units.end(),
                                                [&](const auto& one) { return one.key == unit; });
  });
  if (known) return;
  faults.push_back({"ladders/ladders", "/provincial_unit",
                    "Expected a unit of an agency without a parent, but " + unit.text + " is none"});
}

std::string in_words(const std::vector<core::Code>& agencies) {
  std::string words;
  for (const core::Code& agency : agencies) words += (words.empty() ? "" : ", ") + agency.text;
  return words;
}

// Names of the texts that have faults of their own: nothing is said against others for what they lack.
using Broken = std::set<std::string>;

bool is_broken(const Broken& broken, const std::string& kind) {
  return std::any_of(broken.begin(), broken.end(),
                     [&](const std::string& name) { return name.starts_with(kind); });
}

// A linked procedure can be carried out by whoever may be asked.
void check_linked(const Definitions& definitions, const Broken& broken, const core::Procedure& procedure,
                  const core::ConsultationDefinition& consultation,
                  const std::function<void(const std::string&, const std::string&)>& fault) {
  if (consultation.procedure.empty() || broken.contains("procedure/" + consultation.procedure.text)) return;
  const core::Procedure* linked = definitions.procedure(consultation.procedure, procedure.valid_from);
  if (linked == nullptr) {
    return fault("/procedure", "Expected a procedure in force with this one, but there is none of this code");
  }
  const auto carried_out_at = [&](core::AgencyLevel level) {
    return std::find(linked->levels.begin(), linked->levels.end(), level) != linked->levels.end();
  };
  bool fits = !consultation.level || carried_out_at(*consultation.level);
  for (const core::Code& code : consultation.agencies) {
    const core::Agency* agency = definitions.agency(code);
    fits = fits && (agency == nullptr || carried_out_at(agency->level));
  }
  if (!fits) fault("/procedure", "Expected a procedure of the level of who is asked, but it is of another");
}

// The agencies that a procedure may consult exist as long as it does.
void check_consultations(const Definitions& definitions, const Broken& broken,
                         const core::Procedure& procedure, std::vector<LoadFault>& faults) {
  for (std::size_t i = 0; i < procedure.consultations.size(); ++i) {
    const core::ConsultationDefinition& consultation = procedure.consultations[i];
    const std::string pointer = "/consultations/" + std::to_string(i);
    const auto fault = [&](const std::string& member, const std::string& detail) {
      faults.push_back({"procedure/" + procedure.code.text, pointer + member, detail});
    };
    if (consultation.level && !has_agency(definitions, *consultation.level, procedure.valid_from)) {
      fault("/level", "Expected an agency of this level, but there is none");
    }
    check_linked(definitions, broken, procedure, consultation, fault);
    for (std::size_t a = 0; a < consultation.agencies.size(); ++a) {
      const core::Agency* agency = definitions.agency(consultation.agencies[a]);
      const std::string member = "/agencies/" + std::to_string(a);
      if (agency == nullptr) {
        fault(member, "Expected the code of an agency, but there is none of this code");
      } else if (agency->valid_to && (!procedure.valid_to || *agency->valid_to < *procedure.valid_to)) {
        const std::string heirs = in_words(agency->successors);
        fault(member, "Expected an agency that exists as long as the procedure, but it ended on " +
                          core::format_date(*agency->valid_to) +
                          (heirs.empty() ? "" : " and was merged into " + heirs));
      }
    }
  }
}

// By its ground a wait for a payment is told from a suspension, also when one of them is corrected. Not asked
// of a version that was applied before: its dossiers keep it.
void check_payment_ground(const core::Procedure& procedure, std::vector<LoadFault>& faults) {
  if (!procedure.payment || !procedure.payment->ground) return;
  for (const core::GroundDefinition& one : procedure.suspensions) {
    if (one.ground != procedure.payment->ground->ground) continue;
    faults.push_back(
        {"procedure/" + procedure.code.text, "/payment/ground",
         "Expected a ground of its own, but \"" + one.ground.text + "\" is that of a suspension"});
  }
}

void check_procedures(const Definitions& definitions, const Broken& broken, std::vector<LoadFault>& faults) {
  for (const core::Procedure* procedure : definitions.procedures()) {
    const std::string name = "procedure/" + procedure->code.text;
    if (!has_competent(definitions, *procedure)) {
      faults.push_back({name, procedure->competent_level ? "/competent_level" : "/level",
                        "Expected an agency of this level, but there is none"});
    }
    check_consultations(definitions, broken, *procedure, faults);
    check_payment_ground(*procedure, faults);
    if (is_broken(broken, "rulebook")) continue;
    if (definitions.rulebook().at(procedure->valid_from) == nullptr) {
      faults.push_back({name, "/valid_from", "Expected a day in a layer of the rulebook, but it is in none"});
    }
  }
}

// What several definitions have wrong together, as far as those that they name are sound themselves: an
// agency on an unknown calendar, a procedure for which no agency is competent or that begins before the first
// layer of the rulebook.
std::vector<LoadFault> cross_check(const Definitions::Partly& made, const Broken& broken) {
  std::vector<LoadFault> faults;
  if (is_broken(broken, "agencies")) return faults;
  const Definitions& definitions = *made.sound;
  if (!is_broken(broken, "calendar")) check_agencies(definitions, faults);
  check_ladders(definitions, faults);
  check_procedures(definitions, broken, faults);
  for (const core::Procedure& faulty : made.faulty) check_consultations(definitions, broken, faulty, faults);
  return faults;
}

}  // namespace

CheckedDefinitions check_files(const DefinitionPaths& paths) {
  CheckedDefinitions checked;
  checked.texts = read_definitions(paths, checked.faults);
  const std::size_t unreadable = checked.faults.size();
  Definitions::Partly made = Definitions::compile_partly(checked.texts, checked.faults);
  if (checked.faults.empty()) checked.definitions = made.sound;
  Broken broken;
  for (std::size_t i = unreadable; i < checked.faults.size(); ++i) broken.insert(checked.faults[i].file);
  if (unreadable == 0) {
    for (LoadFault& fault : cross_check(made, broken)) checked.faults.push_back(std::move(fault));
  }
  std::map<std::string, std::string> files;
  for (const store::DefinitionText& text : checked.texts) {
    files[name_of(text)] = path_of(paths, text.kind, text.key).string();
  }
  for (std::size_t i = unreadable; i < checked.faults.size(); ++i) {
    const auto file = files.find(checked.faults[i].file);
    if (file != files.end()) checked.faults[i].file = file->second;
  }
  return checked;
}

}  // namespace motcua::run
