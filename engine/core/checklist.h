#pragma once

#include <optional>
#include <vector>

#include "engine/core/dossier.h"
#include "engine/core/procedure.h"
#include "engine/core/rulebook.h"

namespace motcua::core {

// One paper of the procedure, as it belongs to the variant of a dossier, and how it came last. A counter
// takes in what is brought, and asks for the right form after.
struct ChecklistItem {
  const PaperDefinition* paper = nullptr;
  const PaperHanded* received = nullptr;  // null: never came
  bool wrong_form = false;                // it never came in a form that is taken: it does not count
  bool missing() const { return paper->required && (received == nullptr || wrong_form); }
};
// In the order of the procedure. The items borrow from both.
std::vector<ChecklistItem> checklist_of(const Dossier& dossier, const Procedure& procedure);

// A paper that lies here as data: digitised at the counter, or come as such.
bool is_digital(const PaperHanded& paper);

// From when on papers received at a level are digitised; nothing: no day is set for it. At the district and
// the commune an essential service has a day of its own.
std::optional<Date> digitising_since(const DigitisingDates& dates, AgencyLevel level, bool essential);

// Whether a dossier must be digitised (rule DIGITISE), and how far it is.
struct Digitisation {
  std::optional<Date> since;  // from when on papers received at that level are; nothing: no day is set for it
  bool required = false;      // it was received on that day or after
  int papers = 0;             // received, each once
  int digitised = 0;
};
// `level` is the receiving agency's.
Digitisation digitisation_of(const Dossier& dossier, const Rules& rules, AgencyLevel level, bool essential);

}  // namespace motcua::core
