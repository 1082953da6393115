#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/core/event.h"

namespace motcua::test {

// What the three reports say of one dossier, told from its events by walking through them once: it knows no
// clock of a dossier and no tally, and compares days as text.
struct ReportVerdicts {
  std::string late_list;  // "", "untimed", "in_time", "late"
  std::string ii06a;      // "", "untimed", "early", "on_time", "late", "open_in_term", "open_late"
  std::string index_766;  // "", "untimed", "on_time", "late", "by_term"
};
// `events` all happened before `to`, and nothing after them is known.
ReportVerdicts report_verdicts(std::vector<core::Event> events, core::Instant from, core::Instant to);

}  // namespace motcua::test
