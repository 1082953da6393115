#pragma once

#include <map>

#include "engine/core/checklist.h"
#include "engine/core/late_list_builder.h"
#include "engine/core/share.h"

namespace motcua::core {

// What the plan measures of the dossiers of a month, beside lateness: of those that were accepted in it,
// results of those that were settled in it, acceptances of those that fell due in it.
struct PlanCounts {
  Share acceptance;          // item 17; this and the digitised papers of the receiving agency
  Share electronic_results;  // 11
  Share online;              // 18
  Share papers_reused;       // 13
  std::map<AgencyLevel, Share> papers_digitised;  // 10
  bool operator==(const PlanCounts&) const = default;

  void add(const PlanCounts& other);
};

// What a caller knows of the dossier that its tally does not say.
struct PlanCase {
  bool receives = true;  // the receiving agency is one of those that are asked about
  bool decides = true;   // likewise the competent one
  // The receiving agency's level, where papers of the procedure had to be digitised when it was received.
  std::optional<AgencyLevel> digitises;
};
void count_plan(const Tally& tally, const Period& month, const PlanCase& known, PlanCounts& counts);

}  // namespace motcua::core
