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
};
const std::vector<Indicator>& indicators();

core::Share total_of(const Indicator& indicator, const std::vector<run::PlanMonth>& months);

// The member indicators: each with its target, its total and a line for every month. Targets are those in
// force on the last day of the last month.
void write_indicators(JsonWriter& json, const run::Definitions& definitions,
                      const std::vector<run::PlanMonth>& months);
print::Table indicators_table(const std::vector<run::PlanMonth>& months);

}  // namespace motcua::api
