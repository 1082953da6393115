#pragma once

#include <string_view>
#include <vector>

#include "api/handlers/report_asking.h"

namespace motcua::api {

// What the plan measures, by item, and the rule that carries its target and its basis.
struct Indicator {
  std::string_view indicator;
  int item = 0;
  std::string_view rule;
  std::string_view label;                       // in Vietnamese, for sheets
  core::Share (*share)(const run::PlanMonth&);  // null: nothing here measures it
  std::string_view why_not;                     // then, as a word
  bool standing = false;                        // how things stand: its total is that of the last month
  // Of late dossiers: whether it was done for one; nothing: not owed yet. A dossier may be late in several
  // months, so the total takes each once, as it stood in the last list that it is on.
  std::optional<bool> (*of_late)(const run::LateMarks&) = nullptr;
};
const std::vector<Indicator>& indicators();

core::Share total_of(const Indicator& indicator, const std::vector<run::PlanMonth>& months);

// The member indicators: each with its target, its total and a line for every month. Targets are those in
// force on the last day of the last month.
void write_indicators(JsonWriter& json, const run::Definitions& definitions,
                      const std::vector<run::PlanMonth>& months);
print::Table indicators_table(const std::vector<run::PlanMonth>& months);

// The same months of each agency.
using AgencyMonths = std::map<core::Code, std::vector<run::PlanMonth>>;
// The member agencies: what is measured of each, with a line for every month. Null: it was not asked for.
void write_agencies(JsonWriter& json, const Call& call, const AgencyMonths* agencies);
print::Table agencies_table(const Call& call, const AgencyMonths& agencies);

}  // namespace motcua::api
