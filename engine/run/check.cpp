#include "engine/run/check.h"

#include <algorithm>
#include <map>
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

void check_procedures(const Definitions& definitions, std::vector<LoadFault>& faults) {
  for (const core::Procedure* procedure : definitions.procedures()) {
    const std::string name = "procedure/" + procedure->code.text;
    if (!has_competent(definitions, *procedure)) {
      faults.push_back({name, procedure->competent_level ? "/competent_level" : "/level",
                        "Expected an agency of this level, but there is none"});
    }
    if (definitions.rulebook().at(procedure->valid_from) == nullptr) {
      faults.push_back({name, "/valid_from", "Expected a day in a layer of the rulebook, but it is in none"});
    }
  }
}

}  // namespace

std::vector<LoadFault> cross_check(const Definitions& definitions) {
  std::vector<LoadFault> faults;
  check_agencies(definitions, faults);
  check_procedures(definitions, faults);
  return faults;
}

CheckedDefinitions check_files(const DefinitionPaths& paths) {
  CheckedDefinitions checked;
  checked.texts = read_definitions(paths, checked.faults);
  const std::size_t unreadable = checked.faults.size();
  checked.definitions = Definitions::compile(checked.texts, checked.faults);
  if (checked.definitions) {
    for (LoadFault& fault : cross_check(*checked.definitions)) checked.faults.push_back(std::move(fault));
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
