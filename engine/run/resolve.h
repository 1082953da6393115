#pragma once

#include <memory>
#include <vector>

#include "engine/core/decide.h"
#include "engine/run/definitions.h"

namespace motcua::run {

// What `decide` needs to know beside the dossier, found in the definitions. Owns the calendars that the
// context borrows; the definitions must outlive it.
struct Resolved {
  core::Context context;
  std::shared_ptr<const core::Calendar> receiving_calendar;
  std::shared_ptr<const core::Calendar> competent_calendar;
  std::vector<std::shared_ptr<const core::Calendar>> other_calendars{};
};

// For a new dossier: the versions in force on the day of its receipt.
Resolved resolve_submission(const Definitions& definitions, const core::SubmitDossier& submit,
                            core::Instant received_at);
// For a dossier that exists: the versions it is pinned to, and the newest calendars.
Resolved resolve_dossier(const Definitions& definitions, const core::Dossier& dossier,
                         const core::CommandBody& body);

// Whether a running clock rests on an unsure date of a calendar that has a newer version by now, or has none
// though the calendar by which it was looked for knows one: so an older program left what had waited.
bool outdated(const core::Dossier& dossier, const Definitions& definitions);

}  // namespace motcua::run
